"""What the query of the list of stock records may ask for."""

from collections.abc import Callable

from sandbox.next29 import errors
from sandbox.next29.api.visit import Visit
from sandbox.next29.state import StockRecord

Fits = Callable[[StockRecord], bool]

INVENTORY: dict[str, Fits] = {
    "in_stock": lambda record: record.net_stock_level > record.low_stock_threshold,
    "low_stock": lambda record: 0 < record.net_stock_level <= record.low_stock_threshold,
    "out_of_stock": lambda record: record.tracked and record.net_stock_level <= 0,
    "untracked": lambda record: not record.tracked,
}
"""What is low is not said to be in stock as well or not; here each record is one of the four."""


def chosen_by(visit: Visit) -> Fits:
    """All that the query asks at once; `sku` is exact and looked up, not looked for."""
    wanted = [
        *_locations(visit.query.get("location_id", [])),
        *_text(visit.one("search_text")),
        *_choice("inventory_availability", visit.one("inventory_availability"), INVENTORY),
        *_choice("purchase_availability", visit.one("purchase_availability"), _purchase(visit)),
    ]
    return lambda record: all(fits(record) for fits in wanted)


def _locations(ids: list[str]) -> list[Fits]:
    return [lambda record: str(record.location.id) in ids] if ids else []


def _text(text: str | None) -> list[Fits]:
    wanted = (text or "").casefold()
    if not wanted:
        return []
    return [lambda record: wanted in f"{record.product.name}\n{record.product.sku}".casefold()]


def _purchase(visit: Visit) -> dict[str, Fits]:
    without_end = visit.store.settings.allow_backorders

    def available(record: StockRecord) -> bool:
        return without_end or not record.tracked or record.net_stock_level > 0

    return {"available": available, "unavailable": lambda record: not available(record)}


def _choice(name: str, value: str | None, choices: dict[str, Fits]) -> list[Fits]:
    if not value:
        return []
    if value not in choices:
        problem = f"Select a valid choice. {value} is not one of the available choices."
        raise errors.invalid({name: [problem]})
    return [choices[value]]
