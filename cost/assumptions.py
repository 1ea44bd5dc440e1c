"""What the count cannot know: how the service is used, and how AWS differs from the machine that counted."""

from dataclasses import dataclass
from decimal import Decimal

TARGET_MONTH = Decimal(20)
TARGET_UPLOAD = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Assumptions:
    """Chosen so that the bill is rather too high than too low. Printed in docs/cost.md."""

    uploads: int = 1_000  # a month
    business_hours: int = 220  # a month, 22 days of 10 hours, over which uploads spread evenly: the dearest way
    nights: int = 30  # a month, on which they arrive in one burst instead
    hours: int = 730  # a month
    full_core_memory: int = 1769  # MB at which Lambda gives one whole core (developer guide, "Memory"), less for less
    poll_seconds: int = 20
    pollers: int = 5  # long polls of an idle queue at a time (Lambda developer guide, "SQS")
    state_log_bytes: int = 700  # a log event of an execution without its data; the emulator writes none
    staged_days: int = 9  # rows expire after 7 days; DynamoDB deletes them within a few days more
    database_tail_seconds: int = 375  # awake around work: 15 s to resume, 60 s until the last session ends, 300 s more
    wakings: int = 10  # by schedule in a month: password rotation and purge weekly, our own rotation monthly
    busy_acus: Decimal = Decimal(1)  # while an upload is worked on, if the database has less when it merely is awake
    block_bytes: int = 4096  # in which Aurora bills the writing of its log
    page_bytes: int = 8192  # of PostgreSQL
    months_of_data: int = 12  # after which the catalogue's size is billed
    instance_storage: int = 20  # GB, the smallest gp3 volume
    zone_traffic_factor: int = 3  # bytes to and from a database in another zone, as a multiple of the file
    followed_seconds: int = 36  # that a program asks: file to outcome of 10,000 rows by default (docs/scale.md)
    asked_milliseconds: int = 100  # billed to each function behind a request once it is warm; the bench measures a few
    asked_cold_milliseconds: int = 3_000  # billed to each of them for its first request, which finds it cold
    answer_bytes: int = 2_048  # about an upload, headers included
    asked_log_bytes: int = 1_500  # of a request in the logs: of the gateway, of both functions, of Lambda itself
