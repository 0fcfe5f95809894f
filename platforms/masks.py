"""Takes credentials out of whatever people or tables will see."""

import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

MASK = "***"
KEPT_CHARACTERS = 2000
_SEARCHED_CHARACTERS = 50_000
_SHORTEST_SECRET = 4
_MAX_DEPTH = 20
_SECRET_NAME = re.compile(r"secret|token|passw|authori[sz]ation|api_?key|credential", re.IGNORECASE)
# For text that is not, or no longer, valid JSON: "secret_key": "value" and secret_key=value.
_SECRET_IN_TEXT = re.compile(
    r"""((?:secret|token|passw|api_?key|credential)[\w-]{0,40}["']?\s{0,9}[:=]\s{0,9})"""
    r"""("(?:[^"\\]|\\.)*"?|'[^']*'?|[^\s,;&"'<>}\]]+)""",
    re.IGNORECASE,
)
_BEARER = re.compile(r"\b(Bearer|Basic)\s+[A-Za-z0-9._~+/=-]{8,}", re.IGNORECASE)


# A form goes to where tokens are given: there a plain `code` is one. In JSON it is a carrier's.
_SECRET_FIELD = re.compile(rf"{_SECRET_NAME.pattern}|^code$", re.IGNORECASE)


class Mask:
    """Hides values by the name they stand under, and the secrets of one request anywhere."""

    def __init__(
        self, headers: Mapping[str, str], body: Any, form: Mapping[str, str] | None = None
    ) -> None:
        """Learn the secrets that a request carries in its headers, its JSON body or its form."""
        found = [value for name, value in headers.items() if _SECRET_NAME.search(name)]
        found += [value for name, value in (form or {}).items() if _SECRET_FIELD.search(name)]
        words = [word for value in found for word in (value, value.split(" ")[-1])]
        self._secrets = sorted({*words, *_secrets_of(body, _MAX_DEPTH)}, key=len, reverse=True)
        self._secrets = [each for each in self._secrets if len(each) >= _SHORTEST_SECRET]

    def json(self, value: Any) -> Any:
        """Return a JSON value without credentials."""
        return self._masked(value, _MAX_DEPTH)

    def form(self, form: Mapping[str, str]) -> dict[str, str]:
        """Return a form without credentials."""
        return {
            name: MASK if value and _SECRET_FIELD.search(name) else self.text(value)
            for name, value in form.items()
        }

    def text(self, text: str) -> str:
        """Return a text without credentials."""
        text = _SECRET_IN_TEXT.sub(lambda match: match[1] + MASK, self._without_secrets(text))
        return _BEARER.sub(lambda match: f"{match[1]} {MASK}", text)

    def excerpt(self, text: str, parsed: Any) -> str:
        """Return the start of an answer for people; `parsed` is its JSON where it has any."""
        if parsed is None:
            # The fine cut comes last: half a secret is still one.
            return self.text(text[:_SEARCHED_CHARACTERS])[:KEPT_CHARACTERS]
        shown = json.dumps(self.json(parsed), ensure_ascii=False)
        return self._without_secrets(shown)[:KEPT_CHARACTERS]

    def url(self, url: str) -> str:
        """Return an address without credentials in its query."""
        parts = urlsplit(url)
        pairs = parse_qsl(parts.query, keep_blank_values=True)
        if not any(_SECRET_NAME.search(name) for name, _ in pairs):
            return self._without_secrets(url)
        hidden = [(name, MASK if _SECRET_NAME.search(name) else value) for name, value in pairs]
        return self._without_secrets(urlunsplit(parts._replace(query=urlencode(hidden, safe="*"))))

    def _masked(self, value: Any, depth: int) -> Any:
        if depth == 0:
            return "…"
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, list | tuple):
            return [self._masked(each, depth - 1) for each in value]
        if not isinstance(value, Mapping):
            return value
        return {
            name: MASK if each and _SECRET_NAME.search(name) else self._masked(each, depth - 1)
            for name, each in value.items()
        }

    def _without_secrets(self, text: str) -> str:
        for secret in self._secrets:
            text = text.replace(secret, MASK)
        return text


def _secrets_of(value: Any, depth: int) -> set[str]:
    if depth == 0:
        return set()
    if isinstance(value, list | tuple):
        return {secret for each in value for secret in _secrets_of(each, depth - 1)}
    if not isinstance(value, Mapping):
        return set()
    found = {secret for each in value.values() for secret in _secrets_of(each, depth - 1)}
    named = (each for name, each in value.items() if _SECRET_NAME.search(name))
    return found | {each for each in named if isinstance(each, str)}
