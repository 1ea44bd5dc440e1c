"""The refusal of a whole file, before any row is looked at."""

import math

from onboarding.intake.limits import MAX_FILE_BYTES
from rules import RefusalCode

TOO_LARGE = (
    f"The file has {{megabytes}} MB; at most {MAX_FILE_BYTES // 1024 // 1024} MB are allowed. "
    "Split it into smaller files."
)


class FileRefused(Exception):  # noqa: N818 - a verdict about the file, named as the vendor reads it
    """The file as a whole cannot be processed; nothing of it is staged."""

    def __init__(self, code: RefusalCode, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message


def file_too_large(size: int) -> FileRefused:
    """Return the refusal of a file of `size` bytes."""
    megabytes = math.ceil(size * 10 / 1024 / 1024) / 10  # rounded up: 10.0 MB would seem to be allowed
    return FileRefused(RefusalCode.FILE_TOO_LARGE, TOO_LARGE.format(megabytes=megabytes))


def empty_file() -> FileRefused:
    """Return the refusal of a file without any content."""
    return FileRefused(RefusalCode.EMPTY_FILE, "The file is empty. Add a header row and at least one product.")
