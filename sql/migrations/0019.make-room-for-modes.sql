-- What the API shows of modes, where no earlier migration has brought it.

ALTER TABLE upload_history
    ADD COLUMN IF NOT EXISTS mode VARCHAR(10) NOT NULL DEFAULT 'import',
    ADD COLUMN IF NOT EXISTS is_preview BOOLEAN NOT NULL DEFAULT FALSE,
    ADD COLUMN IF NOT EXISTS read_as JSONB,
    ADD COLUMN IF NOT EXISTS corrections_file_s3_key VARCHAR(1024),
    ADD COLUMN IF NOT EXISTS changed_records INTEGER,
    ADD COLUMN IF NOT EXISTS unchanged_records INTEGER,
    ADD COLUMN IF NOT EXISTS superseded_records INTEGER,
    ADD COLUMN IF NOT EXISTS corrects_upload_id VARCHAR(50);

CREATE TABLE IF NOT EXISTS product_changes (
    change_id  BIGINT      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    product_id BIGINT      NOT NULL REFERENCES products,
    upload_id  VARCHAR(50) NOT NULL REFERENCES upload_history,
    row_number INTEGER     NOT NULL,
    changed_at TIMESTAMPTZ NOT NULL,
    field      VARCHAR(100) NOT NULL,
    old_value  TEXT,
    new_value  TEXT
);
CREATE INDEX IF NOT EXISTS product_changes_by_product ON product_changes (product_id, changed_at DESC, change_id DESC);
GRANT SELECT ON product_changes TO onboarding_app;
