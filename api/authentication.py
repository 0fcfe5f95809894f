"""Proves who calls: a bearer token in its header, and for tracking a key. Nothing in an address."""

import hashlib

from django.contrib.auth.models import User
from django.utils import timezone
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from oauth2_provider.models import get_access_token_model
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import NotAuthenticated
from rest_framework.request import Request

from api import keys
from api.calls import Caller

SCOPE = "oms"
TOKEN_URL, AUTHORIZE_URL = "/v2/oauth/access_token", "/v2/oauth/authorize"


class BearerAuthentication(BaseAuthentication):
    """An access token that is good, of a user who may still log in."""

    def authenticate(self, request: Request) -> tuple[User, Caller]:
        """Return the user, and the client through which it calls; raises NotAuthenticated."""
        scheme, _, text = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not text.strip():
            raise NotAuthenticated
        checksum = hashlib.sha256(text.strip().encode("utf-8", "surrogatepass")).hexdigest()
        rows = get_access_token_model().objects.select_related("user", "application")
        token = rows.filter(token_checksum=checksum, expires__gt=timezone.now()).first()
        if token is None or not token.user or not token.user.is_active:
            raise NotAuthenticated
        if not token.allow_scopes([SCOPE]):
            raise NotAuthenticated
        client = token.application
        key = f"client:{client.pk if client else 0}:user:{token.user.pk}"
        return token.user, Caller(key, token.user.pk, str(client or "?"))


class KeyAuthentication(BaseAuthentication):
    """The header x-api-key, where there is one."""

    def authenticate(self, request: Request) -> tuple[User, Caller] | None:
        """Return the user of the key; None leaves it to the token."""
        text = request.headers.get("x-api-key", "").strip()
        if not text:
            return None
        row = keys.find(text)
        if row is None:
            raise NotAuthenticated
        return row.user, Caller(f"key:{row.pk}", row.user_id, f"key {row.begins}…")


class BearerScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How a token is asked for, in our OpenAPI document."""

    target_class = BearerAuthentication
    name = "fdcAuth"

    def get_security_definition(self, auto_schema: object) -> dict[str, object]:
        """Return the flows."""
        scopes = {SCOPE: "Read and write"}
        token = {"tokenUrl": TOKEN_URL, "refreshUrl": TOKEN_URL, "scopes": scopes}
        browser = {"authorizationUrl": AUTHORIZE_URL, "scopes": scopes}
        return {
            "type": "oauth2",
            "flows": {
                "password": token,
                "implicit": browser,
                "authorizationCode": {**browser, "tokenUrl": TOKEN_URL},
            },
        }

    def get_security_requirement(self, auto_schema: object) -> dict[str, list[object]]:
        """Return the scope that is needed."""
        return {self.name: [SCOPE]}


class KeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How a key is sent, in our OpenAPI document."""

    target_class = KeyAuthentication
    name = "apiKey"

    def get_security_definition(self, auto_schema: object) -> dict[str, object]:
        """Return the header."""
        return {"type": "apiKey", "in": "header", "name": "x-api-key"}
