"""Reads what 29 Next says in an error: an object, nested lists, a list, text or a web page."""

import html
import re
from typing import Any

from platforms.exchange import Answer
from platforms.values import read_text

MAX_SENTENCE = 500
_MAX_DEPTH = 8
# These name nothing of the request, so their name says nothing to a reader.
_NAMELESS = frozenset({"detail", "non_field_errors", "error"})
_UNSEEN = re.compile(r"<(script|style|head)\b.*?</\1>", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(r"<[^<>]*>")


def is_web_page(answer: Answer) -> bool:
    """Tell whether an answer is a page for people where the API should be."""
    return answer.json is None and "html" in answer.headers.get("Content-Type", "").lower()


def read_sentence(answer: Answer) -> str:
    """Return the reason in an error answer, as one sentence for a person.

    Contract next29, section 7: the shapes of Django REST framework, and anything else.
    """
    if answer.json is None:
        text = html.unescape(_TAG.sub(" ", _UNSEEN.sub(" ", answer.text)))
    else:
        text = "; ".join(_parts(answer.json, "", _MAX_DEPTH))
    text = " ".join(text.split())
    return text if len(text) <= MAX_SENTENCE else f"{text[:MAX_SENTENCE]}…"


def _parts(value: Any, name: str, depth: int) -> list[str]:
    """Flatten `{"lines": [{}, {"quantity": ["x"]}]}` to `lines 2 quantity: x`."""
    if depth == 0:
        return []
    if isinstance(value, dict):
        named = [(_joined(name, key), each) for key, each in value.items()]
    elif isinstance(value, list):
        entries = enumerate(value, start=1)
        named = [(_joined(name, str(n)) if _nests(each) else name, each) for n, each in entries]
    else:
        said = read_text(value).strip()
        return [f"{name}: {said}" if name else said] if said else []
    return [part for inner, each in named for part in _parts(each, inner, depth - 1)]


def _joined(name: str, key: str) -> str:
    return name if key in _NAMELESS else f"{name} {key}".strip()


def _nests(value: Any) -> bool:
    return isinstance(value, dict | list)
