"""What there is, what came back, and whose login it is."""

from collections.abc import Callable
from typing import Any

from sandbox.fulfillment_com import errors, lists
from sandbox.fulfillment_com.api.visit import Answer, Visit
from sandbox.fulfillment_com.state import Item, Return
from sandbox.fulfillment_com.warehouse import BUILDINGS


def me(visit: Visit) -> Answer:
    return visit.writer.user(visit.login), 200


def inventory(visit: Visit) -> Answer:
    return _shown(visit, _items(visit), visit.writer.stock)


def inventory_full(visit: Visit) -> Answer:
    wanted = lists.several(visit.query, "warehouseIds")
    rows = [
        (item, building)
        for item in _items(visit)
        for building in BUILDINGS
        if not wanted or str(building) in wanted
    ]
    return _shown(visit, rows, lambda row: visit.writer.stock_in(*row))


def returns(visit: Visit) -> Answer:
    """Those made or changed in the time. An empty page is an empty list here."""
    since, until = lists.window(visit.query)

    def lies_within(back: Return) -> bool:
        return any(since <= each <= until for each in (back.created_on, back.updated_on))

    found = [each for each in visit.warehouse.returns if lies_within(each)]
    return lists.page(found, visit.query, visit.warehouse.settings, visit.writer.returned), 200


def _items(visit: Visit) -> list[Item]:
    if not visit.warehouse.settings.shows_inventory:
        raise errors.forbidden("Inventory needs another permission")
    wanted = lists.several(visit.query, "externalSkuNames")
    items = visit.warehouse.items.values()
    return [each for each in items if not wanted or each.sku in wanted]


def _shown(visit: Visit, found: list[Any], write: Callable[[Any], dict[str, Any]]) -> Answer:
    written = lists.page(found, visit.query, visit.warehouse.settings, write)
    if not written["data"]:
        raise errors.not_found("No Inventory Found")
    return written, 200
