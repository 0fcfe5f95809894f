"""What a request body may hold, and the complaints about one that does not."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.next29.carriers_say import STATUSES
from sandbox.next29.words import API_VERSION, COUNTRIES, HOLD_REASONS, REJECTED_REASONS

__all__ = ["API_VERSION", "BODIES", "Field", "complaints", "strangers"]


@dataclass(frozen=True)
class Field:
    """One value of a body: its kind, and what narrows it."""

    kind: str
    required: bool = False
    null: bool = False
    choices: tuple[str, ...] = ()
    longest: int | None = None
    least: int | None = None
    most: int | None = None
    fields: "Mapping[str, Field] | None" = None
    """Of an object, or of each object of a list."""


Shape = Mapping[str, Field]

INT32 = 2**31 - 1

TEXT = Field("text")
TEXT_OR_NULL = Field("text", null=True)
FLAG = Field("flag")
UNITS: Shape = {
    "id": Field("number", required=True),
    "quantity": Field("number", required=True, least=1),
}
PARCEL: Shape = {
    "carrier": Field("text", required=True),
    "tracking_code": TEXT_OR_NULL,
    "tracking_link": Field("url", null=True),
    "carrier_other_name": TEXT_OR_NULL,
}
ADDRESS: Shape = {
    "line1": Field("text", required=True, longest=255),
    "line2": Field("text", longest=255),
    "line3": Field("text", longest=255),
    "line4": Field("text", required=True, longest=255),
    "state": Field("text", longest=255),
    "postcode": Field("text", longest=64),
    "country": Field("text", required=True, choices=tuple(sorted(COUNTRIES))),
    "phone_number": Field("text", longest=128),
}
LOCATION: Shape = {
    "name": Field("text", longest=128),
    "callback_url": Field("url", null=True),
    "accept_return": FLAG,
    "address": Field("object", required=True, fields=ADDRESS),
}
WEBHOOK: Shape = {
    "events": Field("texts", required=True),
    "target": Field("url", required=True, longest=255),
    "name": Field("text", null=True, longest=50),
    "api_version": TEXT_OR_NULL,
    "secret_key": TEXT_OR_NULL,
    "active": FLAG,
}
EVENT: Shape = {
    "status": Field("text", required=True, choices=STATUSES),
    "happened_at": TEXT,
    "estimated_delivery_at": TEXT_OR_NULL,
    "latitude": Field("decimal", null=True),
    "longitude": Field("decimal", null=True),
    **dict.fromkeys(
        ("message", "line1", "line2", "city", "state", "postcode", "country"), TEXT_OR_NULL
    ),
}
STOCK: dict[str, Field] = {
    "location_id": Field("number"),
    "product": Field("number"),
    "num_in_stock": Field("number", least=-INT32 - 1, most=INT32),
    "low_stock_threshold": Field("number", least=0, most=INT32),
}
MESSAGE = {"message": TEXT_OR_NULL}

BODIES: dict[str, Shape] = {
    "locationsCreate": LOCATION,
    "locationsUpdate": LOCATION,
    "fulfillmentRequestAccept": MESSAGE,
    "fulfillmentRequestReject": MESSAGE
    | {"rejected_reason": Field("text", null=True, choices=REJECTED_REASONS)},
    "cancellationRequestAccept": MESSAGE,
    "cancellationRequestReject": MESSAGE,
    "fulfillmentOrdersClose": {"message": TEXT},
    "fulfillmentOrdersHold": {
        "reason": Field("text", required=True, choices=HOLD_REASONS),
        "reason_message": TEXT_OR_NULL,
    },
    "fulfillmentOrdersMove": {
        "new_location_id": Field("number", required=True),
        "fulfillment_order_line_items": Field("list", fields={"id": UNITS["id"]}),
    },
    "fulfillmentOrdersSplit": {
        "fulfillment_order_line_items": Field("list", required=True, fields=UNITS),
    },
    "fulfillmentsCreate": {
        "tracking_info": Field("list", fields=PARCEL),
        "fulfillment_order_line_items": Field("list", fields=UNITS),
        "notify": FLAG,
    },
    "fulfillmentRequestSend": MESSAGE
    | {"notify": FLAG, "fulfillment_order_line_items": Field("list", fields=UNITS)},
    "fulfillmentRequestCancel": MESSAGE,
    "cancellationRequestSend": MESSAGE,
    "cancellationRequestCancel": MESSAGE,
    "ordersFulfillmentsEventsCreate": EVENT,
    "stockrecordsCreate": STOCK
    | {name: Field("number", required=True) for name in ("location_id", "product")},
    "stockrecordsPartialUpdate": STOCK,
    "webhooksCreate": WEBHOOK,
    "webhooksUpdate": WEBHOOK,
    "webhooksPartialUpdate": {
        "events": Field("texts"),
        "target": Field("url", longest=255),
        **{name: field for name, field in WEBHOOK.items() if name not in ("events", "target")},
    },
}


def strangers(body: Mapping[str, Any], shape: Shape) -> list[str]:
    """Names the contract does not know; the platform ignores them without a word."""
    return sorted(set(body) - set(shape))


def complaints(body: Mapping[str, Any], shape: Shape) -> dict[str, Any]:
    """Field by field what is wrong, as the platform would word it; empty when all is well."""
    found = {name: _complaint(body, name, field) for name, field in shape.items()}
    return {name: complaint for name, complaint in found.items() if complaint}


def _complaint(body: Mapping[str, Any], name: str, field: Field) -> object:
    if name not in body:
        return ["This field is required."] if field.required else None
    value = body[name]
    if value is None:
        return None if field.null else ["This field may not be null."]
    if field.kind == "object":
        return _of_object(value, field)
    if field.kind == "list":
        return _of_list(value, field)
    return _of_plain(value, field)


def _of_object(value: object, field: Field) -> object:
    if not isinstance(value, dict):
        return {"non_field_errors": ["Invalid data. Expected a dictionary."]}
    return complaints(value, field.fields or {})


def _of_list(value: object, field: Field) -> object:
    if not isinstance(value, list):
        return [f'Expected a list of items but got type "{type(value).__name__}".']
    found = [_of_object(item, field) for item in value]
    return found if any(found) else None


def _of_plain(value: object, field: Field) -> list[str]:
    match field.kind, value:
        case "flag", bool():
            return []
        case "number", int() if not isinstance(value, bool):
            return _of_size(value, field)
        case "decimal", int() | float() if not isinstance(value, bool):
            return []
        case "texts", list() if all(isinstance(item, str) for item in value):
            return []
        case "text", str():
            return _of_text(value, field)
        case "url", str() if value.startswith(("https://", "http://")):
            return _of_text(value, field)
    return [WRONG_KIND[field.kind]]


WRONG_KIND = {
    "flag": "Must be a valid boolean.",
    "decimal": "A valid number is required.",
    "number": "A valid integer is required.",
    "text": "Not a valid string.",
    "texts": "Expected a list of items.",
    "url": "Enter a valid URL.",
}


def _of_size(value: int, field: Field) -> list[str]:
    if field.least is not None and value < field.least:
        return [f"Ensure this value is greater than or equal to {field.least}."]
    if field.most is not None and value > field.most:
        return [f"Ensure this value is less than or equal to {field.most}."]
    return []


def _of_text(value: str, field: Field) -> list[str]:
    if field.choices and value not in field.choices:
        return [f'"{value}" is not a valid choice.']
    if field.required and not value:
        return ["This field may not be blank."]
    if field.longest is not None and len(value) > field.longest:
        return [f"Ensure this field has no more than {field.longest} characters."]
    return []
