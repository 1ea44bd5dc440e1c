"""The environment of each function."""

import pytest

from onboarding.config import (
    CsvParserConfig,
    MissingConfigurationError,
    ProductValidatorConfig,
    VendorRegistrarConfig,
    from_environment,
)

DATABASE = {"DATABASE_SECRET_ARN": "arn:database", "DATABASE_SSL_MODE": "verify-full"}


def test_values_are_read_when_the_environment_has_them() -> None:
    environment = {
        **DATABASE,
        "DATABASE_CA_BUNDLE": "/bundle.pem",
        "STAGING_TABLE_NAME": "staging",
        "STAGING_SHARDS": "64",
        "UPLOAD_STATE_MACHINE_ARN": "arn:machine",
        "UPLOAD_EVENT_QUEUE_URL": "https://queue",
        "PORTAL_URL": "https://portal/",
        "PATH": "/bin",
    }

    config = from_environment(CsvParserConfig, environment)

    assert config == CsvParserConfig(
        database_secret_arn="arn:database",
        database_ssl_mode="verify-full",
        database_ca_bundle="/bundle.pem",
        staging_table_name="staging",
        staging_shards="64",
        upload_state_machine_arn="arn:machine",
        upload_event_queue_url="https://queue",
        portal_url="https://portal/",
    )


def test_all_missing_variables_are_named_when_some_are_not_set() -> None:
    with pytest.raises(MissingConfigurationError) as caught:
        from_environment(ProductValidatorConfig, {"DATABASE_SECRET_ARN": "arn:database", "ERROR_QUEUE_URL": "url"})

    assert str(caught.value) == "environment variables not set: DATABASE_SSL_MODE, STAGING_TABLE_NAME, STAGING_SHARDS"


def test_defaults_are_taken_when_optional_variables_are_not_set() -> None:
    config = from_environment(
        VendorRegistrarConfig, {**DATABASE, "VENDOR_TOPIC_PREFIX": "vendor-", "ACCESS_MANAGER_NAME": "access-manager"}
    )

    assert config.database_ca_bundle == ""
    assert config.notification_copy_queue_arn == ""
