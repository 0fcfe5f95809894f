"""Reads the envelope of a call, of either generation. Contract spree_hub, sections 4, 5 and 13."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from platforms.desk import NotUnderstood, Reply
from platforms.inbound import Inbound
from platforms.jsontext import read_object
from platforms.spree_hub.options import PREFIX
from platforms.spree_hub.wire import FIRST, SECOND
from platforms.values import read_id

NO_OBJECT = "The body is not a JSON object."
NO_ID = "message_id or request_id is required."
NO_PAYLOAD = "payload is missing or not an object."
BAD_PARAMETERS = "payload.parameters is not a list."
_TAKEN_BY_ENVELOPE = {"request_id", "message_id", "message", "payload", "parameters"}
_SECRET_PARAMETER = re.compile(r"key|token|secret|passw", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Envelope:
    """A call without what differs between the generations.

    `things` is the payload: what a generation calls it stays. `parameters` are without the
    prefix of our manifest's name.
    """

    generation: int
    id: str
    message: str
    things: Mapping[str, Any]
    parameters: Mapping[str, Any] = field(default_factory=dict, repr=False)


def dump(body: Any) -> str:
    """Return compact JSON, as the reference writes it."""
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"))


def refuse(status: int, text: str) -> Reply:
    """Answer a call whose generation is not known. Contract, section 14."""
    return Reply(status, dump({"error": text, "summary": text}))


def read_envelope(inbound: Inbound, options: Mapping[str, Any]) -> Envelope:
    """Return the envelope; raises NotUnderstood with the answer. Contract, section 13."""
    root = _root(inbound)
    generation, found = _id(root)
    if generation == SECOND:
        given = root.get("parameters")
        things = {name: each for name, each in root.items() if name not in _TAKEN_BY_ENVELOPE}
        return Envelope(SECOND, found, "", things, _plain(given, options))
    payload = root.get("payload")
    if not isinstance(payload, dict):
        raise _not_acceptable(found, NO_PAYLOAD)
    listed = payload.get("parameters")
    if listed is not None and not isinstance(listed, list):
        raise _not_acceptable(found, BAD_PARAMETERS)
    things = {name: each for name, each in payload.items() if name != "parameters"}
    message = root.get("message")
    return Envelope(
        FIRST, found, message if isinstance(message, str) else "", things, _listed(listed, options)
    )


def id_of(inbound: Inbound) -> tuple[int, str]:
    """Return generation and id of a call that went wrong, as far as they can be read."""
    try:
        return _id(_root(inbound))
    except NotUnderstood:
        return SECOND, ""


def store_in(inbound: Inbound) -> str:
    """Return the store that the root of a body names, if it does. Contract, section 3."""
    try:
        named = _root(inbound).get("store_id")
    except NotUnderstood:
        return ""
    return str(named) if isinstance(named, str | int) and not isinstance(named, bool) else ""


def is_secret(name: str) -> bool:
    """Tell whether a parameter of this name is not to be logged. Contract, section 13."""
    return _SECRET_PARAMETER.search(name) is not None


def _root(inbound: Inbound) -> dict[str, Any]:
    try:
        return read_object(inbound.body)
    except ValueError:
        raise NotUnderstood(NO_OBJECT, refuse(406, NO_OBJECT)) from None


def _id(root: Mapping[str, Any]) -> tuple[int, str]:
    for generation, name in ((SECOND, "request_id"), (FIRST, "message_id")):
        if found := _text_id(root.get(name)):
            return generation, found
    raise NotUnderstood(NO_ID, refuse(406, NO_ID))


def _text_id(value: Any) -> str:
    """Return an id as it is repeated; a number is one too."""
    return value if isinstance(value, str) else read_id(value)


def _not_acceptable(message_id: str, text: str) -> NotUnderstood:
    return NotUnderstood(text, Reply(406, dump({"message_id": message_id, "error": text})))


def _listed(given: list[Any] | None, options: Mapping[str, Any]) -> dict[str, Any]:
    pairs = [each for each in given or [] if isinstance(each, dict)]
    return _plain({str(each.get("name")): each.get("value") for each in pairs}, options)


def _plain(given: Any, options: Mapping[str, Any]) -> dict[str, Any]:
    """Return parameters without our prefix; what has the prefix outweighs what has none."""
    if not isinstance(given, dict):
        return {}
    prefix = str(options.get(PREFIX, ""))
    plain: dict[str, Any] = {}
    for name, value in sorted(given.items(), key=lambda each: _is_prefixed(each[0], prefix)):
        plain[name[len(prefix) + 1 :] if _is_prefixed(name, prefix) else name] = value
    return plain


def _is_prefixed(name: str, prefix: str) -> bool:
    return bool(prefix) and name.startswith((f"{prefix}.", f"{prefix}_"))
