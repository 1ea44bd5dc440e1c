-- What the API shows of modes and changes, where no earlier migration has brought it.

ALTER TABLE upload_history
    ADD COLUMN IF NOT EXISTS mode VARCHAR(10) NOT NULL DEFAULT 'import',
    ADD COLUMN IF NOT EXISTS is_preview BOOLEAN NOT NULL DEFAULT FALSE,
    ADD COLUMN IF NOT EXISTS read_as JSONB,
    ADD COLUMN IF NOT EXISTS corrections_file_s3_key VARCHAR(1024),
    ADD COLUMN IF NOT EXISTS changed_records INTEGER NOT NULL DEFAULT 0,
    ADD COLUMN IF NOT EXISTS unchanged_records INTEGER NOT NULL DEFAULT 0,
    ADD COLUMN IF NOT EXISTS superseded_records INTEGER NOT NULL DEFAULT 0,
    ADD COLUMN IF NOT EXISTS corrects_upload_id VARCHAR(50);

CREATE TABLE IF NOT EXISTS product_changes (
    product_id  BIGINT       NOT NULL,
    upload_id   VARCHAR(50)  NOT NULL,
    row_number  INTEGER      NOT NULL,
    uploaded_at TIMESTAMPTZ  NOT NULL,
    fields      TEXT[]       NOT NULL,
    old_values  JSONB        NOT NULL DEFAULT '{}',
    new_values  JSONB        NOT NULL DEFAULT '{}',
    changed_at  TIMESTAMPTZ  NOT NULL DEFAULT CURRENT_TIMESTAMP,
    PRIMARY KEY (product_id, uploaded_at, upload_id)
);
GRANT SELECT ON product_changes TO onboarding_app;
