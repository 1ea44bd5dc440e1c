"""What the routes work with, made once for each function environment."""

import functools
from collections.abc import Callable
from dataclasses import dataclass

import boto3
from botocore.config import Config

from api.files import Files
from onboarding.api_keys import KeyKind
from onboarding.config import ApiConfig
from onboarding.stores.access import AccessTable
from onboarding.stores.database import Database
from onboarding.stores.trackers import Trackers
from rules.schema import DEFAULT_RULES, Rules, read_rules

DATABASE_PATIENCE_SECONDS = 5
"""A caller waits less for a sleeping database than the pipeline does: it gets a 503 and comes back (API Gateway ends
a request after 29 s in any case)."""
# A signed header is only possible with Signature Version 4, and a checksum that the caller did not give would be wrong.
_S3 = Config(signature_version="s3v4", request_checksum_calculation="when_required")


@dataclass(frozen=True, slots=True)
class Services:
    database: Database
    trackers: Trackers
    access: AccessTable
    files: Files
    rules: Callable[[], Rules]
    """Returns the rules as data, read when they are first asked for."""
    most_open_uploads: int
    api_key_kind: KeyKind


def services_of(config: ApiConfig) -> Services:
    """Return the services of a function with this configuration."""
    dynamodb = boto3.client("dynamodb")
    return Services(
        database=Database(config, DATABASE_PATIENCE_SECONDS),
        trackers=Trackers(dynamodb, config.staging_table_name),
        access=AccessTable(dynamodb, config.access_table_name),
        files=Files(functools.cache(lambda: boto3.client("s3", config=_S3)), config.upload_bucket_name),
        rules=functools.cache(lambda: read_rules(DEFAULT_RULES)),
        most_open_uploads=int(config.most_open_uploads),
        api_key_kind=KeyKind(config.api_key_kind),
    )
