"""The one place that reads the environment: a frozen dataclass per function, one field per variable.

A field `staging_table_name` is the variable `STAGING_TABLE_NAME`; a field with a default is optional.
"""

import os
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields
from typing import TypeVar

T = TypeVar("T")


class MissingConfigurationError(RuntimeError):
    """The function was deployed without a variable that it needs."""


def from_environment(config_type: type[T], environment: Mapping[str, str] = os.environ) -> T:
    """Return `config_type` filled from the environment.

    Raises MissingConfigurationError with the names of all variables that are missing.
    """
    values: dict[str, str] = {}
    missing: list[str] = []
    for field in fields(config_type):  # type: ignore[arg-type]
        name = field.name.upper()
        if name in environment:
            values[field.name] = environment[name]
        elif field.default is MISSING:
            missing.append(name)
    if missing:
        raise MissingConfigurationError(f"environment variables not set: {', '.join(missing)}")
    return config_type(**values)


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseConfig:
    """How to reach PostgreSQL. Mode and bundle are libpq's sslmode and sslrootcert."""

    database_secret_arn: str
    database_ssl_mode: str
    database_ca_bundle: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CsvParserConfig(DatabaseConfig):
    staging_table_name: str
    staging_shards: str
    upload_state_machine_arn: str
    upload_event_queue_url: str
    portal_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UndeliveredUploadsConfig:
    staging_table_name: str
    upload_state_machine_arn: str
    undelivered_upload_queue_url: str
    portal_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductValidatorConfig(DatabaseConfig):
    staging_table_name: str
    staging_shards: str
    error_queue_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReconcilerConfig(DatabaseConfig):
    staging_table_name: str
    staging_shards: str
    error_queue_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorProcessorConfig:
    staging_table_name: str
    staging_shards: str
    upload_bucket_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeRecorderConfig(DatabaseConfig):
    report_link_secret_arn: str
    report_link_base_url: str
    portal_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportLinkConfig:
    report_link_secret_arn: str
    upload_bucket_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKeyAuthorizerConfig:
    access_table_name: str
    api_key_kind: str
    """`live` or `test`; keys of the other kind are refused."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessManagerConfig:
    access_table_name: str
    api_key_kind: str
    user_pool_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VendorRegistrarConfig(DatabaseConfig):
    vendor_topic_prefix: str
    access_manager_name: str
    notification_copy_queue_arn: str = ""
    """Queue that also receives every vendor's notifications; the local stage's mailbox."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnerConfig(DatabaseConfig):
    """Of the functions that act as the database's owner. Its secret holds a user name and a password only."""

    database_owner_secret_arn: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SchemaMigratorConfig(OwnerConfig):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class SecretRotatorConfig(OwnerConfig):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditPurgerConfig(DatabaseConfig):
    audit_retention_days: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiConfig(DatabaseConfig):
    staging_table_name: str
    access_table_name: str
    upload_bucket_name: str
    most_open_uploads: str
    api_key_kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PortalSiteConfig:
    portal_url: str
    sign_in_url: str
    user_pool_url: str
    portal_client_id: str
    upload_origins: str
    """Origins that browsers put files to, with spaces between them; empty where it is the pages' own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadReverterConfig(DatabaseConfig):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadFinderConfig(DatabaseConfig):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class AdminApiConfig(DatabaseConfig):
    access_table_name: str
    access_manager_name: str
    vendor_registrar_name: str
    upload_state_machine_arn: str
    upload_event_queue_url: str
    upload_event_dead_letter_queue_url: str
    undelivered_upload_queue_url: str
    error_queue_url: str
    error_dead_letter_queue_url: str
    unannounced_end_queue_url: str
    stream_failure_bucket_name: str
    alarm_name_prefix: str
    """What the names of the stage's alarms begin with."""
    stage: str
    upload_bucket_name: str
    staging_table_name: str
    staging_shards: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OperatorDeskConfig(DatabaseConfig):
    access_manager_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressCheckerConfig(DatabaseConfig):
    pass
