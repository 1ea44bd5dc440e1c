"""The vendor's own products, and where each value came from."""

from api import cursors
from api.documents import (
    ChangeDocument,
    ChangePage,
    Origin,
    PageOnly,
    ProductDocument,
    ProductFilters,
    ProductPage,
    ProductSummary,
)
from api.problems import NOT_FOUND, not_found
from api.routing import Call, Route
from api.services import Services
from onboarding.stores import product_pages
from onboarding.stores.product_pages import ChangePosition, ProductFilter, ProductView

_MAX_ID = 100


def list_products(services: Services, call: Call[ProductFilters, None]) -> ProductPage:
    """Return the vendor's products in the order of their ids."""
    filters = call.query
    after = None
    if filters.cursor is not None:
        after = cursors.text(cursors.decode(filters.cursor, str)[0])
    wanted = ProductFilter(filters.q, filters.status, filters.category)
    found = services.database.run(
        lambda cursor: product_pages.list_products(cursor, call.vendor_id, wanted, after, filters.limit + 1)
    )
    page = found[: filters.limit]
    next_cursor = cursors.encode(page[-1].vendor_product_id) if len(found) > filters.limit else None
    return ProductPage(data=[ProductSummary.model_validate(product) for product in page], next_cursor=next_cursor)


def show_product(services: Services, call: Call[None, None]) -> ProductDocument:
    """Return a product and where each of its values came from."""
    product = _product(services, call.vendor_id, call.path["vendor_product_id"])
    changes = services.database.run(lambda cursor: product_pages.latest_changes(cursor, product.product_id))
    summary = ProductSummary.model_validate(product)
    return ProductDocument(
        **dict(summary),
        origin=Origin(upload_id=product.upload_id, row_number=product.row_number, at=product.created_at),
        changed={
            change.column: Origin(upload_id=change.upload_id, row_number=change.row_number, at=change.changed_at)
            for change in changes
        },
    )


def list_changes(services: Services, call: Call[PageOnly, None]) -> ChangePage:
    """Return what uploads have changed of a product, newest first."""
    product = _product(services, call.vendor_id, call.path["vendor_product_id"])
    limit, after = call.query.limit, None
    if call.query.cursor is not None:
        uploaded_at, upload_id, column = cursors.decode(call.query.cursor, str, str, str)
        after = ChangePosition(cursors.moment(uploaded_at), cursors.text(upload_id), cursors.text(column))
    found = services.database.run(
        lambda cursor: product_pages.list_changes(cursor, product.product_id, after, limit + 1)
    )
    page = found[:limit]
    next_cursor = None
    if len(found) > limit:
        next_cursor = cursors.encode(page[-1].uploaded_at.isoformat(), page[-1].upload_id, page[-1].column)
    return ChangePage(
        data=[
            ChangeDocument(
                changed_at=change.changed_at,
                upload_id=change.upload_id,
                row_number=change.row_number,
                column=change.column,
                old_value=change.old_value,
                new_value=change.new_value,
            )
            for change in page
        ],
        next_cursor=next_cursor,
    )


def _product(services: Services, vendor_id: str, product_id: str) -> ProductView:
    found = None
    if len(product_id) <= _MAX_ID and "\x00" not in product_id:
        found = services.database.run(lambda cursor: product_pages.find_product(cursor, vendor_id, product_id))
    if found is None:
        raise not_found(f"product {product_id[:_MAX_ID]}")
    return found


ROUTES = (
    Route(
        method="GET",
        path="/products",
        action=list_products,
        query=ProductFilters,
        answer=ProductPage,
        summary="List products",
        description="The vendor's own catalogue in the order of its product ids.",
    ),
    Route(
        method="GET",
        path="/products/{vendor_product_id}",
        action=show_product,
        answer=ProductDocument,
        problems=(NOT_FOUND,),
        summary="Look at a product",
        description="A slash in the id may be written as it is or as `%2F`.",
    ),
    Route(
        method="GET",
        path="/products/{vendor_product_id}/changes",
        action=list_changes,
        query=PageOnly,
        answer=ChangePage,
        problems=(NOT_FOUND,),
        summary="Who changed what, when",
        description="Every value of the product that an upload has changed, newest first.",
    ),
)
