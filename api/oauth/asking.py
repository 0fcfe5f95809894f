"""Reads a request for a token: JSON, form or multipart; the client in the body or in a header.

Contract fulfillment_com, section 3.1.
"""

import base64
import binascii
import json
from collections.abc import Mapping
from urllib.parse import unquote_plus

from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, UnreadablePostError
from django.http.multipartparser import MultiPartParserError

from api.oauth.refusing import TokenError

MOST_BYTES = 16_384
NEEDED: Mapping[str, tuple[str, ...]] = {
    "password": ("username", "password"),
    "refresh_token": ("refresh_token",),
    "authorization_code": ("code", "redirect_uri"),
}
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


def read(request: HttpRequest) -> dict[str, str]:
    """Return the fields of a request, all that its grant needs; raises TokenError."""
    fields = _fields(request)
    for name, value in (_basic(request) or {}).items():
        # If both are there, the body wins.
        fields[name] = fields.get(name) or value
    grant = fields.get("grant_type", "")
    if not grant:
        raise TokenError.missing("grant_type")
    if grant not in NEEDED:
        raise TokenError.unsupported_grant()
    for name in ("client_id", "client_secret", *NEEDED[grant]):
        if not fields.get(name):
            raise TokenError.missing(name)
    if set(fields.get("scope", "").split()) - {"oms"}:
        raise TokenError.unknown_scope()
    if not fields.get("scope", "").strip():
        fields.pop("scope", None)
    return fields


def _fields(request: HttpRequest) -> dict[str, str]:
    if not _length(request) <= MOST_BYTES:
        raise TokenError.unreadable()
    try:
        if request.content_type in FORMS:
            found = dict(request.POST.items())
        else:
            found = json.loads(request.body or b"null")
    except (
        ValueError,
        RecursionError,
        SuspiciousOperation,
        MultiPartParserError,
        UnreadablePostError,
    ) as error:
        raise TokenError.unreadable() from error
    if not isinstance(found, dict) or not all(_is_text(each) for each in found.values()):
        raise TokenError.unreadable()
    return {str(name): str(value) for name, value in found.items() if value is not None}


def _length(request: HttpRequest) -> int:
    given = request.headers.get("Content-Length", "")
    return int(given) if given.isdecimal() and len(given) < 12 else 0


def _is_text(value: object) -> bool:
    if value is None:
        return True
    if not isinstance(value, str) or "\x00" in value:
        return False
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def _basic(request: HttpRequest) -> dict[str, str] | None:
    """Return the client of a Basic header, or None where there is none that can be read."""
    scheme, _, encoded = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        name, colon, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, ValueError):
        return None
    if not colon or "\x00" in name + secret:
        return None
    return {"client_id": unquote_plus(name), "client_secret": unquote_plus(secret)}
