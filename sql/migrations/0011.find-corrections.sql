-- An upload with errors tells which later ones correct it. Most uploads correct none, and are not in the index.
CREATE INDEX upload_history_by_corrected ON upload_history (corrects_upload_id, upload_timestamp DESC, upload_id DESC)
    WHERE corrects_upload_id IS NOT NULL;
