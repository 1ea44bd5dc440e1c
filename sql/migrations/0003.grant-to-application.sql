-- The functions log in as onboarding_app. It can work in the schema, not change it, and it cannot delete.
-- The schema migrator gives the role its password, which no migration may know. A table added later needs its own grants.

DO $$
BEGIN
    -- Roles belong to the server, which may have another database with this schema.
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'onboarding_app') THEN
        CREATE ROLE onboarding_app NOLOGIN;
    END IF;
END
$$;

-- TEMPORARY: rows of a batch are compared and inserted by way of a temporary table.
DO $$
BEGIN
    EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
    EXECUTE format('GRANT CONNECT, TEMPORARY ON DATABASE %I TO onboarding_app', current_database());
END
$$;

GRANT USAGE ON SCHEMA public TO onboarding_app;

GRANT SELECT, INSERT ON vendors TO onboarding_app;
GRANT UPDATE (vendor_name, email, status, notification_topic_arn, updated_at) ON vendors TO onboarding_app;

GRANT SELECT ON product_categories TO onboarding_app;

GRANT SELECT, INSERT ON upload_history TO onboarding_app;
GRANT UPDATE (status, total_records, valid_records, error_records, failure_reason, error_file_s3_key, completed_at)
    ON upload_history TO onboarding_app;

GRANT SELECT, INSERT ON products TO onboarding_app;

GRANT SELECT, INSERT ON validation_errors TO onboarding_app;
