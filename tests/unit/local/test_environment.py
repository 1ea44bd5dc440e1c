"""What `stack.env` says."""

import subprocess

import pytest

from local.environment import StackEnvironment, upper_snake

_ENVIRONMENT = StackEnvironment(
    endpoint_url="http://127.0.0.1:4566",
    access_key_id="key",
    secret_access_key="a secret's $(whoami)",
    region="us-east-1",
    database_url="postgresql://onboarding:p@127.0.0.1:54320/onboarding",
    outputs={"UploadBucketName": "uploads", "MailboxQueueUrl": "http://127.0.0.1:4566/0/mailbox"},
)


@pytest.mark.parametrize(
    ("output", "variable"),
    [
        ("UploadBucketName", "UPLOAD_BUCKET_NAME"),
        ("ApiUrl", "API_URL"),
        ("APIUrl", "API_URL"),
        ("MailboxQueueUrl", "MAILBOX_QUEUE_URL"),
        ("HttpApiV2Id", "HTTP_API_V2_ID"),
    ],
)
def test_outputs_become_variables_when_rendered(output: str, variable: str) -> None:
    assert upper_snake(output) == variable


def test_a_shell_reads_the_same_values_back_when_it_sources_the_file() -> None:
    script = _ENVIRONMENT.render() + '\nprintf "%s|" "$AWS_SECRET_ACCESS_KEY" "$UPLOAD_BUCKET_NAME" "$DATABASE_URL"'

    shell = subprocess.run(["sh", "-euc", script], check=True, capture_output=True, text=True)

    assert shell.stdout.split("|")[:3] == [
        "a secret's $(whoami)",
        "uploads",
        "postgresql://onboarding:p@127.0.0.1:54320/onboarding",
    ]
