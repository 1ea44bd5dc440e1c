"""Says in one sentence what is wrong with an upload, and what fixes it. Decides on facts alone and asks nobody."""

from __future__ import annotations

from collections.abc import Callable

from onboarding.explaining import ended_badly, ended_well, running, telling, unstarted
from onboarding.explaining.causes import Diagnosis
from onboarding.explaining.facts import SUCCEEDED, Story

_Check = Callable[[Story], Diagnosis | None]
_UNSTARTED: tuple[_Check, ...] = (
    telling.database_down,
    unstarted.waits_for_file,
    unstarted.recorded_only,
    unstarted.not_taken_in,
    unstarted.unknown,
)
_RUNNING: tuple[_Check, ...] = (
    running.feed_stopped,
    telling.database_down,
    running.rows_missing,
    running.report_missing,
    running.failing_state,
    running.under_way,
)
_ENDED_WELL: tuple[_Check, ...] = (
    ended_well.end_kept,
    ended_well.event_kept,
    ended_well.errors_dead,
    ended_well.batches_kept,
    ended_well.vendor_unreachable,
    ended_well.corrections_missing,
    ended_well.recovered,
    ended_well.refused,
    ended_well.nameless_letters,
    ended_well.ended_well,
)


def diagnose(story: Story) -> Diagnosis:
    """Return what the facts mean; the first check that knows an answer has it."""
    for check in _checks(story):
        if found := check(story):
            return found
    raise AssertionError("unreachable: the last check of each list always knows")


def _checks(story: Story) -> tuple[_Check, ...]:
    execution = story.execution
    if execution is None:
        return _UNSTARTED
    if execution.is_running:
        return _RUNNING
    return _ENDED_WELL if execution.status == SUCCEEDED else (ended_badly.red_end,)
