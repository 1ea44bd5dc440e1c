"""Files whose upload the API has announced: they keep the id that their vendor knows already."""

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from onboarding.stores.trackers import Trackers
from onboarding.uploads import Upload

_UPLOAD_ID = re.compile(r"UPLOAD_[0-9]{8}_[0-9]{6}_[0-9a-f]{8}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Announced:
    """Tells announced files from all others. An id that somebody writes into a key by hand gains nothing."""

    trackers: Trackers

    def recognise(self, upload: Upload) -> Upload:
        """Return the upload under its announced id, or as it is when nothing was announced for this vendor and key.

        Only one version of the object is the announced file. Every delivery of its event comes to the same answer, as
        long as the tracker is kept: longer than an event can be delivered.
        """
        upload_id, slash, _ = upload.file_name.partition("/")
        if not slash or _UPLOAD_ID.fullmatch(upload_id) is None:
            return upload
        found = self.trackers.claim(
            upload_id, upload.vendor_id, upload.s3_key, upload.object_version, datetime.now(UTC)
        )
        if found is None:
            return upload
        return replace(
            upload, upload_id=upload_id, file_name=found.file_name, corrects_upload_id=found.corrects_upload_id
        )
