"""Signs a person in as the portal does: an authorisation code with PKCE, at the user pool's own page."""

import base64
import hashlib
import html
import re
import secrets
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

import requests

from local.environment import StackEnvironment

SCOPES = "openid email aws.cognito.signin.user.admin"


@dataclass(frozen=True, slots=True)
class Tokens:
    access: str
    identity: str
    refresh: str


class SignInRefusedError(Exception):
    """The page showed itself again instead of handing out a code."""


@dataclass(frozen=True, slots=True)
class SignIn:
    """The pages of the stack's user pool, as a browser uses them."""

    url: str
    client_id: str
    portal_url: str

    @classmethod
    def of(cls, environment: StackEnvironment) -> "SignIn":
        return cls(
            environment.output("SignInUrl"), environment.output("PortalClientId"), environment.output("PortalUrl")
        )

    def tokens(self, user: str, password: str, *, new_password: str | None = None) -> Tokens:
        """Return a person's tokens; a temporary password is replaced. Raises SignInRefusedError."""
        verifier = secrets.token_urlsafe(48)
        return self.redeem(self.code(user, password, verifier, new_password=new_password), verifier)

    def code(self, user: str, password: str, verifier: str, *, new_password: str | None = None) -> str:
        """Return what the page sends the browser back to the portal with."""
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        state = secrets.token_urlsafe(16)
        question = {
            "client_id": self.client_id,
            "redirect_uri": self.portal_url,
            "response_type": "code",
            "scope": SCOPES,
            "state": state,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        page = requests.get(f"{self.url}/oauth2/authorize", params=question, timeout=30)
        page.raise_for_status()
        answer = self._submit(page.text, username=user, password=password)
        if new_password is not None:
            answer = self._submit(answer.text, new_password=new_password, confirm_password=new_password)
        if answer.status_code != 302:
            raise SignInRefusedError(f"the page answered {answer.status_code}")
        back = urlsplit(answer.headers["Location"])
        assert answer.headers["Location"].startswith(self.portal_url)
        values = parse_qs(back.query)
        assert values["state"] == [state]
        return values["code"][0]

    def redeem(self, code: str, verifier: str) -> Tokens:
        """Return the tokens for a code, which the pool hands out to whoever knows the verifier."""
        answer = self._token(
            grant_type="authorization_code", code=code, redirect_uri=self.portal_url, code_verifier=verifier
        )
        answer.raise_for_status()
        found = answer.json()
        return Tokens(found["access_token"], found["id_token"], found["refresh_token"])

    def refresh(self, tokens: Tokens) -> requests.Response:
        """Ask for a new access token."""
        return self._token(grant_type="refresh_token", refresh_token=tokens.refresh)

    def _token(self, **form: str) -> requests.Response:
        return requests.post(f"{self.url}/oauth2/token", data={"client_id": self.client_id, **form}, timeout=30)

    def _submit(self, page: str, **fields: str) -> requests.Response:
        """Fill in the page's form and send it, without following it back to the portal."""
        hidden = {name: html.unescape(value) for name, value in re.findall(r'name="(\w+)"[^>]*value="([^"]*)"', page)}
        return requests.post(f"{self.url}/login", data={**hidden, **fields}, allow_redirects=False, timeout=30)
