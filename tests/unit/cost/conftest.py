"""A small upload with round numbers, and the template it runs in."""

from collections import Counter

import pytest

from cost.assumptions import Assumptions
from cost.bill import Bill
from cost.counting import Count, Run
from cost.prices import Prices
from cost.template import Template


@pytest.fixture
def count() -> Count:
    return Count(
        file_bytes=2**20,
        report_bytes=2**10,
        seconds=2.0,
        calls=Counter(
            {
                ("csv-parser", "s3:GetObject"): 1,
                ("csv-parser", "dynamodb:BatchWriteItem"): 40,
                ("product-validator", "sqs:SendMessageBatch"): 3,
                ("Lambda's poller", "sqs:ReceiveMessage"): 3,
                ("the execution", "sns:Publish"): 1,
                ("vendor", "s3:PutObject"): 1,
            }
        ),
        write_units=2_002,
        read_units=150,
        staged_bytes=2**20,
        runs=(Run("csv-parser", 512, 1_000), Run("report-link", 1_769, 500)),
        cpu_milliseconds={"csv-parser": 400, "report-link": 900},
        transitions=9,
        execution_events=28,
        log_bytes=4_000,
        database_log_bytes=4_097,
        database_grown_bytes=2**20,
        unique_entries=100,
        queue_mappings=1,
        custom_metrics=8,
    )


@pytest.fixture
def template() -> Template:
    units = {"alarms": 12, "dashboards": 1, "secrets": 3, "nat-hours": 0}
    return Template(units, upload_days=120, report_days=97, log_days=90)


@pytest.fixture
def bill(count: Count, template: Template) -> Bill:
    return Bill(count, template, Prices.load(), Assumptions())
