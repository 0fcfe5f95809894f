"""Which reader of ours takes which example of the Spree hub: a call is read by the desk."""

import json
from collections.abc import Callable
from typing import Any

from platforms.desk import NotUnderstood
from platforms.inbound import Inbound
from platforms.spree_hub import SPREE_HUB
from platforms.spree_hub.desk import DESK

Read = Callable[[Any], object]
OPTIONS = SPREE_HUB.filled_in({})


def inbound(request: dict[str, Any]) -> Inbound:
    """A call as it arrives."""
    text = request.get("body_raw") or json.dumps(request["body"])
    headers = {name.lower(): value for name, value in request["headers"].items()}
    return Inbound(headers, text.encode())


def read(payload: Any) -> object:
    """What the desk makes of a call, or its answer where it makes nothing of it."""
    request = payload["request"]
    try:
        return DESK.read(request["path"].lstrip("/"), inbound(request), OPTIONS)
    except NotUnderstood as error:
        return error.reply


def spree_hub_reader(name: str) -> Read | None:
    """The reader of an example; what we send, and the list of examples, we do not receive."""
    ours = name.startswith(("push_", "manifest", "index"))
    return None if ours else read
