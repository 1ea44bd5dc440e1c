"""What the count cannot know: how the service is used, and how AWS differs from the machine that counted."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Assumptions:
    """Chosen so that the bill is rather too high than too low. Printed in docs/cost.md."""

    uploads: int = 1_000
    """Uploads a month."""
    business_hours: int = 220
    """Hours a month over which they spread evenly, the dearest way: 22 days of 10 hours."""
    nights: int = 30
    """Nights a month on which they arrive in one burst instead."""
    hours: int = 730
    """Hours a month."""
    full_core_memory: int = 1769
    """MB of memory at which Lambda gives one whole core (Lambda developer guide, "Memory"); less memory, less core."""
    poll_seconds: int = 20
    pollers: int = 5
    """Lambda polls an idle queue with this many long polls at a time (Lambda developer guide, "SQS")."""
    state_log_bytes: int = 700
    """A log event of an execution without its data; the emulator writes none."""
    staged_days: int = 9
    """Staged rows expire after 7 days; DynamoDB deletes them within a few days more."""
    database_tail_seconds: int = 375
    """Awake around its work: 15 s to resume, 60 s until the last idle session is ended, 300 s until it pauses."""
    wakings: int = 10
    """By schedule in a month: RDS rotates its password every week, the audit trail is purged weekly, ours monthly."""
    busy_acus: Decimal = Decimal(1)
    """Capacity while an upload is worked on, if the database has less when it merely is awake."""
    block_bytes: int = 4096
    """Aurora bills the writing of its log in units of 4 KB."""
    page_bytes: int = 8192
    """Pages of PostgreSQL."""
    months_of_data: int = 12
    """The catalogue is billed at the size it has after so many months."""
    instance_storage: int = 20
    """GB, the smallest gp3 volume."""
    zone_traffic_factor: int = 3
    """Bytes between functions and database in another zone, as a multiple of the file: rows in, statements, answers."""
    followed_seconds: int = 36
    """From file to outcome of 10,000 rows with the default parameters (docs/scale.md): a program asks so long."""
    asked_milliseconds: int = 100
    """Billed to each of the two functions behind a request, once it has started; the bench measures a few of work."""
    asked_cold_milliseconds: int = 3_000
    """Billed to each of them for its first request, which finds it cold."""
    answer_bytes: int = 2_048
    """Of an answer about an upload, headers included."""
    asked_log_bytes: int = 1_500
    """That a request leaves in the logs: of the gateway, and of both functions with Lambda's own lines."""


TARGET_MONTH = Decimal(20)
TARGET_UPLOAD = Decimal("0.01")
