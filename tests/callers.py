"""The matrix of callers: what each kind of caller gets from each route. Used by the handler tests and end to end.

One row for each route of the table. A route without one fails: whoever adds a route says what it shows to whom.
"""

from dataclasses import dataclass
from enum import Enum
from typing import Any

from api.routing import Route, Who

VENDORS_WHO = (Who.VENDOR, Who.VENDOR_PERSON)
PLACES = {
    "vendor_product_id": "P-1",
    "kind": "csv",
    "vendor_id": "VEND001",
    "email": "nobody@vendors.example",
    "category_id": "1",
}
"""What stands in a path for each name, but for what belongs to a vendor."""


class ToOthers(Enum):
    """What another vendor gets from a route that is asked about the first vendor's things."""

    NOT_FOUND = "404, as for something that does not exist"
    ITS_OWN = "an answer with its own things, of which it has none"
    THE_SAME = "an answer that is the same for everybody, or about the caller"


@dataclass(frozen=True, slots=True)
class Row:
    """How to ask a route, and what comes back. Names in the path are those of things of VEND001."""

    to_others: ToOthers
    body: dict[str, Any] | None = None
    allowed: int | None = None
    """Status for a caller who may use the route; None for the route's own."""


ROWS = {
    "show_me": Row(ToOthers.THE_SAME),
    "create_upload": Row(ToOthers.ITS_OWN, body={"file_name": "products.csv", "size": 100}),
    "list_uploads": Row(ToOthers.ITS_OWN),
    "show_upload": Row(ToOthers.NOT_FOUND),
    "list_errors": Row(ToOthers.NOT_FOUND),
    "summarise_errors": Row(ToOthers.NOT_FOUND),
    "link_to_report": Row(ToOthers.NOT_FOUND),
    "link_to_corrections": Row(ToOthers.NOT_FOUND),
    "apply_preview": Row(ToOthers.NOT_FOUND, allowed=409),  # it is no preview
    "list_products": Row(ToOthers.ITS_OWN),
    "show_product": Row(ToOthers.NOT_FOUND),
    "list_changes": Row(ToOthers.NOT_FOUND),
    "export_products": Row(ToOthers.ITS_OWN),
    "list_days": Row(ToOthers.ITS_OWN),
    "list_causes": Row(ToOthers.ITS_OWN),
    "list_categories": Row(ToOthers.THE_SAME),
    "list_columns": Row(ToOthers.THE_SAME),
    "fetch_template": Row(ToOthers.THE_SAME),
    "show_openapi": Row(ToOthers.THE_SAME),
    "list_api_keys": Row(ToOthers.ITS_OWN),
    "create_api_key": Row(ToOthers.ITS_OWN, body={"label": "matrix"}),
    "remove_api_key": Row(ToOthers.NOT_FOUND),
    "list_people": Row(ToOthers.ITS_OWN),
    # Of operators: what others get says their role, whatever they ask about.
    "search_uploads": Row(ToOthers.THE_SAME),
    "inspect_upload": Row(ToOthers.THE_SAME),
    "tell_story": Row(ToOthers.THE_SAME),
    "list_upload_errors": Row(ToOthers.THE_SAME),
    "summarise_upload_errors": Row(ToOthers.THE_SAME),
    "redrive_upload": Row(ToOthers.THE_SAME, body={"confirm": "no"}, allowed=422),
    "plan_revert": Row(ToOthers.THE_SAME),
    "revert_upload": Row(ToOthers.THE_SAME, body={"confirm": "no"}, allowed=422),
    "list_vendors": Row(ToOthers.THE_SAME),
    "register_vendor": Row(
        ToOthers.THE_SAME,
        body={"vendor_id": "VEND001", "vendor_name": "Again", "email": "again@vendors.example"},
        allowed=409,
    ),
    "show_vendor": Row(ToOthers.THE_SAME),
    "change_vendor": Row(ToOthers.THE_SAME, body={"vendor_name": "Vendor VEND001"}),
    "suspend_vendor": Row(ToOthers.THE_SAME),
    "resume_vendor": Row(ToOthers.THE_SAME),
    "send_confirmation": Row(ToOthers.THE_SAME),
    "check_address": Row(ToOthers.THE_SAME),
    "list_vendor_people": Row(ToOthers.THE_SAME),
    "invite_person": Row(ToOthers.THE_SAME, body={"email": "bert@vendors.example"}),
    "remove_person": Row(ToOthers.THE_SAME, allowed=404),
    "list_vendor_keys": Row(ToOthers.THE_SAME),
    "create_vendor_key": Row(ToOthers.THE_SAME, body={"label": "by an operator"}),
    "remove_vendor_key": Row(ToOthers.THE_SAME),
    "list_operators": Row(ToOthers.THE_SAME),
    "invite_operator": Row(ToOthers.THE_SAME, body={"email": "otto@techmart.example"}),
    "remove_operator": Row(ToOthers.THE_SAME, allowed=404),
    "list_managed_categories": Row(ToOthers.THE_SAME),
    "add_category": Row(ToOthers.THE_SAME, body={"name": "Audio"}, allowed=409),
    "rename_category": Row(ToOthers.THE_SAME, body={"name": "Computer Accessories"}),
    "retire_category": Row(ToOthers.THE_SAME),
    "restore_category": Row(ToOthers.THE_SAME),
    "show_system": Row(ToOthers.THE_SAME),
    "list_all_days": Row(ToOthers.THE_SAME),
    "list_all_causes": Row(ToOthers.THE_SAME),
    "list_vendor_trends": Row(ToOthers.THE_SAME),
    "list_actions": Row(ToOthers.THE_SAME),
}


@dataclass(frozen=True, slots=True)
class Expected:
    """What comes back: a status, and the kind of problem where the answer is ours and is one."""

    status: int
    problem: str | None = None


def row_of(route: Route) -> Row:
    """Return the route's row; fail the test when it has none."""
    assert route.name in ROWS, f"{route.method} {route.path} has no row in tests/callers.py"
    return ROWS[route.name]


def allowed(route: Route) -> Expected:
    return Expected(row_of(route).allowed or int(route.status))


def to_person(route: Route) -> Expected:
    """Return what a signed-in person of VEND001 gets."""
    return Expected(403, "not-allowed") if route.who is Who.OPERATOR else allowed(route)


def to_program(route: Route) -> Expected:
    """Return what an API key of VEND001 gets: it finds no operators' route at all."""
    if route.who is Who.OPERATOR:
        return Expected(404, "unknown-address")
    return Expected(403, "not-allowed") if route.who is Who.VENDOR_PERSON else allowed(route)


def to_operator(route: Route) -> Expected:
    """Return what an operator gets, who is a person without a vendor."""
    return Expected(403, "not-allowed") if route.who in VENDORS_WHO else allowed(route)


def to_another(route: Route, *, is_person: bool) -> Expected:
    """Return what a caller of VEND002 gets who asks about VEND001's things."""
    own = to_person(route) if is_person else to_program(route)
    if own.problem or row_of(route).to_others is not ToOthers.NOT_FOUND:
        return own
    return Expected(404, "not-found")


def refused_program(route: Route, problem: str) -> Expected:
    """Return what an API key gets whose vendor may not come in."""
    return to_program(route) if route.who is Who.OPERATOR else refused(route, problem)


def refused(route: Route, problem: str) -> Expected:
    """Return what somebody gets who proved who it is and may not come in."""
    return allowed(route) if route.who is Who.ANYBODY else Expected(403, problem)
