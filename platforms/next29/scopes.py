"""Names the scope that a 29 Next token lacks where the store does not allow a call."""

from collections.abc import Iterator
from contextlib import contextmanager

from platforms.errors import Forbidden, Refused


@contextmanager
def needs(scope: str) -> Iterator[None]:
    """Raise Forbidden, which names `scope`, for what the store does not allow.

    Contract next29, sections 4 and 7.
    """
    try:
        yield
    except Refused as refusal:
        if refusal.status != 403:
            raise
        raise Forbidden(
            f"The access token lacks the scope {scope}; ask the merchant for it. {refusal}",
            status=refusal.status,
            body=refusal.body,
        ) from refusal
