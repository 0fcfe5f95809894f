"""What an order does to stock rows: it commits units, and shipping takes them off the shelf."""

from sandbox.haravan.state import Line, Order, moment
from sandbox.haravan.store import Store


def settle(store: Store, order: Order) -> None:
    """Commit what every open order of these variants at this location still has to ship."""
    for line in order.lines:
        row = store.rows.get((order.location_id, line.variant.id))
        if row is None:
            continue
        row.committed = sum(
            _held(other, each)
            for other in store.orders.values()
            if other.location_id == order.location_id
            for each in other.lines
            if each.variant is line.variant
        )
        row.updated_at = moment()


def _held(order: Order, line: Line) -> int:
    return 0 if order.cancelled_at else line.left + line.pending


def take_off(store: Store, order: Order, units: dict[int, int]) -> None:
    """Units that left are not on hand any more."""
    for line in order.lines:
        row = store.rows.get((order.location_id, line.variant.id))
        if row is not None and store.settings.shipping_lowers_stock:
            row.on_hand -= units.get(line.id, 0)
            row.updated_at = moment()
