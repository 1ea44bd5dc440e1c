"""Takes an upload back on an operator's word: an update's values return, an import's products go off sale."""

from dataclasses import dataclass
from typing import Any

from psycopg2.errors import ForeignKeyViolation
from psycopg2.extensions import cursor as Cursor

from onboarding.stores import actions, changes, history, reverts
from onboarding.stores.changes import Setting
from onboarding.stores.database import Database
from onboarding.stores.history import Effects, OpenUpload, UploadRecord
from onboarding.uploads import UploadMode, UploadStatus


class NotRevertibleError(ValueError):
    """The upload cannot be taken back; the message says why."""


@dataclass(frozen=True, slots=True)
class Revert:
    """What taking an upload back did, or would do, in products."""

    revert_id: str
    upload: UploadRecord
    effects: Effects
    is_done: bool
    """It is recorded: now or some time before."""

    def as_document(self) -> dict[str, Any]:
        """Return it as the operations command reads it."""
        return {
            "revert_id": self.revert_id,
            "upload_id": self.upload.upload_id,
            "mode": self.upload.mode,
            "vendor_id": self.upload.vendor_id,
            "file_name": self.upload.file_name,
            "is_done": self.is_done,
            "changed": self.effects.changed,
            "unchanged": self.effects.unchanged,
            "superseded": self.effects.superseded,
            "changed_fields": dict(self.effects.changed_fields),
        }


def revert(database: Database, upload_id: str, *, actor: str | None) -> Revert:
    """Take the upload back in the name of `actor`, or with None only say what that would do.

    An upload that was taken back stays as it is. Fields that a later upload has set are left alone. All happens in one
    transaction, its record among the operators' actions, too.

    Raises NotRevertibleError.
    """
    try:
        return database.run(lambda cursor: _revert(cursor, upload_id, actor))
    except ForeignKeyViolation:
        # A category was renamed since its old name was looked up: by now the new one is found.
        return database.run(lambda cursor: _revert(cursor, upload_id, actor))


def is_revertible(mode: str, status: str, *, is_preview: bool) -> bool:
    """Tell whether an upload is of a kind that can be taken back, as far as it alone can tell."""
    return mode != UploadMode.REVERT and status != UploadStatus.PROCESSING and not is_preview


def _revert(cursor: Cursor, upload_id: str, actor: str | None) -> Revert:
    record = history.find_upload(cursor, upload_id)
    if record is None:
        raise NotRevertibleError(f"There is no upload {upload_id}.")
    upload, _ = history.lock_upload(cursor, upload_id, record.vendor_id)
    revert_id = reverts.revert_id_of(upload_id)
    if before := history.find_upload(cursor, revert_id):
        return Revert(revert_id, record, before.progress.effects, is_done=True)
    _require_revertible(cursor, record)
    settings = (
        reverts.replaced_values(cursor, upload_id)
        if record.mode is UploadMode.UPDATE
        else reverts.imported_products(cursor, upload_id)
    )
    if not settings:
        raise NotRevertibleError(f"{upload_id} changed nothing, so there is nothing to take back.")
    effects = _apply(cursor, upload, settings, carry_out=actor is not None)
    if actor is not None:
        changed = {"revert_id": revert_id, "changed": effects.changed, "superseded": effects.superseded}
        actions.record(cursor, actor, "revert_upload", upload_id, after=changed)
    return Revert(revert_id, record, effects, is_done=actor is not None)


def _require_revertible(cursor: Cursor, record: UploadRecord) -> None:
    """Raise NotRevertibleError unless the upload is a real one that has ended, with no other under way.

    An older upload that came after the revert would be taken for an older one, and left without effect.
    """
    if record.mode is UploadMode.REVERT:
        raise NotRevertibleError(f"{record.upload_id} is a revert itself. Upload the values again instead.")
    if record.is_preview:
        raise NotRevertibleError(f"{record.upload_id} was a check only, so there is nothing to take back.")
    if record.status is UploadStatus.PROCESSING:
        raise NotRevertibleError(f"{record.upload_id} is still being processed. Try again when it has ended.")
    if others := reverts.others_in_progress(cursor, record.vendor_id):
        raise NotRevertibleError(
            f"{', '.join(others)} of the same vendor is still being processed. Try again when it has ended."
        )


def _apply(cursor: Cursor, upload: OpenUpload, settings: list[Setting], *, carry_out: bool) -> Effects:
    product_ids = {setting.product_id for setting in settings}
    if carry_out:
        changes.lock_products(cursor, product_ids)
    recorded = changes.recorded_since(cursor, upload, product_ids)
    later = changes.fields_set_later(cursor, upload, recorded, product_ids)
    revert = reverts.open_revert(cursor, upload)
    effects = changes.put_in_place(cursor, revert, settings, later, is_preview=not carry_out)
    if carry_out:
        reverts.record_revert(cursor, revert, upload.upload_id, effects)
    return effects
