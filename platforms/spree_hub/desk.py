"""Who asks, and the answers around the work itself: proof, pages, accidents. Contract, 2 and 3."""

import base64
import binascii
import json
from collections.abc import Mapping
from typing import Any

from platforms.desk import Answered, Asked, Desk, Outcome, Reply, Said
from platforms.inbound import Inbound
from platforms.jsontext import read_object
from platforms.masks import MASK, Mask
from platforms.spree_hub import first, second
from platforms.spree_hub.calls import PATHS, read_call
from platforms.spree_hub.envelope import dump, id_of, is_secret, refuse, store_in
from platforms.spree_hub.manifest import manifest
from platforms.spree_hub.options import HUB_STORE, OPEN
from platforms.spree_hub.wire import FIRST

TOKEN = "hub_token"  # noqa: S105 - the name of the credential, not one
STORE_HEADER = "x-hub-store"
# Contract, section 3: the first one that is present decides.
TOKEN_HEADERS = ("x-hub-token", "x-augury-token", "x-hub-access-token")
NOT_PROCESSED = "Not processed"
# No token of ours has such a sign: what is sent and is none can only be wrong.
NO_TOKEN = "\0"  # noqa: S105 - no token, on purpose


def token_in(inbound: Inbound) -> str:
    """Return the token that a call brings; a Basic password is one too. Empty: none is sent."""
    for name in TOKEN_HEADERS:
        if name in inbound.headers:
            return inbound.headers[name].strip() or NO_TOKEN
    return _password(inbound.headers.get("authorization", ""))


def _password(header: str) -> str:
    scheme, _, coded = header.partition(" ")
    if scheme.lower() != "basic":
        return ""
    try:
        named = base64.b64decode(coded.strip(), validate=True).decode()
    except (binascii.Error, ValueError):
        return NO_TOKEN
    return named.partition(":")[2] or NO_TOKEN


def stores_in(inbound: Inbound) -> tuple[str, ...]:
    """Return every store that a call names as its own, in its header and in its body."""
    named = (inbound.headers.get(STORE_HEADER, "").strip(), store_in(inbound).strip())
    return tuple(filter(None, named))


def write(asked: Asked, answered: Answered, options: Mapping[str, Any]) -> Reply:
    """Return the answer in the generation of the call; they are never mixed."""
    if asked.generation == FIRST:
        return first.write_first(asked, answered, options)
    return second.write_second(asked, answered, options)


def fail(inbound: Inbound, text: str) -> Reply:
    """Answer a call that ended in an accident: it is to be sent again. Contract, section 14."""
    generation, found = id_of(inbound)
    said = (Said(Outcome.FAILED, NOT_PROCESSED, text),)
    if not found:
        return Reply(500, dump({"error": text, "summary": text}))
    return first.failed(found, said) if generation == FIRST else second.failed(found, said)


def masked(inbound: Inbound) -> bytes:
    """Return a body without the token and without parameters that are secret. Contract, 13."""
    try:
        root = read_object(inbound.body)
    except ValueError:
        return Mask(inbound.headers, None).text(inbound.body.decode(errors="replace")).encode()
    hidden = _without_parameters(root)
    hidden = Mask(inbound.headers, root).json(hidden)
    return inbound.body if hidden == root else json.dumps(hidden, ensure_ascii=False).encode()


def _without_parameters(root: Mapping[str, Any]) -> dict[str, Any]:
    hidden = dict(root)
    if isinstance(hidden.get("parameters"), dict):
        hidden["parameters"] = {
            name: MASK if is_secret(name) else each for name, each in hidden["parameters"].items()
        }
    payload = hidden.get("payload")
    if isinstance(payload, dict) and isinstance(payload.get("parameters"), list):
        hidden["payload"] = {**payload, "parameters": [_hide(e) for e in payload["parameters"]]}
    return hidden


def _hide(parameter: Any) -> Any:
    if isinstance(parameter, dict) and is_secret(str(parameter.get("name"))):
        return {**parameter, "value": MASK}
    return parameter


def page(path: str) -> Reply | None:
    """Return what a GET shows; None for what is no page. Contract, sections 2 and 11."""
    match path:
        case "":
            return Reply(200, "The warehouse is here, ok.\n", "text/plain;charset=utf-8")
        case "auth":
            return Reply(200, "", "text/plain;charset=utf-8")
        case "endpoint.json":
            return Reply(200, dump(manifest()))
        case _:
            return None


DESK = Desk(
    paths=PATHS,
    token_in=token_in,
    stores_in=stores_in,
    read=read_call,
    write=write,
    fail=fail,
    refuse=refuse,
    masked=masked,
    page=page,
    token=TOKEN,
    open_by=OPEN,
    named_by=HUB_STORE,
    kept_headers=frozenset({"content-type", "user-agent", STORE_HEADER, "x-hub-timestamp"}),
)
