"""Every route by every caller, through the gateway of the deployed stack: who gets in, and who is told what."""

import base64
import hashlib
import hmac
import json
import secrets
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import requests
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256

from api.app import ROUTES
from api.routes.admin import ADMIN_ROUTES
from api.routing import Route, Who
from local.settings import STAGE
from onboarding.api_keys import KeyKind, new_key
from operations.access import Access
from samples.generate import generate
from tests.callers import (
    PLACES,
    Expected,
    refused,
    row_of,
    to_another,
    to_operator,
    to_person,
    to_program,
)
from tests.e2e.pipeline import Pipeline
from tests.e2e.sign_in import SignIn, SignInRefusedError, Tokens

PASSWORD = "Of-their-own-1choice"


@dataclass(frozen=True)
class Vendor:
    """A vendor with a person who has signed in and a program with a key."""

    vendor_id: str
    tokens: Tokens
    key: str


@dataclass(frozen=True)
class Doors:
    """The deployed API, and what belongs to the vendor that others are after."""

    pipeline: Pipeline
    access: Access
    sign_in: SignIn
    mine: Vendor
    upload_id: str
    key_id: str

    def ask(self, prefix: str, route: Route, authorization: str | None) -> requests.Response:
        names = {
            **PLACES,
            "upload_id": self.upload_id,
            "recorded_id": self.upload_id,
            "key_id": self.key_id,
            # Not a sample vendor: it is suspended and resumed on the way.
            "vendor_id": self.mine.vendor_id,
        }
        headers = {} if authorization is None else {"Authorization": authorization}
        url = self.pipeline.environment.output("ApiUrl") + prefix + route.path.format(**names)
        return requests.request(route.method, url, headers=headers, json=row_of(route).body, timeout=30)

    def new_vendor(self) -> Vendor:
        return make_vendor(self.pipeline, self.access, self.sign_in)


def make_vendor(pipeline: Pipeline, access: Access, sign_in: SignIn) -> Vendor:
    """Register a vendor, whose first person follows the invitation, and make a key."""
    vendor_id = pipeline.new_vendor()
    (person,) = access.ask("show_vendor", vendor_id=vendor_id)["people"]
    tokens = sign_in_first_time(pipeline, sign_in, person["email"])
    return Vendor(vendor_id, tokens, access.ask("create_api_key", vendor_id=vendor_id, label="end to end")["key"])


def sign_in_first_time(pipeline: Pipeline, sign_in: SignIn, email: str) -> Tokens:
    """Sign in with the temporary password of the invitation and choose one."""
    mails = requests.get(f"{pipeline.environment.endpoint_url}/_ministack/ses/messages", timeout=30).json()
    text = next(each for each in reversed(list(messages_in(mails))) if email in each.get("To", []))["BodyHtml"]
    temporary = text.partition("valid for 7 days: ")[2].partition("<br>")[0]
    return sign_in.tokens(email, temporary, new_password=PASSWORD)


def messages_in(answer: Any) -> Iterator[dict[str, Any]]:
    """Yield the e-mails in the emulator's answer, which sorts them by account."""
    if isinstance(answer, list):
        yield from answer
    else:
        for each in answer.values():
            if isinstance(each, list | dict):
                yield from messages_in(each)


@pytest.fixture(scope="module")
def doors(pipeline: Pipeline) -> Doors:
    access = Access(pipeline.client("lambda"), STAGE)
    sign_in = SignIn.of(pipeline.environment)
    mine = make_vendor(pipeline, access, sign_in)
    content = generate(rows=20, error_rate=0.2, seed=time.time_ns(), vendor_id=mine.vendor_id)
    upload = pipeline.upload(mine.vendor_id, "products.csv", content)
    (key,) = access.ask("show_vendor", vendor_id=mine.vendor_id)["api_keys"]
    return Doors(pipeline, access, sign_in, mine, upload.upload_id, key["key_id"])


def encoded(part: bytes) -> str:
    return base64.urlsafe_b64encode(part).rstrip(b"=").decode()


def decoded(part: str) -> dict[str, Any]:
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


def forgeries(token: str) -> dict[str, str]:
    """Return what an attacker would make of an access token."""
    header, payload, signature = token.split(".")
    claims = decoded(payload)
    someone = encoded(json.dumps({**claims, "sub": "00000000-0000-0000-0000-000000000000"}).encode())
    own_key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    own = own_key.sign(f"{header}.{someone}".encode(), padding.PKCS1v15(), SHA256())
    none = encoded(json.dumps({**decoded(header), "alg": "none"}).encode())
    symmetric = encoded(json.dumps({**decoded(header), "alg": "HS256"}).encode())
    mac = hmac.new(decoded(header)["kid"].encode(), f"{symmetric}.{someone}".encode(), hashlib.sha256).digest()
    other_pool = encoded(json.dumps({**claims, "iss": claims["iss"][:-1] + "0"}).encode())
    return {
        "changed payload": f"{header}.{someone}.{signature}",
        "signed with a key of one's own": f"{header}.{someone}.{encoded(own)}",
        "without a signature": f"{none}.{someone}.",
        "signed with the public key's name": f"{symmetric}.{someone}.{encoded(mac)}",
        "of another pool": f"{header}.{other_pool}.{signature}",
        "cut": token[:-4],
    }


def expired_token(doors: Doors, email: str) -> str:
    """Return an access token that was good a moment ago: the portal's client is told to give out short ones."""
    cognito, environment = doors.pipeline.client("cognito-idp"), doors.pipeline.environment
    ids = {"UserPoolId": environment.output("UserPoolId"), "ClientId": environment.output("PortalClientId")}
    client = cognito.describe_user_pool_client(**ids)["UserPoolClient"]
    told = ("CreationDate", "LastModifiedDate", "ClientSecret")
    kept = {name: value for name, value in client.items() if value not in ("", None) and name not in told}
    short = {"AccessTokenValidity": 1, "TokenValidityUnits": {**kept["TokenValidityUnits"], "AccessToken": "seconds"}}
    cognito.update_user_pool_client(**{**kept, **short})
    try:
        token = doors.sign_in.tokens(email, PASSWORD).access
    finally:
        cognito.update_user_pool_client(**kept)
    claims = decoded(token.split(".")[1])
    assert claims["exp"] - claims["iat"] == 1
    time.sleep(2.5)
    return token


def check(doors: Doors, prefix: str, route: Route, caller: str, authorization: str | None, expected: Expected) -> None:
    reply = doors.ask(prefix, route, authorization)

    who = f"{route.method} {prefix}{route.path} by {caller}: {reply.text[:300]}"
    if expected.status < 400:
        # What an allowed caller gets is the business of other tests; here it is that the door opens.
        assert reply.status_code not in (401, 403), who
        assert reply.status_code < 500, who
        return
    assert reply.status_code == expected.status, who
    if expected.problem:
        assert reply.json()["type"].endswith(f":{expected.problem}"), who


def test_gateway_refuses_whoever_proves_nothing_whatever_the_route(doors: Doors) -> None:
    unknown = new_key(KeyKind.TEST)
    email = doors.access.ask("show_vendor", vendor_id=doors.mine.vendor_id)["people"][0]["email"]
    made = doors.access.ask("create_api_key", vendor_id=doors.mine.vendor_id, label="to be removed")
    doors.access.ask("remove_api_key", vendor_id=doors.mine.vendor_id, key_id=made["key_id"])
    keys = {
        "nobody": (None, 401),
        "garbage": ("Bearer garbage", 403),
        "a key without Bearer": (doors.mine.key, 403),
        "a key that nobody made": (f"Bearer {unknown}", 403),
        "a key of another kind": (f"Bearer {new_key(KeyKind.LIVE)}", 403),
        "a removed key": (f"Bearer {made['key']}", 403),
        "a person": (f"Bearer {doors.mine.tokens.access}", 403),
    }
    tokens = {
        "nobody": (None, 401),
        "garbage": ("Bearer garbage", 401),
        "a key": (f"Bearer {doors.mine.key}", 401),
        "an expired token": (f"Bearer {expired_token(doors, email)}", 401),
        "an identity token": (f"Bearer {doors.mine.tokens.identity}", 403),
        **{name: (f"Bearer {token}", 401) for name, token in forgeries(doors.mine.tokens.access).items()},
    }

    # One of the operators' routes stands for all: the gateway knows one door for them.
    for route in (*ROUTES, ADMIN_ROUTES[0]):
        for caller, (authorization, status) in keys.items():
            expected = Expected(200 if route.who is Who.ANYBODY else status)
            check(doors, "/v1", route, caller, authorization, expected)
        for caller, (authorization, status) in tokens.items():
            check(doors, "/portal/v1", route, caller, authorization, Expected(status))
        # On AWS it is opaque and ends at the gateway. The emulator's is a signed token: the API itself refuses it.
        refresh = f"Bearer {doors.mine.tokens.refresh}"
        check(doors, "/portal/v1", route, "a refresh token", refresh, refused(route, "not-allowed"))


def test_route_refuses_strangers_whoever_they_are(doors: Doors) -> None:
    another, suspended, shrunk = doors.new_vendor(), doors.new_vendor(), doors.new_vendor()
    doors.access.set_status(suspended.vendor_id, "suspended")
    (person,) = doors.access.ask("show_vendor", vendor_id=shrunk.vendor_id)["people"]
    doors.access.ask("remove_person", email=person["email"])
    variables = doors.pipeline.environment.access
    operator = doors.sign_in.tokens(variables["OPERATOR_USER"], variables["OPERATOR_PASSWORD"])

    for route in ROUTES:
        for caller, key, expected in (
            ("another vendor's program", another.key, to_another(route, is_person=False)),
            ("a suspended vendor's program", suspended.key, refused(route, "account-suspended")),
        ):
            check(doors, "/v1", route, caller, f"Bearer {key}", expected)
        for caller, tokens, expected in (
            ("another vendor's person", another.tokens, to_another(route, is_person=True)),
            ("a suspended vendor's person", suspended.tokens, refused(route, "account-suspended")),
            ("a removed person", shrunk.tokens, refused(route, "not-allowed")),
            ("an operator", operator, to_operator(route)),
        ):
            check(doors, "/portal/v1", route, caller, f"Bearer {tokens.access}", expected)
    for route in ADMIN_ROUTES:
        check(doors, "/v1", route, "a program", f"Bearer {another.key}", to_program(route))
        check(doors, "/portal/v1", route, "a vendor's person", f"Bearer {another.tokens.access}", to_person(route))
        check(doors, "/portal/v1", route, "an operator", f"Bearer {operator.access}", to_operator(route))


def test_suspended_vendor_is_let_in_again_when_it_resumes(doors: Doors) -> None:
    vendor = doors.new_vendor()
    me = next(route for route in ROUTES if route.name == "show_me")

    def statuses() -> list[int]:
        return [
            doors.ask("/v1", me, f"Bearer {vendor.key}").status_code,
            doors.ask("/portal/v1", me, f"Bearer {vendor.tokens.access}").status_code,
        ]

    assert statuses() == [200, 200]
    doors.access.set_status(vendor.vendor_id, "suspended")
    assert statuses() == [403, 403]
    doors.access.set_status(vendor.vendor_id, "active")
    assert statuses() == [200, 200]


def test_key_made_by_a_person_opens_the_api_until_it_is_removed(doors: Doors) -> None:
    api = doors.pipeline.environment.output("ApiUrl")
    vendor = doors.new_vendor()
    person = {"Authorization": f"Bearer {vendor.tokens.access}"}

    made = requests.post(f"{api}/portal/v1/api-keys", json={"label": "second"}, headers=person, timeout=30).json()
    program = {"Authorization": f"Bearer {made['key']}"}

    assert requests.get(f"{api}/v1/me", headers=program, timeout=30).json()["vendor_id"] == vendor.vendor_id
    removed = requests.delete(f"{api}/portal/v1/api-keys/{made['key_id']}", headers=person, timeout=30)
    assert removed.status_code == 204
    assert requests.get(f"{api}/v1/me", headers=program, timeout=30).status_code == 403


def test_sign_in_is_refused_when_password_or_verifier_or_code_is_wrong(doors: Doors) -> None:
    vendor_id = doors.new_vendor().vendor_id
    (person,) = doors.access.ask("show_vendor", vendor_id=vendor_id)["people"]
    verifier = secrets.token_urlsafe(48)

    with pytest.raises(SignInRefusedError):
        doors.sign_in.code(person["email"], "Not-her-password-1", verifier)
    code = doors.sign_in.code(person["email"], PASSWORD, verifier)
    with pytest.raises(requests.HTTPError, match="400"):
        doors.sign_in.redeem(code, secrets.token_urlsafe(48))
    code = doors.sign_in.code(person["email"], PASSWORD, verifier)
    doors.sign_in.redeem(code, verifier)
    with pytest.raises(requests.HTTPError, match="400"):
        doors.sign_in.redeem(code, verifier)


def test_session_ends_when_its_refresh_token_is_revoked(doors: Doors) -> None:
    tokens = doors.new_vendor().tokens
    assert doors.sign_in.refresh(tokens).status_code == 200

    doors.pipeline.client("cognito-idp").revoke_token(Token=tokens.refresh, ClientId=doors.sign_in.client_id)

    assert doors.sign_in.refresh(tokens).status_code == 400
