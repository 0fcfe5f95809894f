"""Pushes what left to a hub that takes it, beside being asked. Contract spree_hub, section 10."""

import time
from collections.abc import Mapping, Sequence
from contextlib import closing
from typing import Any
from urllib.parse import urlsplit

from platforms.desk import Shown
from platforms.errors import Refused, Unavailable
from platforms.http import Answer, Transport
from platforms.spree_hub.options import HUB_STORE, PUSH_URL
from platforms.spree_hub.second import shipment
from platforms.status import error_of

LABEL = "Spree hub"
TAKEN = 202


def pushes(options: Mapping[str, Any]) -> bool:
    """Tell whether a store's hub is pushed to; it usually only asks."""
    return bool(options.get(PUSH_URL))


def push(
    shown: Sequence[Shown], token: str, transport: Transport, options: Mapping[str, Any]
) -> None:
    """Send the same shipments that the hub would be shown. Doing it twice leaves the same.

    Nothing but 202 is a success. Raises Unavailable where it may be sent again: the hub merges by
    id, so an answer that was lost needs no look.
    """
    url = str(options[PUSH_URL])
    parts = urlsplit(url)
    headers = {
        # Cangaroo takes exactly this, without a charset.
        "Content-Type": "application/json",
        "X-Hub-Store": str(options.get(HUB_STORE) or ""),
        "X-Hub-Access-Token": token,
        "X-Hub-Timestamp": str(int(time.time())),
    }
    body = {"shipments": [shipment(each) for each in shown]}
    with closing(transport.beside(f"{parts.scheme}://{parts.netloc}")) as way:
        answer = way.request("POST", parts.path or "/", json=body, headers=headers, writes=True)
    if answer.status == TAKEN:
        return
    error = error_of(answer, label=LABEL, sentence=_sentence(answer), writes=True)
    if error is None or answer.status in (401, 406):
        # What the hub asks us goes on: to push is a courtesy, and no reason to stop the store.
        said = _sentence(answer) or "no reason given"
        raise Refused(
            f"{LABEL} did not take what was pushed: {said} ({answer.status})", body=answer.excerpt
        )
    if answer.status < 500:
        raise error
    raise Unavailable(str(error), status=answer.status, body=answer.excerpt)


def _sentence(answer: Answer) -> str:
    said = answer.json.get("error") if isinstance(answer.json, dict) else ""
    return said if isinstance(said, str) else ""
