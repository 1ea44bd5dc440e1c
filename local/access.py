"""People and keys on the local stack: whom the sample vendors can be tried as, and with what."""

import secrets
from collections.abc import Mapping, Sequence

from local.environment import StackEnvironment
from local.errors import LocalStackError
from local.settings import STAGE
from local.vendors import SAMPLE_VENDORS, register
from onboarding.api_keys import key_id_of
from operations.access import Access, RefusedError

OPERATOR = "operator@techmart.example"
_KEY_LABEL = "Local stack"
_PREFIXES = ("VENDOR", "OTHER_VENDOR", "THIRD_VENDOR")
"""Of the sample vendors' variables, in their order."""


def give_access(environment: StackEnvironment, known: Mapping[str, str]) -> dict[str, str]:
    """Return what `stack.env` says about access: a person with a password and an API key for each sample vendor.

    `known` is what an earlier call for the same user pool returned; what still opens the door is kept. Vendors that
    the access table does not know are registered. Raises LocalStackError.
    """
    access = Access(environment.client("lambda"), STAGE)
    variables: dict[str, str] = {}
    try:
        for prefix, vendor in zip(_PREFIXES, SAMPLE_VENDORS, strict=True):
            shown = access.ask("show_vendor", vendor_id=vendor.vendor_id)
            if shown["status"] is None:
                register(environment, vendor)
            variables[f"{prefix}_API_KEY"] = _key(
                access, vendor.vendor_id, shown["api_keys"], known.get(f"{prefix}_API_KEY")
            )
            variables[f"{prefix}_USER"] = vendor.email
            variables[f"{prefix}_PASSWORD"] = _password(environment, vendor.email, known.get(f"{prefix}_PASSWORD"))
        access.ask("invite_operator", email=OPERATOR)
    except RefusedError as error:
        raise LocalStackError(f"The access manager refused: {error}") from error
    variables["OPERATOR_USER"] = OPERATOR
    variables["OPERATOR_PASSWORD"] = _password(environment, OPERATOR, known.get("OPERATOR_PASSWORD"))
    return variables


def api_key_of(environment: StackEnvironment, vendor_id: str) -> str | None:
    """Return the API key of a sample vendor; None for any other."""
    for prefix, vendor in zip(_PREFIXES, SAMPLE_VENDORS, strict=True):
        if vendor.vendor_id == vendor_id:
            return environment.access.get(f"{prefix}_API_KEY")
    return None


def portal_lines(environment: StackEnvironment, vendor_id: str) -> list[str]:
    """Return where the portal is and how a sample vendor's person signs in to it."""
    prefix = next(
        prefix for prefix, vendor in zip(_PREFIXES, SAMPLE_VENDORS, strict=True) if vendor.vendor_id == vendor_id
    )
    return [
        f"PORTAL_URL  {environment.output('PortalUrl')}",
        f"  e-mail    {environment.access[f'{prefix}_USER']}",
        f"  password  {environment.access[f'{prefix}_PASSWORD']}",
    ]


def _key(access: Access, vendor_id: str, kept: Sequence[Mapping[str, str]], known: str | None) -> str:
    """Return the key of this stack: the known one, or a new one in its place."""
    if known and key_id_of(known) in {key["key_id"] for key in kept}:
        return known
    for key in kept:
        if key["label"] == _KEY_LABEL:
            access.ask("remove_api_key", vendor_id=vendor_id, key_id=key["key_id"])
    made: str = access.ask("create_api_key", vendor_id=vendor_id, label=_KEY_LABEL)["key"]
    return made


def _password(environment: StackEnvironment, email: str, known: str | None) -> str:
    """Give the person a password in place of the temporary one of the invitation, once, and return it."""
    if known:
        return known
    password = f"Local-1{secrets.token_urlsafe(12)}"
    environment.client("cognito-idp").admin_set_user_password(
        UserPoolId=environment.output("UserPoolId"), Username=email, Password=password, Permanent=True
    )
    return password
