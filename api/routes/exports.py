"""The vendor's products as a file: edited in a spreadsheet, it can be handed in as an update."""

import secrets
import tempfile
from datetime import UTC, datetime
from http import HTTPStatus

from psycopg2.extensions import cursor as Cursor

from api.documents import Export
from api.problems import FAILED, Problem
from api.routing import Call, Route
from api.services import Services
from onboarding.stores import product_pages

_IN_MEMORY_BYTES = 32 * 1024 * 1024
_UPDATE_ONLY = ("status",)


def export_products(services: Services, call: Call[None, None]) -> Export:
    """Write all of the vendor's products into a file and return a link to it."""
    rules = services.rules()
    columns = [*(column.name for column in rules.columns if column.name not in _UPDATE_ONLY), *_UPDATE_ONLY]
    texts = {column.name for column in rules.columns if column.type != "number"} - set(_UPDATE_ONLY)
    key = f"exports/{call.vendor_id}/products_{datetime.now(UTC):%Y%m%d_%H%M%S}_{secrets.token_hex(4)}.csv"
    with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY_BYTES) as file:

        def copy(cursor: Cursor) -> int:
            file.seek(0)
            file.truncate()
            file.write("\ufeff".encode())  # without it Excel reads UTF-8 as the code page of its country
            return product_pages.copy_products(cursor, call.vendor_id, columns, texts, file)

        rows = services.database.run(copy)
        file.seek(0)
        services.files.store(key, file, "text/csv; charset=utf-8")
    link = services.files.link_to_fetch(key)
    if link is None:
        raise Problem(FAILED, FAILED.example)
    return Export(url=link.url, rows=rows, expires_at=link.expires_at)


ROUTES = (
    Route(
        method="POST",
        path="/exports",
        action=export_products,
        answer=Export,
        status=HTTPStatus.CREATED,
        summary="Export the products",
        description="All products of the vendor as a CSV file. Edit it and hand it in with `mode` `update`: cells that "
        "you leave as they are change nothing.",
    ),
)
