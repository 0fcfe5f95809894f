"""Reads JSON text into values that every database and every log can take."""

import json
import math
from typing import Any

MAX_DEPTH = 100
REPLACEMENT = "\ufffd"


def read_json(text: str | bytes) -> Any:
    """Return the value of a JSON text; raises ValueError in words when there is none.

    Characters that PostgreSQL cannot store (NUL, half a surrogate pair) become U+FFFD and
    numbers that are none (NaN, Infinity) become null, so that a raw payload can be kept.
    """
    try:
        return _storable(json.loads(text), MAX_DEPTH)
    except RecursionError:
        raise ValueError("The JSON is nested too deeply.") from None


def read_object(text: str | bytes) -> dict[str, Any]:
    """Return the JSON object in a text; raises ValueError in words for anything else."""
    value = read_json(text)
    if not isinstance(value, dict):
        raise ValueError("The JSON is not an object.")
    return value


def _storable(value: Any, depth: int) -> Any:
    if depth == 0:
        raise ValueError("The JSON is nested too deeply.")
    if isinstance(value, str):
        return _storable_text(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, list):
        return [_storable(each, depth - 1) for each in value]
    if isinstance(value, dict):
        return {_storable_text(key): _storable(each, depth - 1) for key, each in value.items()}
    return value


def _storable_text(text: str) -> str:
    if text.isascii():
        return text.replace("\x00", REPLACEMENT)
    clean = text.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
    return clean.replace("\x00", REPLACEMENT)
