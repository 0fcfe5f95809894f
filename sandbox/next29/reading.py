"""Request bodies: parsed, checked, and noted where they break the contract."""

import json
from typing import Any

from sandbox.next29 import errors, shapes
from sandbox.next29.state import Json
from sandbox.recorder import Call
from sandbox.refusals import ApiError

CHANGED_LATER = frozenset({"carrier"})
"""Choices that the platform changes over time: refused when unknown, yet no breach."""


def parse(raw: bytes) -> Any:
    """The body as JSON; nothing at all counts as an empty object."""
    try:
        return json.loads(raw) if raw.strip() else {}
    except ValueError as error:
        raise errors.unparsable(str(error)) from None


def read_body(operation_id: str, raw: bytes, call: Call) -> Json:
    """A body of the right shape, or a refusal in the platform's words."""
    body = _object(raw, call)
    shape = shapes.BODIES.get(operation_id, {})
    for stranger in shapes.strangers(body, shape):
        call.violations.append(f"{operation_id} has no field {stranger!r}")
    found = shapes.complaints(body, shape)
    if found:
        call.violations.append(f"{operation_id} refuses the body: {json.dumps(found)}")
        raise errors.invalid(found)
    return body


def _object(raw: bytes, call: Call) -> Json:
    try:
        body = parse(raw)
    except ApiError:
        call.violations.append("the body is not JSON")
        raise
    if not isinstance(body, dict):
        call.violations.append("the body is not a JSON object")
        problem = f"Invalid data. Expected a dictionary, but got {type(body).__name__}."
        raise errors.invalid({"non_field_errors": [problem]})
    return body
