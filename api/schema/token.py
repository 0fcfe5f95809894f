"""How tokens are given, in our OpenAPI document. Contract fulfillment_com, section 3."""

from typing import Any

TEXT = {"type": "string"}
SCOPE = {"type": "string", "enum": ["oms"], "default": "oms"}


def _grant(name: str, needed: tuple[str, ...], *, scoped: bool) -> dict[str, Any]:
    always = ("client_id", "client_secret", "grant_type", *needed)
    return {
        "type": "object",
        "properties": {
            "client_id": TEXT,
            "client_secret": TEXT,
            "grant_type": {"type": "string", "enum": [name]},
            "scope": SCOPE,
            **dict.fromkeys(needed, TEXT),
        },
        "required": [*always, *(["scope"] if scoped else [])],
    }


def _refers(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


def _answer(text: str, name: str) -> dict[str, Any]:
    return {"description": text, "content": {"application/json": {"schema": _refers(name)}}}


GRANTS = ("AccessTokenRequestPasswordV2", "AccessTokenRequestRefreshV2")
KINDS = ("application/json", "application/x-www-form-urlencoded", "multipart/form-data")
COMPONENTS: dict[str, Any] = {
    GRANTS[0]: _grant("password", ("username", "password"), scoped=True),
    GRANTS[1]: _grant("refresh_token", ("refresh_token",), scoped=False),
    "AccessTokenRequestCodeV2": _grant(
        "authorization_code", ("code", "redirect_uri"), scoped=False
    ),
    "AccessTokenRequestV2": {
        "oneOf": [_refers(name) for name in (*GRANTS, "AccessTokenRequestCodeV2")]
    },
    "AccessTokenResponseV2": {
        "type": "object",
        "properties": {
            "access_token": TEXT,
            "token_type": {"type": "string", "default": "Bearer"},
            "expires_in": {"type": "integer"},
            "refresh_token": TEXT,
        },
        "required": ["access_token", "token_type", "expires_in", "refresh_token"],
    },
    "ErrorOAuthV2": {
        "type": "object",
        "properties": {"message": TEXT, "error": TEXT, "error_description": TEXT},
        "required": ["message"],
    },
}
OPERATION: dict[str, Any] = {
    "operationId": "post-oauth-access_token",
    "tags": ["Auth"],
    "description": "Give both tokens; on a refresh, those that they replace are good no more.",
    "requestBody": {
        "required": True,
        "content": {kind: {"schema": _refers("AccessTokenRequestV2")} for kind in KINDS},
    },
    "responses": {
        "200": _answer("Both tokens.", "AccessTokenResponseV2"),
        "400": _answer("Something is missing, or there is no such grant.", "ErrorOAuthV2"),
        "401": _answer("The client, login or refresh token is not good.", "ErrorOAuthV2"),
        "429": _answer("Too many requests; Retry-After says how long to wait.", "ErrorStandardV2"),
        "500": _answer("Our fault.", "ErrorStandardV2"),
    },
    "security": [],
}
