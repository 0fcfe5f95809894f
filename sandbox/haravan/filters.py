"""Which orders and fulfillments a query selects, and which page of them is shown."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import TypeVar

from sandbox.haravan import errors
from sandbox.haravan.state import Fulfillment, Order

T = TypeVar("T", Order, Fulfillment)
SHIPPED: Mapping[str, str | None] = {
    "unshipped": None,
    "shipped": "fulfilled",
    "partial": "partial",
}


def orders(found: Sequence[Order], query: Mapping[str, str]) -> list[Order]:
    """Filtered and sorted; without a status only those that are open, as an older page says."""
    chosen = [each for each in found if _stands(each, query.get("status", "open"))]
    chosen = _between(chosen, query)
    if "ids" in query:
        wanted = set(query["ids"].split(","))
        chosen = [each for each in chosen if str(each.id) in wanted]
    if "financial_status" in query:
        chosen = [each for each in chosen if each.financial_status == query["financial_status"]]
    if "fulfillment_status" in query:
        status = SHIPPED[query["fulfillment_status"]]
        chosen = [each for each in chosen if each.status == status]
    return _sorted(chosen, query.get("order", "created_at desc"))


def fulfillments(found: Sequence[Fulfillment], query: Mapping[str, str]) -> list[Fulfillment]:
    return sorted(_between(found, query), key=lambda each: each.id)


def page(found: Sequence[T], query: Mapping[str, str], most: int) -> Sequence[T]:
    """The page that is asked for, cut to what the platform gives."""
    size = max(1, min(int(query.get("limit", "50")), most))
    first = (max(1, int(query.get("page", "1"))) - 1) * size
    return found[first : first + size]


def _stands(order: Order, status: str) -> bool:
    standing = "cancelled" if order.cancelled_at else "closed" if order.closed_at else "open"
    return status in ("any", standing)


def _between(found: Sequence[T], query: Mapping[str, str]) -> list[T]:
    checks: list[Callable[[T], bool]] = []
    if "since_id" in query:
        checks.append(lambda each: each.id > int(query["since_id"]))
    for name in ("created_at", "updated_at"):
        if f"{name}_min" in query:
            checks.append(_bound(name, query[f"{name}_min"], 1))
        if f"{name}_max" in query:
            checks.append(_bound(name, query[f"{name}_max"], -1))
    return [each for each in found if all(check(each) for check in checks)]


def _bound(name: str, text: str, sign: int) -> Callable[[T], bool]:
    try:
        bound = datetime.fromisoformat(text)
    except ValueError:
        raise errors.malformed(name) from None
    instant = (bound if bound.tzinfo else bound.replace(tzinfo=UTC)).timestamp()

    def check(each: T) -> bool:
        at: datetime = getattr(each, name)
        return (at.timestamp() - instant) * sign >= 0

    return check


def _sorted(found: list[Order], order: str) -> list[Order]:
    name, _, direction = order.partition(" ")
    if name not in ("created_at", "updated_at") or direction not in ("asc", "desc"):
        raise errors.malformed("order")
    return sorted(found, key=lambda each: getattr(each, name), reverse=direction == "desc")
