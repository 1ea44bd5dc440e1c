-- What the API lists: each page is found by an index, the first as fast as the thousandth.

-- The order of the pages in full, ids included: of two uploads of one moment none is skipped or shown twice.
DROP INDEX upload_history_by_vendor;
CREATE INDEX upload_history_by_vendor ON upload_history (vendor_id, upload_timestamp DESC, upload_id DESC);
CREATE INDEX upload_history_by_vendor_status
    ON upload_history (vendor_id, status, upload_timestamp DESC, upload_id DESC);

DROP INDEX validation_errors_by_row;
CREATE INDEX validation_errors_by_row ON validation_errors (upload_id, row_number, error_id);
