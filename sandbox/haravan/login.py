"""The identity server: a merchant consents, and a code is given for a token."""

import secrets
from urllib.parse import urlencode

import jwt
from flask import Blueprint, Response, redirect, request

from sandbox.haravan.looks import in_json
from sandbox.haravan.state import Json
from sandbox.haravan.store import SCOPES, Store
from sandbox.world import World

CLIENT_ID = "example-client-id"
CLIENT_SECRET = "example-haravan-client-secret-not-real"
SIGN_IN = frozenset({"openid", "profile", "email", "org", "userinfo", "grant_service"})
TEN_YEARS = 315360000


def register(pages: Blueprint, world: World) -> None:
    @pages.get("/<name>/connect/authorize")
    def authorize(name: str) -> Response:
        store = world.haravan.get(name)
        asked = request.args.to_dict()
        if store is None or asked.get("client_id") != CLIENT_ID or not asked.get("redirect_uri"):
            return Response("This app is not known.", 400, content_type="text/plain")
        code = secrets.token_urlsafe(12)
        with world.lock:
            store.codes[code] = asked
        back = {"code": code, **({"state": asked["state"]} if "state" in asked else {})}
        target = f"{asked['redirect_uri']}?{urlencode(back)}"
        return redirect(target)  # type: ignore[return-value]

    @pages.post("/<name>/connect/token")
    def token(name: str) -> Response:
        store = world.haravan.get(name)
        form = request.form.to_dict()
        known = (form.get("client_id"), form.get("client_secret")) == (CLIENT_ID, CLIENT_SECRET)
        if store is None or not known:
            return in_json({"error": "invalid_client"}, 400)
        with world.lock:
            asked = store.codes.pop(form.get("code", ""), None)
            if asked is None or asked["redirect_uri"] != form.get("redirect_uri"):
                return in_json({"error": "invalid_grant"}, 400)
            return in_json(_grant(store, asked))


def _grant(store: Store, asked: Json) -> Json:
    scopes = asked.get("scope", "").split()
    given = f"token-{secrets.token_hex(12)}"
    readers = {each.replace(".write_", ".read_") for each in SCOPES} | SCOPES
    store.tokens[given] = frozenset(each for each in scopes if each in readers)
    claims = {
        "iss": "https://accounts.haravan.com",
        "aud": CLIENT_ID,
        "sub": "200000918301",
        "nonce": asked.get("nonce"),
        "orgid": str(store.org_id),
        "orgsub": store.name,
        "orgname": store.name,
        "role": ["admin"],
    }
    return {
        "access_token": given,
        "token_type": "Bearer",
        "expires_in": TEN_YEARS,
        "id_token": jwt.encode(claims, "a key of the identity server alone, 32+", "HS256"),
        "scope": " ".join(each for each in scopes if each in readers | SIGN_IN),
    }
