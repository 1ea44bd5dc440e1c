-- Uploads come in modes: import, update, revert; imports and updates also as previews, which write nothing to the catalogue.

ALTER TABLE upload_history
    ADD COLUMN mode VARCHAR(10) NOT NULL DEFAULT 'import'
        CONSTRAINT upload_history_mode_known CHECK (mode IN ('import', 'update', 'revert')),
    ADD COLUMN is_preview BOOLEAN NOT NULL DEFAULT FALSE,
    ADD COLUMN changed_records INTEGER NOT NULL DEFAULT 0
        CONSTRAINT upload_history_changed_positive CHECK (changed_records >= 0),
    ADD COLUMN unchanged_records INTEGER NOT NULL DEFAULT 0
        CONSTRAINT upload_history_unchanged_positive CHECK (unchanged_records >= 0),
    ADD COLUMN superseded_records INTEGER NOT NULL DEFAULT 0
        CONSTRAINT upload_history_superseded_positive CHECK (superseded_records >= 0),
    ADD COLUMN changed_fields JSONB NOT NULL DEFAULT '{}',
    ADD COLUMN read_as JSONB,
    ADD COLUMN corrections_file_s3_key VARCHAR(1024),
    ADD COLUMN corrects_upload_id VARCHAR(50),
    ADD CONSTRAINT upload_history_revert_is_real CHECK (mode <> 'revert' OR NOT is_preview),
    ADD CONSTRAINT upload_history_changes_add_up CHECK (
        changed_records + unchanged_records + superseded_records = CASE mode WHEN 'import' THEN 0 ELSE valid_records END
    );

COMMENT ON COLUMN upload_history.mode IS
    'import: new products. update: changes to own products. revert: an operator took another upload back.';
COMMENT ON COLUMN upload_history.is_preview IS 'TRUE: checked only; nothing was written to the catalogue.';
COMMENT ON COLUMN upload_history.changed_records IS 'Valid rows that changed their product; in a preview, that would.';
COMMENT ON COLUMN upload_history.unchanged_records IS 'Valid rows whose product had all their values already.';
COMMENT ON COLUMN upload_history.superseded_records IS
    'Valid rows that changed nothing because a later upload had set their fields before.';
COMMENT ON COLUMN upload_history.changed_fields IS 'How many products changed in each field: {"price": 120}.';
COMMENT ON COLUMN upload_history.read_as IS 'How the file was read: format, encoding, separator and the like; NULL when it was not read.';
COMMENT ON COLUMN upload_history.corrects_upload_id IS
    'The upload that this one puts right: of a revert, the one that was taken back. It may have been purged since.';

GRANT UPDATE (changed_records, unchanged_records, superseded_records, changed_fields, read_as, corrections_file_s3_key)
    ON upload_history TO onboarding_app;

-- Without foreign keys, which would take half of the time of an update: a record is written by a transaction that holds
-- the locks of its product and its upload. Products are never deleted, and the purge takes an upload's changes first.
CREATE TABLE product_changes (
    product_id  BIGINT       NOT NULL,
    upload_id   VARCHAR(50)  NOT NULL,
    row_number  INTEGER      NOT NULL CONSTRAINT product_changes_row_number_positive CHECK (row_number > 0),
    uploaded_at TIMESTAMPTZ  NOT NULL,
    fields      TEXT[]       NOT NULL,
    old_values  JSONB        NOT NULL DEFAULT '{}',
    new_values  JSONB        NOT NULL DEFAULT '{}',
    changed_at  TIMESTAMPTZ  NOT NULL DEFAULT CURRENT_TIMESTAMP,
    PRIMARY KEY (product_id, uploaded_at, upload_id)
);
COMMENT ON TABLE product_changes IS
    'What each upload set in each product, once per upload and product: who changed what, when, by which file.';
COMMENT ON COLUMN product_changes.row_number IS 'Row of the file; of a revert, the row of the upload that was taken back.';
COMMENT ON COLUMN product_changes.uploaded_at IS
    'upload_history.upload_timestamp. With upload_id it is the order of uploads: of two that set a field, the later one wins.';
COMMENT ON COLUMN product_changes.fields IS
    'The fields that the row set, also to the value they had already; those that a later upload had set before are left out.';
COMMENT ON COLUMN product_changes.old_values IS 'Of the fields that changed: {"price": 19.99}.';

CREATE INDEX product_changes_by_upload ON product_changes (upload_id, row_number);

GRANT SELECT, INSERT ON product_changes TO onboarding_app;
GRANT UPDATE (product_name, category, subcategory, description, brand, price, compare_at_price, stock_quantity, unit,
              weight_kg, dimensions_cm, image_url, status, updated_at)
    ON products TO onboarding_app;

-- The audit trail of changes is kept as long as that of errors.
DROP FUNCTION purge_audit_trail;
CREATE FUNCTION purge_audit_trail(kept_for INTERVAL, at_most INTEGER)
    RETURNS TABLE (purged_errors BIGINT, purged_uploads BIGINT, purged_changes BIGINT)
    LANGUAGE plpgsql
    SECURITY DEFINER
    SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
    due VARCHAR[];
BEGIN
    IF kept_for < INTERVAL '90 days' THEN
        RAISE EXCEPTION 'the audit trail is kept for 90 days at least, not for %', kept_for
            USING ERRCODE = 'invalid_parameter_value';
    END IF;

    -- Due: ended long enough ago, and something of it can go. An upload that products came from stays with them.
    SELECT array_agg(u.upload_id) INTO due FROM (
        SELECT h.upload_id FROM public.upload_history h
        WHERE h.completed_at < CURRENT_TIMESTAMP - kept_for
          AND (EXISTS (SELECT FROM public.validation_errors e WHERE e.upload_id = h.upload_id)
               OR EXISTS (SELECT FROM public.product_changes c WHERE c.upload_id = h.upload_id)
               OR NOT EXISTS (SELECT FROM public.products p WHERE p.upload_id = h.upload_id))
        ORDER BY h.completed_at
        LIMIT at_most
    ) u;

    DELETE FROM public.validation_errors e WHERE e.upload_id = ANY (due);
    GET DIAGNOSTICS purged_errors = ROW_COUNT;

    DELETE FROM public.product_changes c WHERE c.upload_id = ANY (due);
    GET DIAGNOSTICS purged_changes = ROW_COUNT;

    DELETE FROM public.upload_history h WHERE h.upload_id = ANY (due)
        AND NOT EXISTS (SELECT FROM public.products p WHERE p.upload_id = h.upload_id);
    GET DIAGNOSTICS purged_uploads = ROW_COUNT;

    RETURN NEXT;
END
$$;

COMMENT ON FUNCTION purge_audit_trail IS
    'Deletes errors and changes of uploads that ended longer ago than kept_for, and the uploads unless products came from them.';

REVOKE ALL ON FUNCTION purge_audit_trail FROM PUBLIC;
GRANT EXECUTE ON FUNCTION purge_audit_trail TO onboarding_app;
