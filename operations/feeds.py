"""Switches on what brings a function its work, after somebody has switched it off."""

from typing import Any

_SERVICE = "product-onboarding"


class NoFeedError(RuntimeError):
    """The function is not fed by an event source mapping."""


def switch_on(functions: Any, stage: str, function: str) -> int:
    """Enable the event source mappings of a function such as `csv-parser`; return how many were off.

    `functions` is a client of Lambda. Raises NoFeedError.
    """
    name = f"{_SERVICE}-{stage}-{function}"
    mappings = functions.list_event_source_mappings(FunctionName=name)["EventSourceMappings"]
    if not mappings:
        raise NoFeedError(f"{name} has no event source mapping.")
    off = [mapping for mapping in mappings if mapping["State"] not in ("Enabled", "Enabling")]
    for mapping in off:
        functions.update_event_source_mapping(UUID=mapping["UUID"], Enabled=True)
    return len(off)
