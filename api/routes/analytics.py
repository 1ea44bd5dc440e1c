"""How the vendor's own uploads went, day by day and cause by cause."""

from api.admin_documents import CausesDocument, DaysDocument, Period
from api.analytics import MEDIA_TYPES, causes_document, causes_file, days_document, days_file, days_of, wants_csv
from api.routing import Call, File, Route
from api.services import Services


def list_days(services: Services, call: Call[Period, None]) -> DaysDocument | File:
    """Return the days on which uploads of the vendor ended."""
    found = days_document(services.database, days_of(call.query, call.vendor_id))
    return days_file(found) if wants_csv(call.query, call.headers) else found


def list_causes(services: Services, call: Call[Period, None]) -> CausesDocument | File:
    """Return what went wrong in the vendor's uploads."""
    found = causes_document(services.database, days_of(call.query, call.vendor_id))
    return causes_file(found) if wants_csv(call.query, call.headers) else found


ROUTES = (
    Route(
        method="GET",
        path="/analytics/days",
        action=list_days,
        query=Period,
        answer=DaysDocument,
        media_types=MEDIA_TYPES,
        summary="Uploads by day",
        description="Rows, errors and time to outcome of the uploads for real that ended on each day. Previews do not "
        "count.",
    ),
    Route(
        method="GET",
        path="/analytics/causes",
        action=list_causes,
        query=Period,
        answer=CausesDocument,
        media_types=MEDIA_TYPES,
        summary="What goes wrong most",
        description="Codes and columns of the errors in a period, those of most rows first. Previews do not count.",
    ),
)
