"""The deployed stack as vendors and operators meet it, through S3, SQL, executions, logs, HTTP and the mailbox only."""

import pytest

pytest.register_assert_rewrite("tests.e2e.invariants", "tests.e2e.pipeline", "tests.e2e.reports", "tests.e2e.waiting")
