"""What the vendor reads, and where the link in it leads."""

import re
import time
from datetime import timedelta

import pytest

from onboarding.explaining.causes import Cause
from samples.generate import generate
from tests.e2e import reports
from tests.e2e.explaining import diagnosed
from tests.e2e.files import csv_file, product
from tests.e2e.invariants import check_settled
from tests.e2e.logs import logged
from tests.e2e.pipeline import Pipeline, Upload
from tests.e2e.runbook import follow


def link_of(pipeline: Pipeline, upload: Upload) -> str:
    (email,) = pipeline.mailbox.about(upload.upload_id, pipeline.topic_of(upload.vendor_id))
    link = reports.link_in(email.body)
    assert link is not None
    return link


def portal_line(pipeline: Pipeline, upload: Upload) -> str:
    return f"See it in the portal: {pipeline.environment.output('PortalUrl')}#/uploads/{upload.upload_id}\n"


def test_email_says_everything_when_some_rows_are_not_valid(pipeline: Pipeline, vendor: str) -> None:
    products = [product(f"{vendor}-{number}") for number in range(1, 18)]
    content = csv_file([*products, product(f"{vendor}-18", price="$1"), product(f"{vendor}-19", category="Toys")])

    upload = pipeline.upload(vendor, "spring.csv", content)

    (email,) = pipeline.mailbox.about(upload.upload_id, pipeline.topic_of(vendor))
    (history,) = pipeline.query("SELECT completed_at FROM upload_history WHERE upload_id = %s", upload.upload_id)
    expiry = history["completed_at"] + timedelta(days=7)
    assert email.subject == "Product Upload Complete - spring.csv (89.5% Success)"
    assert email.body == (
        f"Upload ID: {upload.upload_id}\n"
        "File Name: spring.csv\n"
        "Total Products: 19\n"
        "Valid Products: 17 (89.5%)\n"
        "Invalid Products: 2 (10.5%)\n"
        "\n"
        "Status: PARTIAL\n"
        "\n"
        f"Download Error Report: {link_of(pipeline, upload)}\n"
        f"(Link expires in 7 days, on {expiry:%d %B %Y at %H:%M} UTC)\n"
        "\n"
        f"Download Corrections File: {reports.link_in(email.body, 'Corrections File')}\n"
        f"(Link expires in 7 days, on {expiry:%d %B %Y at %H:%M} UTC)\n"
        "\n"
        "What to do next: the report says for each row what is wrong and what is allowed.\n"
        "Row 1 is the first one below the header.\n"
        "Correct those rows in the corrections file and upload it the same way as this file; "
        "nothing else in it needs to be changed.\n"
        "\n"
        f"{portal_line(pipeline, upload)}"
    )


def test_email_has_no_link_when_every_row_is_valid(pipeline: Pipeline, vendor: str) -> None:
    content = generate(rows=8, error_rate=0, seed=3, vendor_id=vendor)

    upload = pipeline.upload(vendor, "spring.csv", content)

    (email,) = pipeline.mailbox.about(upload.upload_id, pipeline.topic_of(vendor))
    assert email.subject == "Product Upload Complete - spring.csv (100% Success)"
    assert email.body == (
        f"Upload ID: {upload.upload_id}\n"
        "File Name: spring.csv\n"
        "Total Products: 8\n"
        "Valid Products: 8 (100%)\n"
        "Invalid Products: 0 (0%)\n"
        "\n"
        "Status: COMPLETED\n"
        "\n"
        "All products are in the catalogue. There is nothing left to do.\n"
        "\n"
        f"{portal_line(pipeline, upload)}"
    )


@pytest.fixture(scope="module")
def reported(pipeline: Pipeline) -> Upload:
    """An upload with a report that several tests only read."""
    vendor = pipeline.new_vendor()
    content = csv_file(
        [
            product(f"{vendor}-1", product_name='=HYPERLINK("https://evil.example","Mouse")', price="-10.00"),
            product("@SUM(A1:A9)", vendor_product_id="+1+1", price="$5"),
        ]
    )
    return pipeline.upload(vendor, "report me.csv", content)


def test_link_leads_to_a_download_when_it_is_followed(pipeline: Pipeline, reported: Upload) -> None:
    redirect = reports.get(link_of(pipeline, reported))
    file = reports.get(redirect.headers["location"])

    assert (redirect.status, file.status) == (302, 200)
    name = f"{reported.upload_id}_errors.csv"
    assert file.headers["content-disposition"] == f'attachment; filename="{name}"'
    assert file.headers["content-type"] == "text/csv; charset=utf-8"


def test_report_runs_nothing_when_cells_look_like_formulas(pipeline: Pipeline, reported: Upload) -> None:
    _, lines = reports.read(reports.follow(link_of(pipeline, reported)))

    shown = [
        (line["Vendor Product ID"], line["SKU"], line["Product Name"], line["Price"], line["Error Type"])
        for line in lines
    ]
    assert shown == [
        (
            f"ID-{reported.vendor_id}-1",
            f"{reported.vendor_id}-1",
            '\'=HYPERLINK("https://evil.example","Mouse")',
            "-10.00",
            "INVALID_PRICE",
        ),
        ("'+1+1", "'@SUM(A1:A9)", "Wireless Mouse @SUM(A1:A9)", "$5", "INVALID_PRICE"),
    ]


def test_link_is_not_found_when_it_was_changed(pipeline: Pipeline, reported: Upload) -> None:
    link = link_of(pipeline, reported)
    start, _, token = link.rpartition("/")
    payload, _, signature = token.partition(".")
    changed = [
        f"{start}/{payload[:-2]}{'AA' if payload[-2:] != 'AA' else 'BB'}.{signature}",
        f"{start}/{token[:-4]}{'AAAA' if token[-4:] != 'AAAA' else 'BBBB'}",
        f"{start}/{token[:20]}",
        f"{start}/{payload}",
        f"{start}/anything",
    ]

    assert [reports.get(url).status for url in changed] == [404] * len(changed)


def test_download_ends_when_its_signature_was_changed(pipeline: Pipeline, reported: Upload) -> None:
    location = reports.get(link_of(pipeline, reported)).headers["location"]
    other_report = location.replace(reported.upload_id, "UPLOAD_20260101_000000_00000000")
    forged = re.sub(r"(X-Amz-Signature=)....", r"\g<1>0000", location)

    assert other_report != location
    assert reports.get(other_report).status == 403
    assert forged != location
    assert reports.get(forged).status == 403


def test_address_is_counted_until_it_is_confirmed_when_its_vendor_was_asked_long_ago(
    pipeline: Pipeline, vendor: str
) -> None:
    started = time.time()
    before = pipeline.invoke("address-checker", {})["overdue"]
    sns = pipeline.client("sns")
    for subscription in sns.list_subscriptions_by_topic(TopicArn=pipeline.topic_of(vendor))["Subscriptions"]:
        if subscription["Protocol"] == "email":
            sns.unsubscribe(SubscriptionArn=subscription["SubscriptionArn"])
    pipeline.query(
        "UPDATE vendors SET email_confirmed_at = NULL, email_checked_at = NULL,"
        " email_asked_at = now() - interval '3 days' WHERE vendor_id = %s",
        vendor,
    )
    overdue = pipeline.invoke("address-checker", {})["overdue"]

    follow(pipeline, "unconfirmed-addresses", VENDOR=vendor)

    assert overdue == before + 1
    counted = [line for line in logged(pipeline, started)["address-checker"] if "VendorsUnconfirmed" in line]
    assert f'"VendorsUnconfirmed":[{overdue}.0]' in counted[-1]
    assert pipeline.invoke("address-checker", {})["overdue"] == before
    (known,) = pipeline.query("SELECT email_confirmed_at FROM vendors WHERE vendor_id = %s", vendor)
    assert known["email_confirmed_at"] is not None  # the emulator confirms for whoever is asked
    upload = pipeline.upload(vendor, "products.csv", csv_file([product(f"{vendor}-1")]))
    check_settled(pipeline, upload, {})


def test_execution_says_so_when_the_email_reaches_nobody(pipeline: Pipeline, vendor: str) -> None:
    sns, topic = pipeline.client("sns"), pipeline.topic_of(vendor)
    told = pipeline.upload(vendor, "first.csv", csv_file([product(f"{vendor}-1")]))
    subscriptions = sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]
    for subscription in subscriptions:
        sns.unsubscribe(SubscriptionArn=subscription["SubscriptionArn"])

    untold = pipeline.upload(vendor, "second.csv", csv_file([product(f"{vendor}-2")]))

    assert (told.execution.output["recipients"], untold.execution.output["recipients"]) == (len(subscriptions), 0)
    assert len(subscriptions) > 0
    assert untold.execution.ended_in == "Upload Completed"
    assert diagnosed(pipeline, untold.upload_id).cause is Cause.NOBODY_READS
    address = f"{vendor.lower()}@vendor.example"
    follow(pipeline, "unreachable-vendors", VENDOR=vendor, NAME="Vendor", EMAIL=address, UPLOAD=untold.upload_id)
    assert pipeline.redriven(untold).execution.output["recipients"] > 0
    check_settled(pipeline, untold, {})
