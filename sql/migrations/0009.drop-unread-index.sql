-- Causes are counted by day since 0008: nothing asks errors by their type any more, and every error paid for the index.
DROP INDEX validation_errors_by_type;
