"""The vendors: who they are, whether they are let in, and whether their e-mails arrive."""

from http import HTTPStatus
from typing import Any

from api import cursors
from api.admin_documents import (
    AddressDocument,
    NewVendor,
    VendorChanges,
    VendorDocument,
    VendorFilters,
    VendorPage,
    VendorSummary,
)
from api.admin_services import AdminServices, RegistrarRefusedError
from api.problems import NOT_FOUND, UNAVAILABLE, VENDOR_EXISTS, Problem, invalid, unknown
from api.routing import Call, Route, Who
from onboarding.access import VendorStatus
from onboarding.registration import VENDOR_ID
from onboarding.stores import vendors
from onboarding.stores.vendors import VendorFilter, VendorView
from onboarding.uploads import NO_VENDOR

_MAX_ID = 50
_RETRY_SECONDS = 5


def list_vendors(services: AdminServices, call: Call[VendorFilters, None]) -> VendorPage:
    """Return vendors in the order of their ids."""
    filters = call.query
    after = None
    if filters.cursor is not None:
        after = cursors.text(cursors.decode(filters.cursor, str)[0])
    wanted = VendorFilter(
        text=filters.q,
        status=filters.status,
        is_confirmed=None if filters.address is None else filters.address == "confirmed",
        is_overdue={"overdue": True, "unconfirmed": False}.get(filters.address or ""),
    )
    found = services.database.run(lambda cursor: vendors.list_vendors(cursor, wanted, after, filters.limit + 1))
    page = found[: filters.limit]
    next_cursor = cursors.encode(page[-1].vendor_id) if len(found) > filters.limit else None
    return VendorPage(data=[VendorSummary(**_summary(vendor)) for vendor in page], next_cursor=next_cursor)


def show_vendor(services: AdminServices, call: Call[None, None]) -> VendorDocument:
    """Return a vendor in full."""
    return _document(services, vendor_of(services, call.path["vendor_id"]))


def register_vendor(services: AdminServices, call: Call[None, NewVendor]) -> VendorDocument:
    """Register a vendor; its first person is invited, its address asked to confirm."""
    wanted = call.body
    if wanted.vendor_id == NO_VENDOR:
        raise invalid("body.vendor_id", f'"{NO_VENDOR}" stands for files outside any vendor\'s folder.')
    if _find(services, wanted.vendor_id) is not None:
        raise Problem(VENDOR_EXISTS, f"{wanted.vendor_id} is registered. Change it instead.")
    _ask(services, call.caller.label, **wanted.model_dump())
    return _document(services, vendor_of(services, wanted.vendor_id))


def change_vendor(services: AdminServices, call: Call[None, VendorChanges]) -> VendorDocument:
    """Change the vendor's name or address; a new address has to be confirmed, the old one gets no more e-mails."""
    vendor = vendor_of(services, call.path["vendor_id"])
    changes = call.body
    _ask(
        services,
        call.caller.label,
        vendor_id=vendor.vendor_id,
        vendor_name=changes.vendor_name or vendor.name,
        email=changes.email or vendor.email,
    )
    return _document(services, vendor_of(services, vendor.vendor_id))


def suspend_vendor(services: AdminServices, call: Call[None, None]) -> VendorDocument:
    """Keep the vendor out: files, API and portal alike."""
    return _set_status(services, call, VendorStatus.SUSPENDED)


def resume_vendor(services: AdminServices, call: Call[None, None]) -> VendorDocument:
    """Let a suspended vendor in again."""
    return _set_status(services, call, VendorStatus.ACTIVE)


def send_confirmation(services: AdminServices, call: Call[None, None]) -> VendorDocument:
    """Send the confirmation of the address again, unless it is confirmed."""
    vendor = vendor_of(services, call.path["vendor_id"])
    _ask(services, call.caller.label, vendor_id=vendor.vendor_id, action="send_confirmation")
    return _document(services, vendor_of(services, vendor.vendor_id))


def check_address(services: AdminServices, call: Call[None, None]) -> VendorDocument:
    """Ask now whether the address is confirmed; it is asked every day in any case."""
    vendor = vendor_of(services, call.path["vendor_id"])
    _ask(services, call.caller.label, vendor_id=vendor.vendor_id, action="check_address")
    return _document(services, vendor_of(services, vendor.vendor_id))


def vendor_of(services: AdminServices, vendor_id: str) -> VendorView:
    """Return the vendor that a path names. Raises Problem."""
    found = _find(services, vendor_id)
    if found is None:
        raise unknown(f"vendor {vendor_id[:_MAX_ID]}")
    return found


def _find(services: AdminServices, vendor_id: str) -> VendorView | None:
    if VENDOR_ID.fullmatch(vendor_id) is None:
        return None
    wanted = VendorFilter(vendor_id=vendor_id)
    found = services.database.run(lambda cursor: vendors.list_vendors(cursor, wanted, None, 1))
    return found[0] if found else None


def _set_status(services: AdminServices, call: Call[None, None], status: VendorStatus) -> VendorDocument:
    vendor = vendor_of(services, call.path["vendor_id"])
    _ask(services, call.caller.label, vendor_id=vendor.vendor_id, status=status)
    return _document(services, vendor_of(services, vendor.vendor_id))


def _ask(services: AdminServices, actor: str, **event: str) -> None:
    """Have the registrar do it. Most of what it could refuse was checked before."""
    try:
        services.registrar.ask(actor=actor, **event)
    except RegistrarRefusedError as error:
        if error.is_about_the_request:
            raise invalid("body", str(error)) from None
        raise Problem(UNAVAILABLE, UNAVAILABLE.example, retry_after=_RETRY_SECONDS) from error


def _document(services: AdminServices, vendor: VendorView) -> VendorDocument:
    products, active = services.database.run(lambda cursor: vendors.count_vendor_products(cursor, vendor.vendor_id))
    return VendorDocument(**_summary(vendor), products=products, active_products=active)


def _summary(vendor: VendorView) -> dict[str, Any]:
    return {
        "vendor_id": vendor.vendor_id,
        "vendor_name": vendor.name,
        "email": vendor.email,
        "status": vendor.status,
        "address": AddressDocument(
            state=vendor.address_state,
            asked_at=vendor.email_asked_at,
            confirmed_at=vendor.email_confirmed_at,
            checked_at=vendor.email_checked_at,
        ),
        "created_at": vendor.created_at,
        "uploads": vendor.uploads,
        "rows": vendor.rows,
        "error_rows": vendor.error_rows,
        "last_upload_at": vendor.last_upload_at,
    }


_OF_A_VENDOR = "/admin/vendors/{vendor_id}"

ROUTES = (
    Route(
        method="GET",
        path="/admin/vendors",
        action=list_vendors,
        who=Who.OPERATOR,
        query=VendorFilters,
        answer=VendorPage,
        summary="List and search vendors",
        description="In the order of their ids.",
    ),
    Route(
        method="POST",
        path="/admin/vendors",
        action=register_vendor,
        who=Who.OPERATOR,
        body=NewVendor,
        answer=VendorDocument,
        status=HTTPStatus.CREATED,
        problems=(VENDOR_EXISTS,),
        summary="Register a vendor",
        description="Invites its first person, and asks the address to confirm that it wants e-mails about uploads.",
    ),
    Route(
        method="GET",
        path=_OF_A_VENDOR,
        action=show_vendor,
        who=Who.OPERATOR,
        answer=VendorDocument,
        problems=(NOT_FOUND,),
        summary="Look at a vendor",
    ),
    Route(
        method="PATCH",
        path=_OF_A_VENDOR,
        action=change_vendor,
        who=Who.OPERATOR,
        body=VendorChanges,
        answer=VendorDocument,
        problems=(NOT_FOUND,),
        summary="Change a vendor's name or address",
        description="A new address has to be confirmed; the old one gets no more e-mails.",
    ),
    Route(
        method="POST",
        path=f"{_OF_A_VENDOR}/suspend",
        action=suspend_vendor,
        who=Who.OPERATOR,
        answer=VendorDocument,
        problems=(NOT_FOUND,),
        summary="Suspend a vendor",
        description="From the next request and the next file on. People and keys stay.",
    ),
    Route(
        method="POST",
        path=f"{_OF_A_VENDOR}/resume",
        action=resume_vendor,
        who=Who.OPERATOR,
        answer=VendorDocument,
        problems=(NOT_FOUND,),
        summary="Let a suspended vendor in again",
    ),
    Route(
        method="POST",
        path=f"{_OF_A_VENDOR}/confirmation",
        action=send_confirmation,
        who=Who.OPERATOR,
        answer=VendorDocument,
        problems=(NOT_FOUND,),
        summary="Send the confirmation of the address again",
        description="Nothing is sent to an address that is confirmed.",
    ),
    Route(
        method="POST",
        path=f"{_OF_A_VENDOR}/address-check",
        action=check_address,
        who=Who.OPERATOR,
        answer=VendorDocument,
        problems=(NOT_FOUND,),
        summary="Ask now whether the address is confirmed",
        description="Otherwise it is asked once a day.",
    ),
)
