-- A file with one taken key has more of them: its next batches ask which keys are taken before they insert anything,
-- because an insert that meets a taken key was in vain.

ALTER TABLE upload_history ADD COLUMN has_conflicts BOOLEAN NOT NULL DEFAULT FALSE;
COMMENT ON COLUMN upload_history.has_conflicts IS
    'TRUE: the catalogue refused rows that keep the rules. An import then asks for taken keys first.';

GRANT UPDATE (has_conflicts) ON upload_history TO onboarding_app;
