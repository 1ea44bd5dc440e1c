-- A row's outcome is recorded for itself, so that it stays known after a later upload has changed its product.

ALTER TABLE upload_history ADD COLUMN settled_rows INT4MULTIRANGE NOT NULL DEFAULT '{}';
COMMENT ON COLUMN upload_history.settled_rows IS
    'Numbers of the rows that have an outcome. Those with a record in validation_errors are invalid, the others valid.';

UPDATE upload_history h SET settled_rows = s.row_numbers
FROM (
    SELECT upload_id, range_agg(int4range(row_number, row_number, '[]')) AS row_numbers
    FROM (SELECT upload_id, row_number FROM products UNION SELECT upload_id, row_number FROM validation_errors) AS r
    GROUP BY upload_id
) s
WHERE s.upload_id = h.upload_id;

GRANT UPDATE (settled_rows) ON upload_history TO onboarding_app;

-- products says what is true now and where it came from; it proves no outcome any longer.
DROP INDEX products_by_origin;
CREATE INDEX products_by_upload ON products (upload_id);
COMMENT ON COLUMN products.upload_id IS 'The upload that brought the product in; later changes do not alter it.';
