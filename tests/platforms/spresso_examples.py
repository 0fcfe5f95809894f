"""Which reader of ours takes which example of Spresso, and what the tests make of them."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from platforms.exchange import Answer
from platforms.interface import Endpoint, Inbound, Sender
from platforms.records import Told
from platforms.spresso.answers import error_in
from platforms.spresso.tokens import read_grant
from platforms.spresso.webhook import CANCELLATION, FULFILLABLE
from tests.platforms.contract import CONTRACTS, example

Read = Callable[[Any], object]
SPRESSO = CONTRACTS / "spresso"
SECRET = "example-only-spresso-client-secret-7f3a"
SENDER = Sender("harbor-goods", SECRET)
ENDPOINTS: Mapping[str, Endpoint] = {
    "order_fulfillable": FULFILLABLE,
    "order_cancelled": CANCELLATION,
}


def spresso_example(name: str) -> Any:
    """Return the content of one example, named without its ending."""
    return example(f"{name}.json", SPRESSO)


def signed(body: bytes, secret: str = SECRET) -> Inbound:
    """Return a message as Spresso signs it, by the contract and not by our code."""
    digest = hmac.new(secret.encode(), body, hashlib.sha256).digest()
    return Inbound({"x-spresso-hmac-sha256": base64.b64encode(digest).decode()}, body)


def delivered(name: str) -> Inbound:
    """Return an example as it is delivered."""
    given = spresso_example(name)
    headers = {key.lower(): value for key, value in given["request"]["headers"].items()}
    return Inbound(headers, given["rawBody"].encode())


def told(endpoint: Endpoint, inbound: Inbound) -> tuple[Told, ...]:
    """Return what a proven message says."""
    assert endpoint.tells is not None
    endpoint.authenticate(inbound, SENDER)
    endpoint.read(inbound)
    return endpoint.tells(inbound)


def told_by(name: str) -> Told:
    """Return what an example says of its order."""
    (only,) = told(ENDPOINTS[spresso_example(name)["event"]], delivered(name))
    return only


def answered(example: Any) -> Answer:
    """Return an example of an answer as the transport hands it on."""
    said = example["response"]
    text = json.dumps(said["body"]) if said["body"] is not None else "<html>Bad Gateway</html>"
    return Answer(said["status"], said["headers"], text, said["body"], text)


def _read_delivery(payload: Any) -> Told:
    (only,) = told(ENDPOINTS[payload["event"]], signed(payload["rawBody"].encode()))
    return only


def spresso_reader(name: str) -> Read | None:
    """The reader of an example of Spresso, by its file name; None for what we do not receive."""
    prefixes: Mapping[str, Read] = {
        "order_": _read_delivery,
        "error.": lambda payload: error_in(answered(payload), writes=True),
        "token.response": lambda payload: read_grant(answered(payload), datetime.now(UTC)),
    }
    return next((read for start, read in prefixes.items() if name.startswith(start)), None)
