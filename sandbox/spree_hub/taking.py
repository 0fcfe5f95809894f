"""Takes what a provider pushes, as strictly as Cangaroo does. Contract spree_hub, section 10."""

import json
from collections.abc import Mapping
from typing import Any

from sandbox.spree_hub import storefront
from sandbox.spree_hub.state import Hub, Json

TAKEN = 202


def take(hub: Hub, headers: Mapping[str, str], raw: bytes) -> tuple[int, Json]:
    """Return the status and the body of the answer; what is taken is handed to the shop."""
    if headers.get("Content-Type") != "application/json":
        return 406, {}
    known = (headers.get("X-Hub-Access-Token"), headers.get("X-Hub-Store"))
    if known != (hub.settings.token, hub.settings.store_id):
        return 401, {"error": "wrong credentials"}
    body = _read(raw)
    if body is None:
        return 500, {"error": "an object has no id"}
    hub.note("pushed", "endpoint", {name: len(entries) for name, entries in body.items()})
    storefront.apply(hub, body)
    return TAKEN, {name: len(entries) for name, entries in body.items()}


def _read(raw: bytes) -> dict[str, list[Any]] | None:
    try:
        body = json.loads(raw)
    except ValueError:
        return None
    lists = body.values() if isinstance(body, dict) else [None]
    whole = all(
        isinstance(each, list) and all(isinstance(e, dict) and e.get("id") for e in each)
        for each in lists
    )
    return body if whole else None
