"""One id for one thing that came in, from the request or job that it began with to each store.

The id stands in a context variable, and is written into rows where work is handed on: a message
keeps the id of the request that brought it, a call the id of what decided it, an exchange the id
of what it was made for. Log lines carry it too, so that one search shows the way of one fact.
"""

import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

MAX_LENGTH = 64
_WELL_FORMED = re.compile(rf"[A-Za-z0-9._-]{{8,{MAX_LENGTH}}}")

_id: ContextVar[str] = ContextVar("correlation_id", default="")
_store: ContextVar[int | None] = ContextVar("store_id", default=None)


def fresh() -> str:
    """Return an id that nothing else has."""
    return uuid.uuid4().hex


def current() -> str:
    """Return the id of what is being worked at; empty when nobody said."""
    return _id.get()


def given() -> str:
    """Return the id of what is being worked at, or a fresh one."""
    return _id.get() or fresh()


def store() -> int | None:
    """Return the id of the store that is being served, where that is known."""
    return _store.get()


def is_well_formed(text: str) -> bool:
    """Tell whether an id that somebody else made can stand in our logs, columns and headers."""
    return _WELL_FORMED.fullmatch(text) is not None


@contextmanager
def using(correlation_id: str, store_id: int | None = None) -> Iterator[None]:
    """Work under this id, and for this store, as long as the block lasts.

    An empty id, and no store, leave what was said before. A courier's turn goes on in another
    thread after each wait, and a token of a context variable would not follow it there; so the
    former values are put back by hand.
    """
    before = _id.get(), _store.get()
    _id.set(correlation_id or before[0])
    _store.set(before[1] if store_id is None else store_id)
    try:
        yield
    finally:
        _id.set(before[0])
        _store.set(before[1])


def serving(store_id: int) -> None:
    """Say which store is served, for the rest of the block that `using` began."""
    _store.set(store_id)
