"""The two files that a vendor gets about rows with errors, and where they are kept."""

from enum import StrEnum


class ErrorFile(StrEnum):
    """What the file is called after the upload's id."""

    REPORT = "errors"
    CORRECTIONS = "corrections"

    def key(self, vendor_id: str, upload_id: str) -> str:
        """Return the file's S3 key."""
        return f"errors/{vendor_id}/{upload_id}_{self}.csv"
