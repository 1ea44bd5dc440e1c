"""Folders that are deleted soon, however many files they have."""

import contextlib
import os
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path


def delete_folder(folder: Path, *, ignore_errors: bool = False) -> None:
    """Delete a folder and all that is in it. Raises OSError for what cannot be deleted, unless `ignore_errors`.

    The files of many subfolders go at the same time. A disk that gives freed space back at once takes milliseconds for
    each file: one after the other, those that a stack's functions have unpacked would take minutes.
    """
    with ThreadPoolExecutor(16) as workers:
        list(workers.map(_delete_files, [each for each, _, _ in os.walk(folder)]))
    shutil.rmtree(folder, ignore_errors=ignore_errors)


def _delete_files(folder: str) -> None:
    with contextlib.suppress(OSError):
        for path in Path(folder).iterdir():
            if path.is_symlink() or not path.is_dir():
                path.unlink()
