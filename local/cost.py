"""`make cost`: an estimate of a month on AWS, from list prices and what one upload asks of each service."""

from dataclasses import dataclass

from rich.table import Table

from local.console import console, say

_HOURS_A_MONTH = 730

# List prices in us-east-1, US dollars, looked up in November 2026; free tiers are left out.
_DYNAMODB_WRITE = 0.625e-6
_DYNAMODB_READ = 0.125e-6
_LAMBDA_GB_SECOND = 0.0000133334  # arm64
_LAMBDA_REQUEST = 0.20e-6
_TRANSITION = 0.025e-3
_S3_PUT = 0.005e-3
_S3_GB = 0.023
_SQS_REQUEST = 0.40e-6
_EMAIL = 2e-5
_SECRET = 0.40
_ACU_HOUR = 0.12
_DATABASE_IO = 0.20e-6
_DATABASE_GB = 0.10
_METRIC = 0.30
_ALARM = 0.10
_LOGS_GB = 0.50

# What is assumed of the service; durations with room over those of the local stack, for cold starts.
_ERROR_RATE = 0.05
_BYTES_A_ROW = 360
_MEMORY_GB = 0.5
_PARSER_SECONDS_A_ROW = 0.004
_VALIDATOR_ROWS_A_BATCH = 500
_VALIDATOR_SECONDS_A_BATCH = 2
_SMALL_INVOCATIONS = 8  # error processor, outcome recorder, report link and the like: one second each
_TRANSITIONS = 10
_DATABASE_AWAKE_SECONDS = 360  # from the first connection until it pauses, after five idle minutes
_DATABASE_ACUS = 1.0
_METRICS = 8
_ALARMS = 8
_LOG_BYTES_AN_UPLOAD = 50_000


@dataclass(frozen=True, slots=True)
class Item:
    """One service's share of the month, in US dollars."""

    service: str
    dollars: float
    why: str


def estimate(uploads: int, rows: int) -> list[Item]:
    """Return what a month of so many uploads of so many rows costs, one item for each service.

    Every upload is taken to wake the database for itself, the dearest spread there is; at most it is awake
    all month.
    """
    all_rows = uploads * rows
    errors = all_rows * _ERROR_RATE
    batches = max(uploads, all_rows / _VALIDATOR_ROWS_A_BATCH)
    seconds = all_rows * _PARSER_SECONDS_A_ROW + batches * _VALIDATOR_SECONDS_A_BATCH + uploads * _SMALL_INVOCATIONS
    awake_hours = min(_HOURS_A_MONTH, uploads * _DATABASE_AWAKE_SECONDS / 3600)
    gigabytes = all_rows * _BYTES_A_ROW / 1e9
    invocations = uploads * (1 + _SMALL_INVOCATIONS) + batches
    polls = _HOURS_A_MONTH * 3600 / 20 * 5  # Lambda's five pollers, 20 seconds each
    return [
        Item(
            "Aurora Serverless v2",
            awake_hours * _DATABASE_ACUS * _ACU_HOUR + all_rows * 4 * _DATABASE_IO + gigabytes * 3 * _DATABASE_GB,
            f"awake {awake_hours:,.0f} h at {_DATABASE_ACUS:g} ACU, paused otherwise",
        ),
        Item(
            "DynamoDB",
            (2 * all_rows + 8 * uploads) * _DYNAMODB_WRITE + (errors + 5 * uploads) * _DYNAMODB_READ,
            "a row is written when it is staged and when it is decided",
        ),
        Item(
            "Lambda",
            seconds * _MEMORY_GB * _LAMBDA_GB_SECOND + invocations * _LAMBDA_REQUEST,
            f"{seconds:,.0f} s at 512 MB",
        ),
        Item("Step Functions", uploads * _TRANSITIONS * _TRANSITION, f"{_TRANSITIONS} transitions an upload"),
        Item("S3", uploads * 3 * _S3_PUT + gigabytes * 3 * _S3_GB, "files kept for 90 days"),
        Item("SQS", (errors / 10 * 3 + polls) * _SQS_REQUEST, "ten errors a message batch, and Lambda's polling"),
        Item("SNS e-mail", uploads * _EMAIL, "one an upload"),
        Item(
            "CloudWatch",
            _METRICS * _METRIC + _ALARMS * _ALARM + uploads * _LOG_BYTES_AN_UPLOAD / 1e9 * _LOGS_GB,
            f"{_METRICS} metrics, {_ALARMS} alarms, logs",
        ),
        Item("Secrets Manager", 2 * _SECRET, "the database's and the report links' secret"),
    ]


def cost(uploads: int, rows: int) -> None:
    """Print the estimate."""
    items = estimate(uploads, rows)
    table = Table(box=None, padding=(0, 3, 0, 0), header_style="bold", show_footer=True)
    table.add_column("service", footer="a month")
    table.add_column("US$", justify="right", footer=f"{sum(item.dollars for item in items):,.2f}")
    table.add_column("for")
    for item in sorted(items, key=lambda item: -item.dollars):
        table.add_row(item.service, f"{item.dollars:,.2f}", item.why)
    say(f"{uploads:,} uploads of {rows:,} rows in a month, {_ERROR_RATE:.0%} of the rows with errors, us-east-1:")
    console.print(table)
    say("An estimate from list prices and the assumptions in local/cost.py, not a quotation.")
