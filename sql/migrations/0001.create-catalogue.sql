-- The catalogue: who sells (vendors), what may be sold (product_categories), what is sold (products).

CREATE TABLE vendors (
    vendor_id              VARCHAR(50)  PRIMARY KEY
        CONSTRAINT vendors_vendor_id_shape CHECK (vendor_id ~ '^[A-Za-z0-9][A-Za-z0-9_-]*$'),
    vendor_name            VARCHAR(200) NOT NULL CONSTRAINT vendors_name_not_blank CHECK (btrim(vendor_name) <> ''),
    email                  VARCHAR(254) NOT NULL CONSTRAINT vendors_email_shape CHECK (email LIKE '%_@_%'),
    status                 VARCHAR(20)  NOT NULL DEFAULT 'active'
        CONSTRAINT vendors_status_known CHECK (status IN ('active', 'suspended')),
    notification_topic_arn TEXT,
    created_at             TIMESTAMPTZ  NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at             TIMESTAMPTZ  NOT NULL DEFAULT CURRENT_TIMESTAMP
);
COMMENT ON TABLE vendors IS 'Third-party sellers; written by the vendor registrar only.';
COMMENT ON COLUMN vendors.vendor_id IS 'Second segment of the S3 key: uploads/{vendor_id}/{file}.csv.';
COMMENT ON COLUMN vendors.status IS 'active: may upload. suspended: uploads are refused with VENDOR_NOT_ACTIVE.';
COMMENT ON COLUMN vendors.notification_topic_arn IS 'SNS topic of this vendor alone; e-mails about uploads go there.';

CREATE TABLE product_categories (
    category_name VARCHAR(100) PRIMARY KEY,
    is_active     BOOLEAN      NOT NULL DEFAULT TRUE,
    created_at    TIMESTAMPTZ  NOT NULL DEFAULT CURRENT_TIMESTAMP
);
COMMENT ON TABLE product_categories IS 'Whitelist for products.category; names match exactly.';
COMMENT ON COLUMN product_categories.is_active IS 'FALSE: no new products, existing ones keep the category.';

CREATE TABLE upload_history (
    upload_id         VARCHAR(50)   PRIMARY KEY,
    vendor_id         VARCHAR(50)   NOT NULL,
    file_name         VARCHAR(255)  NOT NULL,
    s3_key            VARCHAR(1024) NOT NULL,
    object_version    VARCHAR(1024) NOT NULL,
    status            VARCHAR(20)   NOT NULL DEFAULT 'processing'
        CONSTRAINT upload_history_status_known CHECK (status IN ('processing', 'completed', 'partial', 'failed')),
    total_records     INTEGER       CONSTRAINT upload_history_total_positive CHECK (total_records >= 0),
    valid_records     INTEGER       NOT NULL DEFAULT 0
        CONSTRAINT upload_history_valid_positive CHECK (valid_records >= 0),
    error_records     INTEGER       NOT NULL DEFAULT 0
        CONSTRAINT upload_history_error_positive CHECK (error_records >= 0),
    failure_reason    TEXT,
    error_file_s3_key VARCHAR(1024),
    upload_timestamp  TIMESTAMPTZ   NOT NULL DEFAULT CURRENT_TIMESTAMP,
    completed_at      TIMESTAMPTZ,
    CONSTRAINT upload_history_adds_up CHECK (valid_records + error_records <= total_records),
    CONSTRAINT upload_history_final_has_time CHECK ((status = 'processing') = (completed_at IS NULL)),
    CONSTRAINT upload_history_final_adds_up
        CHECK (status = 'processing' OR failure_reason IS NOT NULL OR valid_records + error_records = total_records)
);
COMMENT ON TABLE upload_history IS
    'Audit trail and ledger: one row per uploaded object version. No foreign key on vendor_id: uploads of unknown vendors are recorded too.';
COMMENT ON COLUMN upload_history.total_records IS 'Data rows in the file, blank rows left out; NULL until the file was read or when it was refused.';
COMMENT ON COLUMN upload_history.failure_reason IS 'CODE: sentence; for refused files and for uploads that the machinery could not finish.';
COMMENT ON COLUMN upload_history.upload_timestamp IS 'Time of the S3 event (UTC).';

CREATE INDEX upload_history_by_vendor ON upload_history (vendor_id, upload_timestamp DESC);
CREATE INDEX upload_history_by_time ON upload_history (upload_timestamp DESC);
CREATE INDEX upload_history_by_status ON upload_history (status, upload_timestamp DESC);

CREATE TABLE products (
    product_id        BIGINT        GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    vendor_id         VARCHAR(50)   NOT NULL REFERENCES vendors,
    vendor_product_id VARCHAR(100)  NOT NULL,
    product_name      VARCHAR(200)  NOT NULL,
    category          VARCHAR(100)  NOT NULL REFERENCES product_categories ON UPDATE CASCADE,
    subcategory       VARCHAR(100),
    description       VARCHAR(2000),
    sku               VARCHAR(100)  NOT NULL,
    brand             VARCHAR(100),
    price             DECIMAL(10, 2) NOT NULL
        CONSTRAINT products_price_range CHECK (price BETWEEN 0.01 AND 999999.99),
    compare_at_price  DECIMAL(10, 2) CONSTRAINT products_compare_at_price_positive CHECK (compare_at_price >= 0),
    stock_quantity    INTEGER       NOT NULL
        CONSTRAINT products_stock_range CHECK (stock_quantity BETWEEN 0 AND 1000000),
    unit              VARCHAR(50),
    weight_kg         DECIMAL(10, 3) CONSTRAINT products_weight_positive CHECK (weight_kg >= 0),
    dimensions_cm     VARCHAR(50),
    image_url         VARCHAR(2048),
    status            VARCHAR(20)   NOT NULL DEFAULT 'active'
        CONSTRAINT products_status_known CHECK (status IN ('active', 'inactive')),
    upload_id         VARCHAR(50)   NOT NULL REFERENCES upload_history,
    row_number        INTEGER       NOT NULL CONSTRAINT products_row_number_positive CHECK (row_number > 0),
    created_at        TIMESTAMPTZ   NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at        TIMESTAMPTZ   NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT products_sku_unique UNIQUE (sku),
    CONSTRAINT products_vendor_product_id_unique UNIQUE (vendor_id, vendor_product_id)
);
COMMENT ON TABLE products IS 'The catalogue: every row here passed every rule.';
COMMENT ON COLUMN products.product_id IS 'Gaps are normal: ON CONFLICT DO NOTHING uses up values.';
COMMENT ON COLUMN products.row_number IS '1 = first data row of the file that upload_id names.';

-- A row of a file has one outcome: this index is the ledger''s proof for valid rows.
CREATE UNIQUE INDEX products_by_origin ON products (upload_id, row_number);
CREATE INDEX products_by_category ON products (category);

CREATE TABLE validation_errors (
    error_id      BIGINT       GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    upload_id     VARCHAR(50)  NOT NULL REFERENCES upload_history,
    row_number    INTEGER      NOT NULL CONSTRAINT validation_errors_row_number_positive CHECK (row_number > 0),
    field         VARCHAR(100),
    error_type    VARCHAR(50)  NOT NULL,
    error_message TEXT         NOT NULL,
    original_data JSONB        NOT NULL,
    created_at    TIMESTAMPTZ  NOT NULL DEFAULT CURRENT_TIMESTAMP
);
COMMENT ON TABLE validation_errors IS 'One record per finding; a row of a file may have several.';
COMMENT ON COLUMN validation_errors.field IS 'Column of the file the finding is about; NULL when it is about the whole row.';
COMMENT ON COLUMN validation_errors.original_data IS 'The cells as the vendor sent them.';

CREATE INDEX validation_errors_by_row ON validation_errors (upload_id, row_number);
CREATE INDEX validation_errors_by_type ON validation_errors (error_type, created_at DESC);
