"""Reads what an answer holds, and tells a change that is confirmed from one in doubt."""

from collections.abc import Callable, Collection
from typing import Any, TypeVar

from platforms.errors import Malformed, Uncertain
from platforms.http import Answer

T = TypeVar("T")


def json_of(answer: Answer, label: str) -> Any:
    """Return the JSON of an answer; raises Malformed when it is not JSON."""
    if answer.json is None:
        raise Malformed(
            f"{label} answered with something that is not JSON.",
            status=answer.status,
            body=answer.excerpt,
        )
    return answer.json


def confirmed(answer: Answer, label: str, done: Collection[int], read: Callable[[Any], T]) -> T:
    """Return what `read` makes of the answer to a change.

    Raises Uncertain for a success whose status is not in `done`, and where `read` raises
    Malformed: the change may have been made.
    """
    why = f"its status is {answer.status}"
    if answer.status in done:
        try:
            return read(answer.json)
        except Malformed as error:
            why = str(error)
    raise unconfirmed(answer, label, why)


def unconfirmed(answer: Answer, label: str, why: str) -> Uncertain:
    """Return the error for a success that does not show our change."""
    return Uncertain(
        f"{label} took a change, but its answer does not confirm it: {why}",
        status=answer.status,
        body=answer.excerpt,
    )
