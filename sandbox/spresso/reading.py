"""Request bodies: parsed, checked, and noted where they break the contract."""

import json
from collections.abc import Mapping
from typing import Any

from sandbox.recorder import Call
from sandbox.refusals import ApiError
from sandbox.spresso import errors
from sandbox.spresso.state import Json
from sandbox.spresso.words import DELIVERED, IN_TRANSIT, PARCEL_WAY, SENDABLE

LONGEST = 64
FULFILLMENT = {"status", "fulfillmentVariants", "externalOrderId", "externalOrderStatus"}
SHIPMENT_NEEDS = ("carrier", "carrierReferenceId", "trackingNumber", "shipmentVariants")
SHIPMENT = {*SHIPMENT_NEEDS, "trackingUrl", "status"}


def broken(call: Call, why: str) -> ApiError:
    """Note that a rule of the contract is broken, and refuse the call for it."""
    call.violations.append(why)
    return errors.bad_request(why)


def read_object(raw: bytes, call: Call) -> Json:
    """The body as an object; a list of shipments is none."""
    try:
        body = json.loads(raw)
    except ValueError:
        raise broken(call, "the body is not JSON") from None
    if not isinstance(body, dict):
        raise broken(call, f"the body is one object, not a {type(body).__name__}")
    return body


def read_update(raw: bytes, call: Call) -> Json:
    """The body of a status: one that we may send, and units only with `in_transit`."""
    body = read_object(raw, call)
    _note_strangers(body, FULFILLMENT, call)
    status = body.get("status")
    if status not in SENDABLE:
        raise broken(call, f"status {status!r} is not one that a fulfiller sends")
    for name in ("externalOrderId", "externalOrderStatus"):
        text = body.get(name, "x")
        if not isinstance(text, str) or not 0 < len(text) <= LONGEST:
            raise broken(call, f"{name} is a text of 1 to {LONGEST} characters")
    if status == IN_TRANSIT:
        body["fulfillmentVariants"] = _units(
            body, "fulfillmentVariants", "fulfilledQuantity", 0, call
        )
    elif "fulfillmentVariants" in body:
        call.violations.append(f"{status} takes no fulfillmentVariants")
    return body


def read_shipment(raw: bytes, call: Call) -> Json:
    """The body of one shipment, whole and with its status."""
    body = read_object(raw, call)
    _note_strangers(body, SHIPMENT, call)
    for name in SHIPMENT_NEEDS[:3]:
        if not isinstance(body.get(name), str) or not body[name]:
            raise broken(call, f"{name} is required")
    if "status" not in body:
        call.violations.append("a shipment without a status sends its mail at once")
    elif body["status"] not in PARCEL_WAY:
        raise broken(call, f"status {body['status']!r} is not one of a shipment")
    url = body.get("trackingUrl", "https://")
    if not isinstance(url, str) or not url.startswith(("https://", "http://")):
        raise broken(call, "trackingUrl is an address")
    body["shipmentVariants"] = _units(body, "shipmentVariants", "quantity", 1, call)
    return body


def _units(body: Json, name: str, count: str, least: int, call: Call) -> dict[str, int]:
    """Units by variant id; the same variant twice is a mistake."""
    entries = body.get(name)
    if not isinstance(entries, list) or not entries:
        raise broken(call, f"{name} is required when status is {body.get('status')}")
    found: dict[str, int] = {}
    for entry in entries:
        if not _is_entry(entry, count, least):
            raise broken(call, f"{name} holds variant and {count}, at least {least}")
        if entry["variant"] in found:
            raise broken(call, f"{name} names a variant twice")
        found[entry["variant"]] = entry[count]
    return found


def _is_entry(entry: Any, count: str, least: int) -> bool:
    if not isinstance(entry, dict) or set(entry) != {"variant", count}:
        return False
    units = entry[count]
    return isinstance(entry["variant"], str) and type(units) is int and units >= least


def _note_strangers(body: Mapping[str, object], known: set[str], call: Call) -> None:
    call.violations += [f"there is no field {name!r}" for name in body if name not in known]


def step_of(body: Json) -> str:
    """The name of what a call wants to be so, of those that must not be told twice."""
    if "trackingNumber" in body:
        return f"{body['trackingNumber']} {body.get('status')}"
    return str(body["status"])


def is_said_once(body: Json) -> bool:
    """Whether a repeat of a confirmed call sends a mail again, or charges the customer."""
    return body.get("status") in (IN_TRANSIT, DELIVERED, "shipped")
