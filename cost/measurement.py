"""What was counted: one upload, followed through every service it touches."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cost.table_units import Units

_CHUNK_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class Invocation:
    """One run of a function: its memory in MB, and the milliseconds its log reports."""

    function: str
    memory: int
    milliseconds: int


@dataclass(slots=True)
class Calls:
    """Requests of one caller to one operation, with the bytes of their bodies and answers."""

    requests: int = 0
    bytes_sent: int = 0
    bytes_received: int = 0
    extra_chunks: int = 0
    """Requests that SQS and SNS bill beside these, one for each further 64 KB of a body."""


@dataclass(frozen=True, slots=True)
class DatabaseWork:
    """What PostgreSQL did: bytes of its log, bytes its tables and indexes grew, entries in unique indexes.

    Primary keys are no part of the entries: they count up, so that new ones lie side by side.
    """

    log_bytes: int
    stored_bytes: int
    unique_entries: int


@dataclass(frozen=True, slots=True)
class Measurement:
    """One upload. `calls` are by caller and operation, `log_bytes` by log group."""

    rows: int
    error_rows: int
    file_bytes: int
    report_bytes: int
    seconds: float
    calls: Mapping[tuple[str, str], Calls]
    table: Mapping[str, Units]
    staged_bytes: int
    invocations: Sequence[Invocation]
    cpu_milliseconds: Mapping[str, int]
    """What the functions' processes worked, by function; the rest of an invocation is waiting."""
    transitions: int
    execution_events: int
    execution_calls: Counter[str]
    queue_batches: int
    """Runs of functions that Lambda feeds from a queue: one receive and one delete each, sent by Lambda itself."""
    queue_payload_bytes: int
    emails: int
    log_bytes: Mapping[str, int]
    database: DatabaseWork


@dataclass(frozen=True, slots=True)
class Service:
    """What is deployed, as far as it costs by its being there."""

    queue_mappings: int
    metric_series: Sequence[str]
    """Namespace, name and dimensions of each custom metric that a completed, a partial and a refused upload sent."""
    in_network: frozenset[str]
    """Functions that use the database, and so run inside the network."""


@dataclass(frozen=True, slots=True)
class Count:
    """A first upload, which starts every function cold, the same again while they are warm, and the service."""

    cold: Measurement
    warm: Measurement
    service: Service


def chunks(size: int) -> int:
    """Return how many requests SQS and SNS bill for a body of this many bytes."""
    return max(1, -(-size // _CHUNK_BYTES))


def sum_calls(calls: Mapping[tuple[str, str], Calls]) -> Counter[str]:
    """Return the requests by operation, whoever sent them, those that SQS and SNS bill beside them included."""
    found: Counter[str] = Counter()
    for (_, operation), entry in calls.items():
        found[operation] += entry.requests + entry.extra_chunks
    return found
