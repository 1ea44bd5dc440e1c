"""Sessions: what happens when one ends in the middle of work, and who is let in at all."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import expect

from local.portal_people import Person, fill_in_sign_in
from local.settings import STAGE
from operations.access import Access
from tests.e2e.browser.conftest import Visits
from tests.e2e.browser.visitor import Visitor
from tests.e2e.files import csv_file, product
from tests.e2e.pipeline import Pipeline


@contextmanager
def short_tokens(pipeline: Pipeline) -> Iterator[None]:
    """Have access tokens end after a second, so that every request needs a new one."""
    cognito: Any = pipeline.client("cognito-idp")
    environment = pipeline.environment
    ids = {"UserPoolId": environment.output("UserPoolId"), "ClientId": environment.output("PortalClientId")}
    client = cognito.describe_user_pool_client(**ids)["UserPoolClient"]
    told = ("CreationDate", "LastModifiedDate", "ClientSecret")
    kept = {name: value for name, value in client.items() if value not in ("", None) and name not in told}
    units = {**kept["TokenValidityUnits"], "AccessToken": "seconds"}
    cognito.update_user_pool_client(**{**kept, "AccessTokenValidity": 1, "TokenValidityUnits": units})
    try:
        yield
    finally:
        cognito.update_user_pool_client(**kept)


def end_session(pipeline: Pipeline, person: Person) -> None:
    """Revoke the person's refresh tokens, as when the longest time of a session is over."""
    pipeline.client("cognito-idp").admin_user_global_sign_out(
        UserPoolId=pipeline.environment.output("UserPoolId"), Username=person.email
    )


def test_work_goes_on_when_the_session_has_ended_in_its_middle(
    visits: Visits, person: Person, pipeline: Pipeline
) -> None:
    with short_tokens(pipeline):
        visitor = visits(person)
        # Renewed silently: the token of the sign-in has ended long ago.
        visitor.check_first(False)
        end_session(pipeline, person)
        visitor.forgive(r"status of 40[01]")
        visitor.choose("products.csv", csv_file([product(f"{person.vendor_id}-1")]))
        dialog = visitor.page.get_by_role("dialog", name="Please sign in again")
        expect(dialog).to_be_visible()
    visitor.check_accessible()

    with visitor.context.expect_page() as opened:
        dialog.get_by_role("button", name="Sign in again").click()
    fill_in_sign_in(opened.value, person)

    expect(dialog).to_be_hidden()
    visitor.sees("The one row is in the catalogue.")


def test_nothing_is_shown_when_signed_out(visitor: Visitor) -> None:
    visitor.page.get_by_role("button", name="Sign out").click()

    expect(visitor.page.get_by_role("button", name="Sign in")).to_be_visible()
    visitor.check_accessible()
    visitor.check_fits()
    assert visitor.page.evaluate("JSON.stringify([sessionStorage, localStorage])").count("ey") == 0
    visitor.page.goto(f"{visitor.portal_url}#/products")
    expect(visitor.page.get_by_role("button", name="Sign in")).to_be_visible()


def test_door_says_why_when_the_vendor_is_suspended_or_the_person_removed(
    visits: Visits, person: Person, pipeline: Pipeline
) -> None:
    access = Access(pipeline.client("lambda"), STAGE)
    visitor = visits(person)
    visitor.forgive("status of 403")

    access.set_status(person.vendor_id, "suspended")
    visitor.page.reload()

    expect(visitor.heading()).to_have_text("The account is suspended")
    visitor.check_accessible()
    access.set_status(person.vendor_id, "active")
    visitor.page.get_by_role("button", name="Try again").click()
    expect(visitor.heading()).to_have_text("New upload")

    access.ask("remove_person", email=person.email)
    visitor.page.reload()
    expect(visitor.heading()).to_have_text("Not set up yet")
    visitor.check_accessible()
