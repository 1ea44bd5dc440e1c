-- What operators manage and see: categories, whether vendors can be reached, what operators did, and how uploads went
-- day by day.

-- Categories are data: added, renamed and retired by operators. Products follow a rename by their foreign key.
ALTER TABLE product_categories
    ADD COLUMN category_id  INTEGER GENERATED ALWAYS AS IDENTITY CONSTRAINT product_categories_id_unique UNIQUE,
    ADD COLUMN former_names VARCHAR(100)[] NOT NULL DEFAULT '{}',
    ADD COLUMN added_by     TEXT        NOT NULL DEFAULT 'deployment',
    ADD COLUMN renamed_at   TIMESTAMPTZ,
    ADD COLUMN renamed_by   TEXT,
    ADD COLUMN retired_at   TIMESTAMPTZ,
    ADD COLUMN retired_by   TEXT,
    ADD CONSTRAINT product_categories_name_trimmed
        CHECK (category_name <> '' AND category_name = btrim(category_name));
UPDATE product_categories SET retired_at = CURRENT_TIMESTAMP, retired_by = 'deployment' WHERE NOT is_active;
CREATE UNIQUE INDEX product_categories_by_name ON product_categories (lower(category_name));

COMMENT ON COLUMN product_categories.category_name IS 'Unique in any case. Changing it changes products.category.';
COMMENT ON COLUMN product_categories.former_names IS 'Names before the last renames: files that use them are told the new one.';
COMMENT ON COLUMN product_categories.added_by IS 'Who added it; deployment: by a migration.';

GRANT INSERT (category_name, added_by) ON product_categories TO onboarding_app;
GRANT UPDATE (category_name, former_names, is_active, renamed_at, renamed_by, retired_at, retired_by)
    ON product_categories TO onboarding_app;

-- Whether e-mails about uploads arrive: SNS delivers to addresses that have been confirmed, and says nothing otherwise.
ALTER TABLE vendors
    ADD COLUMN email_asked_at     TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP,
    ADD COLUMN email_confirmed_at TIMESTAMPTZ,
    ADD COLUMN email_checked_at   TIMESTAMPTZ;
UPDATE vendors SET email_asked_at = updated_at;
COMMENT ON COLUMN vendors.email_asked_at IS 'When a confirmation was sent to this address last; its link works for two days.';
COMMENT ON COLUMN vendors.email_confirmed_at IS 'When it was first seen that the address is confirmed; NULL while it is not.';
COMMENT ON COLUMN vendors.email_checked_at IS 'When SNS was asked last.';
CREATE INDEX vendors_by_unconfirmed_address ON vendors (email_asked_at) WHERE email_confirmed_at IS NULL;
CREATE INDEX vendors_by_check ON vendors (email_checked_at NULLS FIRST);

GRANT UPDATE (email_asked_at, email_confirmed_at, email_checked_at) ON vendors TO onboarding_app;

-- What operators did. What is done in the database is recorded in the same transaction; anything else is recorded
-- before it is begun, and once more when it has ended.
CREATE TABLE operator_actions (
    action_id BIGINT      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    acted_at  TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP,
    actor     TEXT        NOT NULL CONSTRAINT operator_actions_actor_known CHECK (actor <> ''),
    action    VARCHAR(50) NOT NULL,
    subject   TEXT        NOT NULL,
    before    JSONB,
    after     JSONB,
    ended_at  TIMESTAMPTZ,
    failure   TEXT,
    CONSTRAINT operator_actions_failure_has_end CHECK (failure IS NULL OR ended_at IS NOT NULL)
);
COMMENT ON TABLE operator_actions IS 'Who changed what, when: kept as long as the audit trail of uploads.';
COMMENT ON COLUMN operator_actions.actor IS 'E-mail address of a signed-in operator, or the AWS identity behind a command.';
COMMENT ON COLUMN operator_actions.before IS 'How it was, as far as the action changed it.';
COMMENT ON COLUMN operator_actions.ended_at IS 'NULL: it was begun, and broke off before anybody could say how it ended.';
COMMENT ON COLUMN operator_actions.failure IS 'Why it was not done; NULL when it was.';

CREATE INDEX operator_actions_by_time ON operator_actions (acted_at);
CREATE INDEX operator_actions_by_actor ON operator_actions (actor, action_id DESC);
CREATE INDEX operator_actions_by_action ON operator_actions (action, action_id DESC);
CREATE INDEX operator_actions_by_subject ON operator_actions (subject, action_id DESC);

GRANT SELECT, INSERT ON operator_actions TO onboarding_app;
GRANT UPDATE (after, ended_at, failure) ON operator_actions TO onboarding_app;

-- Uploads of all vendors, newest first, and by what operators look for.
DROP INDEX upload_history_by_time;
CREATE INDEX upload_history_by_time ON upload_history (upload_timestamp DESC, upload_id DESC);
DROP INDEX upload_history_by_status;
CREATE INDEX upload_history_by_status ON upload_history (status, upload_timestamp DESC, upload_id DESC);

ALTER TABLE upload_history ADD COLUMN codes VARCHAR(50)[] NOT NULL DEFAULT '{}';
COMMENT ON COLUMN upload_history.codes IS 'The codes of its errors or of its refusal, written with the final status.';
UPDATE upload_history h SET codes = ARRAY(
    SELECT e.error_type FROM validation_errors e WHERE e.upload_id = h.upload_id
    UNION SELECT split_part(h.failure_reason, ':', 1) WHERE h.failure_reason IS NOT NULL
    ORDER BY 1
)
WHERE h.status <> 'processing' AND (h.error_records > 0 OR h.failure_reason IS NOT NULL);
CREATE INDEX upload_history_by_code ON upload_history USING gin (codes);
GRANT UPDATE (codes) ON upload_history TO onboarding_app;

-- SKUs as sent may be of any length; what an index takes is not.
CREATE INDEX validation_errors_by_sku ON validation_errors (left(btrim(original_data ->> 'sku'), 100));

-- How uploads for real went, by the day of their final status (UTC) and by vendor. Written with the final status.
CREATE TABLE daily_uploads (
    day         DATE        NOT NULL,
    vendor_id   VARCHAR(50) NOT NULL,
    uploads     INTEGER     NOT NULL,
    failed      INTEGER     NOT NULL,
    total_rows  BIGINT      NOT NULL,
    valid_rows  BIGINT      NOT NULL,
    error_rows  BIGINT      NOT NULL,
    PRIMARY KEY (day, vendor_id)
);
COMMENT ON TABLE daily_uploads IS 'Imports and updates that ended on a day; no previews, no reverts.';
COMMENT ON COLUMN daily_uploads.failed IS 'Uploads of which no row was valid, and refused files.';

CREATE TABLE daily_causes (
    day       DATE         NOT NULL,
    vendor_id VARCHAR(50)  NOT NULL,
    code      VARCHAR(50)  NOT NULL,
    field     VARCHAR(100) NOT NULL,
    uploads   INTEGER      NOT NULL,
    rows      BIGINT       NOT NULL,
    PRIMARY KEY (day, vendor_id, code, field)
);
COMMENT ON TABLE daily_causes IS 'What went wrong in the uploads of daily_uploads.';
COMMENT ON COLUMN daily_causes.field IS 'Empty: the whole row, or the whole file.';
COMMENT ON COLUMN daily_causes.rows IS 'Rows with the error; 0 for files that were refused.';

CREATE TABLE daily_durations (
    day       DATE        NOT NULL,
    vendor_id VARCHAR(50) NOT NULL,
    bucket    SMALLINT    NOT NULL,
    uploads   INTEGER     NOT NULL,
    PRIMARY KEY (day, vendor_id, bucket)
);
COMMENT ON TABLE daily_durations IS 'Time from the event of the file to the final status, of the uploads of daily_uploads.';
COMMENT ON COLUMN daily_durations.bucket IS
    'n: longer than 0.1 s * 1.2^(n-1), at most 0.1 s * 1.2^n. From the middle of a bucket it is 10 % to either end.';

CREATE INDEX daily_uploads_by_vendor ON daily_uploads (vendor_id, day);
CREATE INDEX daily_causes_by_vendor ON daily_causes (vendor_id, day);
CREATE INDEX daily_durations_by_vendor ON daily_durations (vendor_id, day);

GRANT SELECT, INSERT ON daily_uploads, daily_causes, daily_durations TO onboarding_app;
GRANT UPDATE (uploads, failed, total_rows, valid_rows, error_rows) ON daily_uploads TO onboarding_app;
GRANT UPDATE (uploads, rows) ON daily_causes TO onboarding_app;
GRANT UPDATE (uploads) ON daily_durations TO onboarding_app;

CREATE FUNCTION duration_bucket(duration INTERVAL) RETURNS SMALLINT
    LANGUAGE sql IMMUTABLE
    SET search_path = pg_catalog, pg_temp
    RETURN least(127, ceil(ln(greatest(extract(EPOCH FROM duration), 0.1) / 0.1) / ln(1.2)))::SMALLINT;
COMMENT ON FUNCTION duration_bucket IS 'The bucket of daily_durations that a time to outcome belongs to.';

-- Adds uploads to the three tables. Who calls it has just written their final status, in the same transaction; the rows
-- are taken in one order, so that two of them cannot lock each other out.
CREATE FUNCTION summarise_uploads(upload_ids VARCHAR[]) RETURNS VOID
    LANGUAGE sql
    SET search_path = pg_catalog, public, pg_temp
BEGIN ATOMIC
    INSERT INTO public.daily_uploads AS d (day, vendor_id, uploads, failed, total_rows, valid_rows, error_rows)
    SELECT (completed_at AT TIME ZONE 'UTC')::DATE, vendor_id, count(*), count(*) FILTER (WHERE status = 'failed'),
           coalesce(sum(total_records), 0), sum(valid_records), sum(error_records)
    FROM public.upload_history
    WHERE upload_id = ANY (upload_ids) AND status <> 'processing' AND mode <> 'revert' AND NOT is_preview
    GROUP BY 1, 2 ORDER BY 1, 2
    ON CONFLICT (day, vendor_id) DO UPDATE SET
        uploads = d.uploads + excluded.uploads, failed = d.failed + excluded.failed,
        total_rows = d.total_rows + excluded.total_rows, valid_rows = d.valid_rows + excluded.valid_rows,
        error_rows = d.error_rows + excluded.error_rows;

    INSERT INTO public.daily_causes AS d (day, vendor_id, code, field, uploads, rows)
    SELECT (h.completed_at AT TIME ZONE 'UTC')::DATE, h.vendor_id, c.code, c.field, count(*), sum(c.rows)
    FROM public.upload_history h CROSS JOIN LATERAL (
        SELECT e.error_type AS code, coalesce(e.field, '') AS field, count(DISTINCT e.row_number) AS rows
        FROM public.validation_errors e WHERE e.upload_id = h.upload_id GROUP BY 1, 2
        UNION ALL
        SELECT split_part(h.failure_reason, ':', 1), '', 0 WHERE h.failure_reason IS NOT NULL
    ) c
    WHERE h.upload_id = ANY (upload_ids) AND h.status <> 'processing' AND h.mode <> 'revert' AND NOT h.is_preview
    GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
    ON CONFLICT (day, vendor_id, code, field) DO UPDATE SET
        uploads = d.uploads + excluded.uploads, rows = d.rows + excluded.rows;

    INSERT INTO public.daily_durations AS d (day, vendor_id, bucket, uploads)
    SELECT (completed_at AT TIME ZONE 'UTC')::DATE, vendor_id,
           public.duration_bucket(completed_at - upload_timestamp), count(*)
    FROM public.upload_history
    WHERE upload_id = ANY (upload_ids) AND status <> 'processing' AND mode <> 'revert' AND NOT is_preview
    GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
    ON CONFLICT (day, vendor_id, bucket) DO UPDATE SET uploads = d.uploads + excluded.uploads;
END;
COMMENT ON FUNCTION summarise_uploads IS 'Adds uploads that have just ended to the daily tables. To be called once for each.';

SELECT summarise_uploads(ARRAY(SELECT upload_id FROM upload_history WHERE status <> 'processing'));

-- The daily tables and what operators did are kept as long as the audit trail of uploads.
DROP FUNCTION purge_audit_trail;
CREATE FUNCTION purge_audit_trail(kept_for INTERVAL, at_most INTEGER)
    RETURNS TABLE (purged_errors BIGINT, purged_uploads BIGINT, purged_changes BIGINT, purged_actions BIGINT,
                   purged_days BIGINT)
    LANGUAGE plpgsql
    SECURITY DEFINER
    SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
    due VARCHAR[];
    last_day DATE := ((CURRENT_TIMESTAMP - kept_for) AT TIME ZONE 'UTC')::DATE - 1;
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

    DELETE FROM public.operator_actions a WHERE a.action_id IN (
        SELECT o.action_id FROM public.operator_actions o
        WHERE o.acted_at < CURRENT_TIMESTAMP - kept_for ORDER BY o.acted_at LIMIT at_most
    );
    GET DIAGNOSTICS purged_actions = ROW_COUNT;

    -- The earliest day of all that are due, in each of the three tables.
    SELECT min(d.day) INTO last_day FROM public.daily_uploads d WHERE d.day <= last_day;
    DELETE FROM public.daily_causes d WHERE d.day <= last_day;
    DELETE FROM public.daily_durations d WHERE d.day <= last_day;
    DELETE FROM public.daily_uploads d WHERE d.day <= last_day;
    GET DIAGNOSTICS purged_days = ROW_COUNT;

    RETURN NEXT;
END
$$;

COMMENT ON FUNCTION purge_audit_trail IS
    'Deletes errors and changes of uploads that ended longer ago than kept_for, the uploads unless products came from them, and days and actions of operators of that age.';

REVOKE ALL ON FUNCTION purge_audit_trail FROM PUBLIC;
GRANT EXECUTE ON FUNCTION purge_audit_trail TO onboarding_app;
