"""What came back for one request, and what is kept of it for people."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import requests

from platforms.jsontext import read_json
from platforms.masks import Mask


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. `json` is None when the body is not JSON.

    `excerpt` is the start of the body for people, without credentials. `json` and `text` of an
    error (status 400 and above) are without credentials too, because they end up in sentences.
    """

    status: int
    headers: Mapping[str, str] = field(repr=False)
    text: str = field(repr=False)
    json: Any = field(repr=False)
    excerpt: str = ""


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and what became of it, for the record. Never holds credentials."""

    method: str
    url: str
    body: Any
    status: int | None
    answer: str
    seconds: float
    error: str
    correlation_id: str


def read_answer(response: requests.Response, body: bytes, mask: Mask) -> Answer:
    """Return the answer whose body was read as `body`; only what says it is JSON is parsed."""
    text = body.decode("utf-8", "replace")
    parsed = _read_json(response.headers.get("Content-Type", ""), body)
    excerpt = mask.excerpt(text, parsed)
    if response.status_code >= 400:
        text, parsed = excerpt, mask.json(parsed)
    return Answer(response.status_code, response.headers, text, parsed, excerpt)


def _read_json(content_type: str, body: bytes) -> Any:
    media_type = content_type.partition(";")[0].strip().lower()
    if media_type != "application/json" and not media_type.endswith("+json"):
        return None
    try:
        return read_json(body)
    except ValueError:
        return None
