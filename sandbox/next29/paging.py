"""Lists in pages, linked by absolute URLs with an opaque cursor."""

import base64
import binascii
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Protocol, TypeVar
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

from sandbox.next29.state import Json
from sandbox.refusals import ApiError


class Numbered(Protocol):
    @property
    def id(self) -> int: ...


Item = TypeVar("Item", bound=Numbered)


def _id(item: Numbered) -> int:
    return item.id


def page(url: str, items: Sequence[Item], size: int, show: Callable[[Item], Json]) -> Json:
    """The page that the URL's cursor points at; items come in the order of their ids."""
    return sheet(url, sorted(items, key=_id), size, show, lambda _: True)


def sheet(
    url: str,
    ordered: Sequence[Item],
    size: int,
    show: Callable[[Item], Json],
    fits: Callable[[Item], bool],
) -> Json:
    """A page of a long list that is in order already, without a look at the rest of it."""
    backward, position = _position(url)
    if backward:
        chosen = list(islice(_before(ordered, position, fits), size))[::-1]
    else:
        chosen = list(islice(_after(ordered, position, fits), size))
    more_after = chosen and any(_after(ordered, chosen[-1].id, fits))
    more_before = chosen and any(_before(ordered, chosen[0].id, fits))
    return {
        "next": _link(url, f"p={chosen[-1].id}") if more_after else None,
        "previous": _link(url, f"r=1&p={chosen[0].id}") if more_before else None,
        "results": [show(item) for item in chosen],
    }


def _after(ordered: Sequence[Item], position: int, fits: Callable[[Item], bool]) -> Iterator[Item]:
    """What fits behind the position, looked for only as far as it is asked for."""
    places = range(bisect_right(ordered, position, key=_id), len(ordered))
    return filter(fits, (ordered[place] for place in places))


def _before(ordered: Sequence[Item], position: int, fits: Callable[[Item], bool]) -> Iterator[Item]:
    """The same towards the front, nearest first."""
    places = reversed(range(bisect_left(ordered, position, key=_id)))
    return filter(fits, (ordered[place] for place in places))


def _position(url: str) -> tuple[bool, int]:
    cursor = parse_qs(urlsplit(url).query).get("cursor", [""])[0]
    try:
        fields = parse_qs(base64.b64decode(cursor, validate=True).decode())
        return "r" in fields, int(fields.get("p", ["0"])[0])
    except (binascii.Error, ValueError):
        raise ApiError(404, {"detail": "Invalid cursor"}) from None


def _link(url: str, position: str) -> str:
    parts = urlsplit(url)
    query = [(name, value) for name, value in parse_qsl(parts.query) if name != "cursor"]
    query.append(("cursor", base64.b64encode(position.encode()).decode()))
    return parts._replace(query=urlencode(query)).geturl()
