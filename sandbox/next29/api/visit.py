"""One call to the API, as its handler sees it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from sandbox.next29 import access, errors, paging
from sandbox.next29.paging import Item
from sandbox.next29.state import FulfillmentOrder, Json, Location
from sandbox.next29.store import Store


@dataclass(frozen=True)
class Answer:
    """What the platform says; None is an empty body."""

    body: object
    status: int = 200


@dataclass(frozen=True)
class Visit:
    """Who calls which store, with what; the body is already known to have the right shape."""

    store: Store
    scopes: frozenset[str]
    url: str
    query: Mapping[str, list[str]] = field(default_factory=dict)
    body: Json = field(default_factory=dict)
    verb: str = "read"
    is_app: bool = False
    """Whether the token was given to an installed app, not made under API Access."""

    def text(self, name: str) -> str | None:
        value = self.body.get(name)
        return None if value is None else str(value)

    def units(self) -> dict[int, int]:
        """How many of which line were named."""
        items = self.body.get("fulfillment_order_line_items") or []
        return {item["id"]: item["quantity"] for item in items}

    def line_ids(self) -> list[int]:
        return [item["id"] for item in self.body.get("fulfillment_order_line_items") or []]

    def one(self, name: str) -> str | None:
        values = self.query.get(name)
        return values[-1] if values else None

    def order(self, order_id: int) -> FulfillmentOrder:
        """An order that exists and that this token may see; both failures look the same."""
        order = self.store.fulfillment_order(order_id)
        if not access.sees_order(self.scopes, order, self.verb):
            raise errors.not_found()
        return order

    def location(self, location_id: int) -> Location:
        place = self.store.locations.get(location_id)
        if place is None or not access.sees_location(self.scopes, place, self.verb):
            raise errors.not_found()
        return place

    def page(self, items: Sequence[Item], show: Callable[[Item], Json]) -> Answer:
        return Answer(paging.page(self.url, items, self.store.settings.page_size, show))

    def sheet(
        self, ordered: Sequence[Item], show: Callable[[Item], Json], fits: Callable[[Item], bool]
    ) -> Answer:
        """A page of a list too long to be looked through for each page of it."""
        return Answer(paging.sheet(self.url, ordered, self.store.settings.page_size, show, fits))
