"""A small upload with round numbers, and the template it runs in."""

from collections import Counter
from dataclasses import replace
from decimal import Decimal

import pytest

from cost.measurement import Calls, Count, DatabaseWork, Invocation, Measurement, Service
from cost.table_units import Units
from cost.template import Schedule, Template


@pytest.fixture
def measurement() -> Measurement:
    return Measurement(
        rows=1_000,
        error_rows=50,
        file_bytes=2**20,
        report_bytes=2**10,
        seconds=2.0,
        calls={
            ("csv-parser", "s3:GetObject"): Calls(1, 0, 2**20),
            ("csv-parser", "dynamodb:BatchWriteItem"): Calls(40, 900_000, 1_000),
            ("csv-parser", "secretsmanager:GetSecretValue"): Calls(1, 100, 400),
            ("product-validator", "sqs:SendMessageBatch"): Calls(2, 100_000, 500, extra_chunks=1),
            ("vendor", "s3:PutObject"): Calls(1, 2**20, 0),
            ("vendor", "s3:GetObject"): Calls(1, 0, 2**10),
        },
        table={"BatchWriteItem": Units(40, 2_000, 2_000, 2), "Query": Units(1, 1_000, reads=150.5)},
        staged_bytes=2**20,
        invocations=[Invocation("csv-parser", 512, 1_000), Invocation("report-link", 1_769, 500)],
        cpu_milliseconds={"csv-parser": 400, "report-link": 900},
        transitions=9,
        execution_events=28,
        execution_calls=Counter({"sqs:SendMessage": 1, "lambda:Invoke": 1, "sns:Publish": 1}),
        queue_batches=2,
        queue_payload_bytes=100_000,
        emails=1,
        log_bytes={"/aws/lambda/csv-parser": 4_000},
        database=DatabaseWork(log_bytes=4_097, stored_bytes=2**20, unique_entries=100),
    )


@pytest.fixture
def count(measurement: Measurement) -> Count:
    warm = replace(measurement, seconds=1.0)
    service = Service(1, [f"metric {number}" for number in range(8)], frozenset({"csv-parser", "product-validator"}))
    return Count(measurement, warm, service)


@pytest.fixture
def template() -> Template:
    return Template(
        alarm_metrics=12,
        composite_alarms=0,
        dashboards=1,
        large_dashboards=0,
        secrets=3,
        keys=0,
        nat_gateways=0,
        interface_endpoints=0,
        schedules=(Schedule("auditPurger", Decimal(4)),),
        upload_days=120,
        report_days=97,
        log_days=90,
    )
