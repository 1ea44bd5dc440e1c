"""How the uploads of all vendors went: by day, by cause and by vendor."""

from api.admin_documents import (
    CausesDocument,
    DaysDocument,
    VendorPerformance,
    VendorPeriod,
    VendorsDocument,
    VendorsFilters,
)
from api.admin_services import AdminServices
from api.analytics import (
    MEDIA_TYPES,
    MOST_ENTRIES,
    causes_document,
    causes_file,
    csv_file,
    days_document,
    days_file,
    days_of,
    error_rate,
    wants_csv,
)
from api.routing import Call, File, Route, Who
from onboarding.stores import analytics
from onboarding.stores.analytics import VendorOrder, VendorTrend


def list_all_days(services: AdminServices, call: Call[VendorPeriod, None]) -> DaysDocument | File:
    """Return the days on which uploads ended, of one vendor or of all."""
    found = days_document(services.database, days_of(call.query, call.query.vendor_id))
    return days_file(found) if wants_csv(call.query, call.headers) else found


def list_all_causes(services: AdminServices, call: Call[VendorPeriod, None]) -> CausesDocument | File:
    """Return what went wrong, for one vendor or for all."""
    found = causes_document(services.database, days_of(call.query, call.query.vendor_id))
    return causes_file(found) if wants_csv(call.query, call.headers) else found


def list_vendor_trends(services: AdminServices, call: Call[VendorsFilters, None]) -> VendorsDocument | File:
    """Return the vendors with the worst error rate or the fastest growth."""
    days, order = days_of(call.query, None), VendorOrder(call.query.order)
    found = services.database.run(lambda cursor: analytics.list_vendor_trends(cursor, days, order, MOST_ENTRIES))
    document = VendorsDocument(first_day=days.first, last_day=days.last, data=[_performance(each) for each in found])
    return _file(document) if wants_csv(call.query, call.headers) else document


def _performance(trend: VendorTrend) -> VendorPerformance:
    return VendorPerformance(
        vendor_id=trend.vendor_id,
        vendor_name=trend.vendor_name,
        uploads=trend.uploads,
        rows=trend.rows,
        error_rows=trend.error_rows,
        error_rate=error_rate(trend.error_rows, trend.rows),
        rows_before=trend.rows_before,
        growth=trend.rows - trend.rows_before,
    )


def _file(document: VendorsDocument) -> File:
    header = tuple(VendorPerformance.model_fields)
    lines = (tuple(getattr(vendor, name) for name in header) for vendor in document.data)
    return csv_file(f"vendors_{document.first_day}_{document.last_day}", header, lines)


ROUTES = (
    Route(
        method="GET",
        path="/admin/analytics/days",
        action=list_all_days,
        who=Who.OPERATOR,
        query=VendorPeriod,
        answer=DaysDocument,
        media_types=MEDIA_TYPES,
        summary="Uploads of all vendors by day",
        description="Rows, errors and time to outcome of the uploads for real that ended on each day.",
    ),
    Route(
        method="GET",
        path="/admin/analytics/causes",
        action=list_all_causes,
        who=Who.OPERATOR,
        query=VendorPeriod,
        answer=CausesDocument,
        media_types=MEDIA_TYPES,
        summary="What goes wrong most, of all vendors",
        description="Codes and columns of the errors in a period, those of most rows first.",
    ),
    Route(
        method="GET",
        path="/admin/analytics/vendors",
        action=list_vendor_trends,
        who=Who.OPERATOR,
        query=VendorsFilters,
        answer=VendorsDocument,
        media_types=MEDIA_TYPES,
        summary="Vendors by error rate or growth",
        description="Growth is against the period of the same length before.",
    ),
)
