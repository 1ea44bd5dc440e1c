"""The refusal of a whole file, before any row is looked at."""

from rules import RefusalCode


class FileRefused(Exception):  # noqa: N818 - a verdict about the file, named as the vendor reads it
    """The file as a whole cannot be processed; nothing of it is staged."""

    def __init__(self, code: RefusalCode, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
