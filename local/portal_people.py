"""People who try out the portal on the running stack: for its pictures and its measurements."""

from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Page

from local.environment import StackEnvironment
from local.vendors import Vendor, register

_PASSWORD = "Of-their-own-1choice"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who may sign in."""

    vendor_id: str
    email: str
    password: str


def person_of(environment: StackEnvironment, vendor: Vendor) -> Person:
    """Register the vendor, which may be known already, and give its first person a password."""
    register(environment, vendor)
    return with_password(environment, vendor.vendor_id, vendor.email)


def with_password(environment: StackEnvironment, vendor_id: str, email: str) -> Person:
    """Give somebody who was invited a password in place of the temporary one."""
    pool: Any = environment.client("cognito-idp")
    pool.admin_set_user_password(
        UserPoolId=environment.output("UserPoolId"), Username=email, Password=_PASSWORD, Permanent=True
    )
    return Person(vendor_id, email, _PASSWORD)


def sign_in(page: Page, portal_url: str, person: Person) -> None:
    """Sign in from the portal's first page, at the user pool's own page, and come back."""
    page.goto(portal_url)
    page.get_by_role("button", name="Sign in").click()
    fill_in_sign_in(page, person)
    page.get_by_role("navigation", name="Pages").get_by_role("link").first.wait_for()


def fill_in_sign_in(page: Page, person: Person) -> None:
    """Fill in the user pool's page."""
    page.get_by_label("Username").fill(person.email)
    page.get_by_label("Password").fill(person.password)
    page.get_by_role("button", name="Sign in").click()
