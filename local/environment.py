"""How to reach a running local stack: the values of `stack.env`, and clients made from them."""

import json
import re
import shlex
from dataclasses import asdict, dataclass, field
from typing import Any, Self

import boto3
from botocore.config import Config

from local.errors import LocalStackError
from local.settings import Settings


@dataclass(frozen=True, slots=True)
class StackEnvironment:
    """Everything a client of the stack needs: the AWS endpoint with credentials, the database, the outputs."""

    endpoint_url: str
    access_key_id: str
    secret_access_key: str
    region: str
    database_url: str
    outputs: dict[str, str]
    access: dict[str, str] = field(default_factory=dict)
    """Variables that say whom the stack can be tried as: users, passwords, API keys (local/access.py)."""

    def variables(self) -> dict[str, str]:
        """Return the variables of `stack.env`; an output `UploadBucketName` is `UPLOAD_BUCKET_NAME`."""
        return {
            "AWS_ENDPOINT_URL": self.endpoint_url,
            "AWS_ACCESS_KEY_ID": self.access_key_id,
            "AWS_SECRET_ACCESS_KEY": self.secret_access_key,
            "AWS_REGION": self.region,
            "AWS_DEFAULT_REGION": self.region,
            "DATABASE_URL": self.database_url,
            **{upper_snake(name): value for name, value in sorted(self.outputs.items())},
            **self.access,
        }

    def render(self) -> str:
        """Return the text of `stack.env`, to be sourced by a shell."""
        lines = [f"export {name}={shlex.quote(value)}" for name, value in self.variables().items()]
        return "\n".join(
            [
                "# Written by `make up`; source it to use the AWS CLI, boto3 and psql.",
                "# Version 1 of the AWS CLI needs the endpoint once more for SQS: --endpoint-url $AWS_ENDPOINT_URL",
                *lines,
                "",
            ]
        )

    def output(self, name: str) -> str:
        """Return a stack output; raise LocalStackError when the template has none of that name."""
        try:
            return self.outputs[name]
        except KeyError:
            raise LocalStackError(f"The deployed stack has no output called {name}.") from None

    def client(self, service: str) -> Any:
        """Return a boto3 client of the stack's emulator."""
        return aws_client(
            service,
            endpoint_url=self.endpoint_url,
            access_key_id=self.access_key_id,
            secret_access_key=self.secret_access_key,
            region=self.region,
        )

    @classmethod
    def load(cls, settings: Settings) -> Self | None:
        """Return what the last `make up` wrote, or None when there is no complete stack."""
        try:
            return cls(**json.loads(settings.state_file.read_text())["environment"])
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def as_json(self) -> dict[str, object]:
        return asdict(self)


def aws_client(
    service: str,
    *,
    endpoint_url: str,
    access_key_id: str,
    secret_access_key: str,
    region: str,
) -> Any:
    """Return a boto3 client of the emulator that ignores proxies and gives up rather than hang."""
    session = boto3.Session(
        aws_access_key_id=access_key_id,
        aws_secret_access_key=secret_access_key,
        region_name=region,
    )
    config = Config(
        proxies={},
        connect_timeout=5,
        read_timeout=120,
        retries={"max_attempts": 3},
        s3={"addressing_style": "path"},
    )
    make_client: Any = session.client
    return make_client(service, endpoint_url=endpoint_url, config=config)


def upper_snake(name: str) -> str:
    """Return `UPLOAD_BUCKET_NAME` for `UploadBucketName` and `API_URL` for `ApiUrl` or `APIUrl`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).upper()
