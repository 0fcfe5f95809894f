"""Holds an answer of the provider against the contract. Contract spree_hub, sections 4, 5, 12."""

import re
from typing import Any

from sandbox.spree_hub.state import Hub, Json, Sent

SLOWEST = 10.0
LEVELS = ("info", "warn", "error")
STATUSES = ("pending", "ready", "shipped", "canceled")


def breaches(hub: Hub, sent: Sent, content_type: str, raw: str) -> list[str]:
    """Say in words what an answer must not be."""
    found = []
    if sent.status not in (200, 206, 401, 406, 500):
        found.append(f"the status {sent.status} is none that a hub knows")
    if sent.seconds > SLOWEST:
        found.append(f"the answer took {sent.seconds:.0f} seconds")
    if sent.status == 401:
        return found
    if not content_type.startswith("application/json") or not isinstance(sent.answer, dict):
        return [*found, f"the answer is no JSON object: {raw[:80]!r}"]
    first = hub.settings.generation == 1
    return found + (_first(sent, sent.answer) if first else _second(hub, sent, sent.answer))


def _first(sent: Sent, body: Json) -> list[str]:
    found = []
    if body.get("message_id") != sent.id:
        found.append("message_id is not that of the call")
    if "request_id" in body:
        found.append("both generations are mixed")
    allowed = {"message_id", "messages", "notifications", "parameters", "error"}
    found += [f"{name} is no part of an answer" for name in set(body) - allowed]
    for name in ("messages", "notifications", "parameters"):
        if name in body and not (isinstance(body[name], list) and body[name]):
            found.append(f"{name} is empty or no list")
    for message in body.get("messages", []):
        if "message_id" in message or ":" not in str(message.get("message")):
            found.append("a message has an id, or no name")
    for each in body.get("notifications", []):
        if each.get("level") not in LEVELS or not each.get("subject"):
            found.append("a notification has no level or no subject")
    if sent.status == 500 and not body.get("error"):
        found.append("a failure says nothing")
    return found


def _second(hub: Hub, sent: Sent, body: Json) -> list[str]:
    found = []
    if body.get("request_id") != sent.id:
        found.append("request_id is not that of the call")
    if sent.status in (200, 206):
        found += cangaroo_breaches(body)
    elif set(body) != {"request_id", "summary"}:
        found.append("a failure is request_id and summary")
    if sent.status == 206 and "page" not in (sent.body.get("parameters") or {}):
        found.append("206, and no page was asked for")
    for each in body.get("shipments", []):
        if isinstance(each, dict) and each.get("status") not in STATUSES:
            found.append(f"{each.get('status')} is no status of a shipment")
        if isinstance(each, dict) and not isinstance(each.get("tracking", ""), str | None):
            found.append("tracking is no text")
    return found


def cangaroo_breaches(body: Json) -> list[str]:
    """What a Cangaroo hub throws a whole answer away for. Contract, section 12."""
    arrays: dict[str, list[Any]] = {k: v for k, v in body.items() if isinstance(v, list)}
    scalars = set(body) - {*arrays, "request_id", "summary", "parameters"}
    found = [f"{name} stands at the root and is no array" for name in sorted(scalars)]
    found += [
        f"{name} is no name at the root" for name in body if not re.fullmatch("[a-z_]+", name)
    ]
    if not arrays:
        found.append("there is no array")
    for name, entries in arrays.items():
        if not all(isinstance(each, dict) and each.get("id") for each in entries):
            found.append(f"an entry of {name} has no id")
    return found


def in_messages(body: Any, name: str) -> list[Json]:
    """The payloads of messages of this name, in any of the forms of section 4.4."""
    entries = body if isinstance(body, list) else [body, *(body.get("messages") or [])]
    return [each["payload"] for each in entries if each.get("message") == name]
