"""What can be wrong with an upload, and how that is told."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

NOTHING_TO_DO = "nothing to do"


class Cause(StrEnum):
    """What can be wrong with an upload. The values stand in the table of docs/runbook.md."""

    UNKNOWN = "no such upload"
    AWAITING_FILE = "file not put yet"
    NOT_ANNOUNCED = "bucket announces nothing"
    NOT_TAKEN_IN = "file not taken in"
    FEED_STOPPED = "event source mapping switched off"
    DATABASE_DOWN = "database does not answer"
    PARSER_FAILED = "parser failed"
    PARSER_SILENT = "parser did not stage the rows"
    ROWS_OVERDUE = "rows not settled in time"
    ROWS_BREAK_THE_CODE = "rows break the code"
    ERROR_ROWS_LOST = "error rows lost"
    REPORT_FAILED = "report not built"
    CORRECTIONS_FAILED = "corrections file not built"
    RECOVERY_FAILED = "upload could not be finished"
    OUTCOME_FAILED = "outcome not recorded"
    EMAIL_REFUSED = "e-mail not handed over"
    EMAIL_UNANSWERED = "answer about the e-mail lost"
    NOBODY_READS = "nobody reads the e-mail"
    UNKNOWN_VENDOR = "vendor not registered"
    END_NOT_ANNOUNCED = "end not announced"
    DEAD_LETTER = "dead letter"
    STOPPED = "execution stopped"
    REFUSED = "file refused"
    RUNNING = "under way"
    ENDED = "ended well"


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """`fix_first` is what no command can do; `command` comes after it. Both None: there is nothing to do.

    `section` is the heading of docs/runbook.md, as a link's anchor, that has more.
    """

    cause: Cause
    sentence: str
    command: str | None = None
    fix_first: str | None = None
    section: str = "explaining-an-upload"

    @property
    def is_fine(self) -> bool:
        return self.command is None and self.fix_first is None
