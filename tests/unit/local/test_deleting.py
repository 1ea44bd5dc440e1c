from pathlib import Path

import pytest

from local.deleting import delete_folder


def test_folder_is_gone_when_it_had_folders_files_and_links(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "kept").write_text("kept")
    folder = tmp_path / "folder"
    for number in range(40):
        (folder / str(number) / "deep").mkdir(parents=True)
        (folder / str(number) / "deep" / "file").write_text("file")
    (folder / "link to a folder").symlink_to(outside)
    (folder / "link to a file").symlink_to(outside / "kept")

    delete_folder(folder)

    assert not folder.exists()
    assert (outside / "kept").read_text() == "kept"


def test_missing_folder_is_an_error_unless_it_may_be_missing(tmp_path: Path) -> None:
    delete_folder(tmp_path / "missing", ignore_errors=True)

    with pytest.raises(FileNotFoundError):
        delete_folder(tmp_path / "missing")
