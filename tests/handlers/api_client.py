"""Asks the API's functions as API Gateway does, and looks at what a vendor would see."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from tests.handlers.world import ACCESS_TABLE, CONTEXT, World

UPLOAD_ID = "UPLOAD_20261121_103045_0a1b2c3d"
NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Reply:
    status: int
    headers: Mapping[str, str]
    text: str

    @property
    def json(self) -> Any:
        return json.loads(self.text)

    @property
    def problem(self) -> str:
        """Return the last word of the problem's type."""
        assert self.headers["Content-Type"] == "application/problem+json"
        assert self.json["status"] == self.status
        return self.json["type"].rpartition(":")[2]


@dataclass(frozen=True)
class ApiClient:
    """A vendor's program, its key already checked by the authoriser."""

    world: World
    vendor_id: str = "VEND001"

    def get(self, path: str, **query: object) -> Reply:
        return self.ask("GET", path, query=urlencode(query))

    def post(self, path: str, body: object = None, **headers: str) -> Reply:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if body is not None:
            sent = {"Content-Type": "application/json", **sent}
        return self.ask("POST", path, body=json.dumps(body) if body is not None else None, headers=sent)

    def send(self, method: str, path: str, body: object, **how: Any) -> Reply:
        """Ask with a JSON body; `how` as for `ask`."""
        return self.ask(method, path, body=json.dumps(body), headers={"Content-Type": "application/json"}, **how)

    def ask(
        self,
        method: str,
        path: str,
        *,
        query: str = "",
        body: str | None = None,
        headers: Mapping[str, str] | None = None,
        prefix: str = "/v1",
        authorizer: Mapping[str, Any] | None = None,
        is_base64: bool = False,
    ) -> Reply:
        event = {
            "version": "2.0",
            "routeKey": f"ANY {prefix}/{{proxy+}}",
            "rawPath": prefix + path,
            "rawQueryString": query,
            "headers": {name.lower(): value for name, value in (headers or {}).items()},
            "requestContext": {
                "http": {"method": method, "path": prefix + path, "sourceIp": "192.0.2.1"},
                "stage": "$default",
                "requestId": "request",
                "authorizer": authorizer
                or {"lambda": {"vendor_id": self.vendor_id, "key_id": "key_1", "label": "shop system"}},
            },
            "body": body,
            "isBase64Encoded": is_base64,
        }
        functions = self.world.functions
        module = functions.vendor_api if prefix == "/v1" else functions.portal_api
        if prefix == "/portal/v1" and path.startswith("/admin/"):
            module = functions.admin_api
        answer = module.handler(event, CONTEXT)
        return Reply(answer["statusCode"], answer["headers"], answer["body"])


def let_vendors_in(world: World) -> None:
    """Write into the access table that VEND001 and VEND002 may come in."""
    for vendor_id in ("VEND001", "VEND002"):
        world.dynamodb.put_item(
            TableName=ACCESS_TABLE, Item={"id": {"S": f"vendor#{vendor_id}"}, "status": {"S": "active"}}
        )


def add_upload(
    world: World,
    upload_id: str = UPLOAD_ID,
    *,
    vendor_id: str = "VEND001",
    status: str = "partial",
    total: int | None = 10,
    valid: int = 7,
    errors: int = 3,
    at: datetime = NOON,
    **columns: object,
) -> str:
    """Write an upload into the audit trail and return its id."""
    values: dict[str, object] = {
        "upload_id": upload_id,
        "vendor_id": vendor_id,
        "file_name": "products.csv",
        "s3_key": f"uploads/{vendor_id}/products.csv",
        "object_version": "v1",
        "status": status,
        "total_records": total,
        "valid_records": valid,
        "error_records": errors,
        "upload_timestamp": at,
        "changed_records": 0 if columns.get("mode", "import") == "import" else valid,
        "completed_at": None if status == "processing" else at + timedelta(seconds=20),
        **columns,
    }
    names = ", ".join(values)
    world.database.execute(
        f"INSERT INTO upload_history ({names}) VALUES ({', '.join(['%s'] * len(values))})", *values.values()
    )
    return upload_id


def add_error(
    world: World,
    row_number: int,
    upload_id: str = UPLOAD_ID,
    *,
    column: str | None = "price",
    code: str = "INVALID_PRICE",
    sent: str = "free",
) -> None:
    original = {"sku": f"SKU-{row_number}", "vendor_product_id": f"P-{row_number}", "price": sent}
    world.database.execute(
        "INSERT INTO validation_errors (upload_id, row_number, field, error_type, error_message, original_data)"
        " VALUES (%s, %s, %s, %s, %s, %s)",
        *(
            upload_id,
            row_number,
            column,
            code,
            f"Price must be a plain number, but this row has {sent}.",
            json.dumps(original),
        ),
    )


def add_product(world: World, product_id: str, *, vendor_id: str = "VEND001", **columns: object) -> None:
    """Write a product into the catalogue, brought in by UPLOAD_ID of that vendor."""
    values: dict[str, object] = {
        "vendor_id": vendor_id,
        "vendor_product_id": product_id,
        "product_name": f"Mouse {product_id}",
        "category": "Audio",
        "sku": f"{vendor_id}-{product_id}",
        "price": "19.99",
        "stock_quantity": 3,
        "upload_id": UPLOAD_ID,
        "row_number": world.database.execute("SELECT count(*) + 1 FROM products")[0][0],
        **columns,
    }
    names = ", ".join(values)
    world.database.execute(
        f"INSERT INTO products ({names}) VALUES ({', '.join(['%s'] * len(values))})", *values.values()
    )
