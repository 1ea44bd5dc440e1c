"""The API on the deployed stack, with IAM enforced: every route, from file to outcome and event."""

import csv
import io
from dataclasses import dataclass
from typing import Any

import pytest
import requests

from onboarding.explaining.telling import quoted
from tests.e2e.files import csv_file, product
from tests.e2e.listening import heard
from tests.e2e.pipeline import Pipeline
from tests.e2e.runbook import run
from tests.e2e.waiting import wait_for

ENDED = ("completed", "partial", "failed")


@dataclass(frozen=True)
class Client:
    """A vendor's program."""

    url: str
    key: str

    def ask(self, method: str, path: str, **options: Any) -> requests.Response:
        headers = {"Authorization": f"Bearer {self.key}", **options.pop("headers", {})}
        return requests.request(method, f"{self.url}/v1{path}", headers=headers, timeout=60, **options)

    def get(self, path: str, **query: object) -> Any:
        answer = self.ask("GET", path, params=query)
        assert answer.status_code == 200, (path, answer.status_code, answer.text)
        return answer.json()

    def hand_in(self, content: bytes, **wanted: object) -> str:
        """Hand a file in and return its upload id."""
        body = {"file_name": "products.csv", "size": len(content), **wanted}
        answer = self.ask("POST", "/uploads", json=body)
        assert answer.status_code == 201, answer.text
        put = answer.json()["put"]
        assert requests.put(put["url"], content, headers=put["headers"], timeout=60).status_code == 200
        return answer.json()["upload_id"]

    def end_of(self, upload_id: str) -> Any:
        def look() -> Any:
            shown = self.get(f"/uploads/{upload_id}")
            return shown if shown["status"] in ENDED else None

        return wait_for(f"{upload_id} ends", look, 90)


@pytest.fixture
def client(pipeline: Pipeline) -> Client:
    variables = pipeline.environment.variables()
    return Client(variables["API_URL"], variables["VENDOR_API_KEY"])


@pytest.fixture
def other(pipeline: Pipeline) -> Client:
    variables = pipeline.environment.variables()
    return Client(variables["API_URL"], variables["OTHER_VENDOR_API_KEY"])


def rows(start: str, count: int, **changed: str) -> bytes:
    return csv_file(product(f"{start}-{number}", **changed) for number in range(count))


def test_file_goes_from_the_api_to_outcome_errors_report_and_event(
    pipeline: Pipeline, client: Client, other: Client, listener: str
) -> None:
    content = csv_file([product("api-1"), product("api-2", price="free"), product("api/3", vendor_product_id="A/3")])

    upload_id = client.hand_in(content)
    shown = client.end_of(upload_id)

    assert (shown["status"], shown["counts"]["total"], shown["counts"]["errors"]) == ("partial", 3, 1)
    assert upload_id in [each["upload_id"] for each in client.get("/uploads")["data"]]
    (error,) = client.get(f"/uploads/{upload_id}/errors")["data"]
    assert (error["row_number"], error["code"], error["sent"]) == (2, "INVALID_PRICE", "free")
    (cause,) = client.get(f"/uploads/{upload_id}/errors/summary")["causes"]
    assert (cause["rows"], cause["column"]) == (1, "price")
    link = client.get(f"/uploads/{upload_id}/report")["url"]
    report = list(csv.DictReader(io.StringIO(requests.get(link, timeout=30).text, newline="")))
    assert [line["Row Number"] for line in report] == ["2"]
    assert client.get("/products/A%2F3")["origin"] == {
        "upload_id": upload_id,
        "row_number": 3,
        "at": client.get("/products/A%2F3")["created_at"],
    }
    (event,) = heard(pipeline, listener, upload_id)
    assert (event["source"], event["detail-type"]) == ("product-onboarding", "Product Upload Ended")
    assert event["detail"] == {
        "version": "1",
        "upload_id": upload_id,
        "vendor_id": "VEND001",
        "file_name": "products.csv",
        "mode": "import",
        "preview": False,
        "status": "partial",
        "total_records": 3,
        "valid_records": 2,
        "error_records": 1,
        "failure_code": None,
    }
    for path in ("", "/errors", "/errors/summary", "/report", "/corrections"):
        assert other.ask("GET", f"/uploads/{upload_id}{path}").status_code == 404
    assert other.ask("POST", f"/uploads/{upload_id}/apply").status_code == 404
    assert other.ask("GET", "/products/A%2F3").status_code == 404
    assert upload_id not in other.ask("GET", "/uploads").text


def test_refused_file_tells_its_code_in_api_and_event(pipeline: Pipeline, client: Client, listener: str) -> None:
    upload_id = client.hand_in(b"sku\n1\n")

    shown = client.end_of(upload_id)

    assert (shown["status"], shown["failure"]["code"]) == ("failed", "MISSING_COLUMNS")
    (event,) = heard(pipeline, listener, upload_id)
    assert (event["detail"]["status"], event["detail"]["failure_code"]) == ("failed", "MISSING_COLUMNS")


def test_file_is_taken_in_again_by_an_operator_when_its_upload_has_ended(pipeline: Pipeline, client: Client) -> None:
    first = client.hand_in(rows("again", 1, price="free"), file_name="again $1.csv")
    client.end_of(first)
    (known,) = pipeline.query("SELECT s3_key FROM upload_history WHERE upload_id = %s", first)

    said = run(pipeline, f"make redrive WHAT=file UPLOAD={quoted(known['s3_key'])} STAGE=local")

    assert "/again $1.csv is announced" in said
    found = {"file_name": "again $1.csv"}
    wait_for("it is an upload of its own", lambda: len(client.get("/uploads", **found)["data"]) == 2)
    again = client.get("/uploads", **found)["data"][0]["upload_id"]
    assert again != first
    assert client.end_of(again)["counts"]["errors"] == 1


def test_link_takes_one_file_of_the_announced_size_and_content(client: Client) -> None:
    content = rows("link", 2)
    digest = "0" * 64
    put = client.ask("POST", "/uploads", json={"file_name": "a.csv", "size": len(content), "sha256": digest}).json()[
        "put"
    ]
    wrong = requests.put(put["url"], content, headers=put["headers"], timeout=30)
    assert 400 <= wrong.status_code < 500

    put = client.ask("POST", "/uploads", json={"file_name": "a.csv", "size": len(content)}).json()["put"]
    longer = requests.put(put["url"], content + b"x", headers={"If-None-Match": "*"}, timeout=30)
    first = requests.put(put["url"], content, headers=put["headers"], timeout=30)
    second = requests.put(put["url"], content, headers=put["headers"], timeout=30)

    assert (longer.status_code, first.status_code, second.status_code) == (403, 200, 412)


def test_export_has_all_products_of_the_vendor(pipeline: Pipeline, client: Client) -> None:
    client.end_of(client.hand_in(rows("export", 20)))

    answer = client.ask("POST", "/exports")

    assert answer.status_code == 201, answer.text
    body = requests.get(answer.json()["url"], timeout=30).content.decode("utf-8-sig")
    exported = {line["sku"] for line in csv.DictReader(io.StringIO(body, newline=""))}
    (count,) = pipeline.query("SELECT count(*) AS n FROM products WHERE vendor_id = 'VEND001'")
    assert len(exported) == answer.json()["rows"] == count["n"]
    assert {f"export-{number}" for number in range(20)} <= exported


def test_preview_is_done_for_real_once_when_it_is_applied_twice(client: Client, other: Client) -> None:
    preview_id = client.hand_in(rows("applied", 3), preview=True)
    preview = client.end_of(preview_id)
    assert (preview["status"], preview["preview"], preview["next_step"]["action"]) == ("completed", True, "apply")
    assert client.ask("GET", "/products/ID-applied-0").status_code == 404
    assert other.ask("POST", f"/uploads/{preview_id}/apply").status_code == 404

    answers = [client.ask("POST", f"/uploads/{preview_id}/apply") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201], [answer.text for answer in answers]
    (upload_id,) = {answer.json()["upload_id"] for answer in answers}
    applied = client.end_of(upload_id)

    assert upload_id != preview_id
    assert (applied["status"], applied["preview"], applied["counts"]["valid"]) == ("completed", False, 3)
    assert client.get("/products/ID-applied-0")["origin"]["upload_id"] == upload_id
    assert client.ask("POST", f"/uploads/{preview_id}/apply").json()["upload_id"] == upload_id
    for address in (f"/uploads/{preview_id}", f"/uploads/{upload_id}", "/products/ID-applied-0"):
        assert other.ask("GET", address).status_code == 404, address


def test_export_is_an_update_when_a_price_in_it_was_edited(client: Client, other: Client) -> None:
    imported = client.hand_in(rows("edited", 3))
    client.end_of(imported)
    link = client.ask("POST", "/exports").json()["url"]
    exported = list(csv.DictReader(io.StringIO(requests.get(link, timeout=30).content.decode("utf-8-sig"), newline="")))
    edited = [line | {"price": "24.5"} if line["sku"] == "edited-1" else line for line in exported]

    upload_id = client.hand_in(csv_file(edited, exported[0]), mode="update")
    shown = client.end_of(upload_id)

    assert (shown["status"], shown["counts"]["changed"]) == ("completed", 1)
    assert shown["counts"]["unchanged"] == len(exported) - 1
    assert client.get("/products/ID-edited-1")["price"] == "24.50"
    assert client.get("/products/ID-edited-1")["origin"]["upload_id"] == imported
    (change,) = client.get("/products/ID-edited-1/changes")["data"]
    assert (change["upload_id"], change["column"]) == (upload_id, "price")
    assert [float(change[name]) for name in ("old_value", "new_value")] == [19.99, 24.5]
    assert client.get("/products/ID-edited-0/changes")["data"] == []
    for address in (f"/uploads/{upload_id}", "/products/ID-edited-1", "/products/ID-edited-1/changes"):
        assert other.ask("GET", address).status_code == 404, address


def test_help_is_there_for_everybody_who_is_signed_in(client: Client) -> None:
    assert client.get("/me")["vendor_id"] == "VEND001"
    assert "Audio" in client.get("/categories")["categories"]
    assert client.get("/columns")["columns"]
    assert requests.get(f"{client.url}/v1/openapi.json", timeout=30).json()["openapi"] == "3.1.0"


def test_nobody_comes_in_without_a_key(client: Client) -> None:
    for key in ("", "nonsense", "tm_test_" + "0" * 38):
        answer = Client(client.url, key).ask("GET", "/me")
        assert answer.status_code in (401, 403), key


def test_address_that_is_none_is_a_problem(client: Client) -> None:
    answer = client.ask("GET", "/nothing/here")

    assert answer.status_code == 404
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["type"] == "urn:techmart:problem:unknown-address"
