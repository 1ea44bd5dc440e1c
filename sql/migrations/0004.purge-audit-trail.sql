-- The one way in which the application may delete: what the audit trail need not keep any longer.

-- Finds the uploads that are due without reading the whole table.
CREATE INDEX upload_history_by_completion ON upload_history (completed_at) WHERE completed_at IS NOT NULL;

CREATE FUNCTION purge_audit_trail(kept_for INTERVAL, at_most INTEGER)
    RETURNS TABLE (purged_errors BIGINT, purged_uploads BIGINT)
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
               OR NOT EXISTS (SELECT FROM public.products p WHERE p.upload_id = h.upload_id))
        ORDER BY h.completed_at
        LIMIT at_most
    ) u;

    DELETE FROM public.validation_errors e WHERE e.upload_id = ANY (due);
    GET DIAGNOSTICS purged_errors = ROW_COUNT;

    DELETE FROM public.upload_history h WHERE h.upload_id = ANY (due)
        AND NOT EXISTS (SELECT FROM public.products p WHERE p.upload_id = h.upload_id);
    GET DIAGNOSTICS purged_uploads = ROW_COUNT;

    RETURN NEXT;
END
$$;

COMMENT ON FUNCTION purge_audit_trail IS
    'Deletes errors of uploads that ended longer ago than kept_for, and the uploads themselves unless products came from them.';

REVOKE ALL ON FUNCTION purge_audit_trail FROM PUBLIC;
GRANT EXECUTE ON FUNCTION purge_audit_trail TO onboarding_app;
