"""Reads what Haravan says in an error: `errors` in any shape, `message`, text or a web page."""

import html
import re
from typing import Any

from platforms.exchange import Answer
from platforms.values import read_text

MAX_SENTENCE = 500
_MAX_DEPTH = 8
_UNSEEN = re.compile(r"<(script|style|head)\b.*?</\1>", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(r"<[^<>]*>")
# These name nothing of the request.
_NAMELESS = frozenset({"base", "errors"})


def read_sentence(answer: Answer) -> str:
    """Return the reason in an error answer, as one sentence for a person, often Vietnamese."""
    if answer.json is None:
        text = html.unescape(_TAG.sub(" ", _UNSEEN.sub(" ", answer.text)))
    else:
        text = said_in(answer.json)
    text = " ".join(text.split())
    return text if len(text) <= MAX_SENTENCE else f"{text[:MAX_SENTENCE]}…"


def said_in(body: Any) -> str:
    """Return what a body says, whatever its shape. Contract haravan, section 16."""
    if not isinstance(body, dict):
        return "; ".join(_parts(body, "", _MAX_DEPTH))
    error = body.get("error")
    said = (
        body.get("errors"),
        body.get("error_description"),
        body.get("message"),
        None if isinstance(error, bool) else error,
    )
    found = next((each for each in said if each), None)
    return "; ".join(_parts(found, "", _MAX_DEPTH))


def _parts(value: Any, name: str, depth: int) -> list[str]:
    if depth == 0:
        return []
    if isinstance(value, dict):
        named = [(_joined(name, key), each) for key, each in value.items()]
    elif isinstance(value, list):
        named = [(name, each) for each in value]
    else:
        said = read_text(value).strip()
        return [f"{name}: {said}" if name else said] if said else []
    return [part for inner, each in named for part in _parts(each, inner, depth - 1)]


def _joined(name: str, key: str) -> str:
    return name if key in _NAMELESS else f"{name} {key}".strip()
