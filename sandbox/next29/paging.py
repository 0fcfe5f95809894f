"""Lists in pages, linked by absolute URLs with an opaque cursor."""

import base64
import binascii
from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

from sandbox.next29 import errors
from sandbox.next29.state import Json


class Numbered(Protocol):
    @property
    def id(self) -> int: ...


Item = TypeVar("Item", bound=Numbered)


def page(url: str, items: Sequence[Item], size: int, show: Callable[[Item], Json]) -> Json:
    """The page that the URL's cursor points at; items come in the order of their ids."""
    backward, position = _position(url)
    ordered = sorted(items, key=lambda item: item.id)
    if backward:
        chosen = [item for item in ordered if item.id < position][-size:]
    else:
        chosen = [item for item in ordered if item.id > position][:size]
    more_after = chosen and chosen[-1].id < ordered[-1].id
    more_before = chosen and chosen[0].id > ordered[0].id
    return {
        "next": _link(url, f"p={chosen[-1].id}") if more_after else None,
        "previous": _link(url, f"r=1&p={chosen[0].id}") if more_before else None,
        "results": [show(item) for item in chosen],
    }


def _position(url: str) -> tuple[bool, int]:
    cursor = parse_qs(urlsplit(url).query).get("cursor", [""])[0]
    try:
        fields = parse_qs(base64.b64decode(cursor, validate=True).decode())
        return "r" in fields, int(fields.get("p", ["0"])[0])
    except (binascii.Error, ValueError):
        raise errors.ApiError(404, {"detail": "Invalid cursor"}) from None


def _link(url: str, position: str) -> str:
    parts = urlsplit(url)
    query = [(name, value) for name, value in parse_qsl(parts.query) if name != "cursor"]
    query.append(("cursor", base64.b64encode(position.encode()).decode()))
    return parts._replace(query=urlencode(query)).geturl()
