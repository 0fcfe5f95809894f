"""What the login says of who installs us, and for which shop. Contract haravan, section 2."""

import hashlib
from collections.abc import Mapping
from typing import Any

import jwt

from platforms.errors import Malformed
from platforms.haravan.api import LABEL
from platforms.interface import App
from platforms.values import read_id, read_text


def nonce_of(state: str) -> str:
    """Return the nonce that goes with a state: nobody has to remember a second secret."""
    return hashlib.sha256(f"nonce {state}".encode()).hexdigest()[:32]


def read_claims(token: Any, app: App, state: str) -> Mapping[str, Any]:
    """Return what the id token says; raises Malformed where it is not for us.

    It comes from the token endpoint itself, over TLS, in exchange for our secret: its signature
    would prove nothing more (OpenID Connect Core, section 3.1.3.7).
    """
    try:
        claims: Mapping[str, Any] = jwt.decode(
            read_text(token), options={"verify_signature": False}
        )
    except jwt.PyJWTError:
        raise Malformed(f"{LABEL} does not say for which shop its token is.") from None
    audience = claims.get("aud")
    if app.client_id not in (audience if isinstance(audience, list) else [audience]):
        raise Malformed(f"{LABEL} answered with the word about another app.")
    if state and claims.get("nonce") != nonce_of(state):
        raise Malformed(f"{LABEL} answered with a word that was not made for this installation.")
    if not read_text(claims.get("orgsub")).strip() or not read_id(claims.get("orgid")):
        raise Malformed(f"{LABEL} does not say for which shop its token is.")
    return claims
