"""What the merchant's staff, a fulfillment service or a carrier does to an order."""

from collections.abc import Callable

from sandbox.haravan import ordering, rules, stocking
from sandbox.haravan.state import WAITING, Fulfillment, Json, Order, moment
from sandbox.haravan.store import Store
from sandbox.haravan.wire import CARRIER_NAMES
from sandbox.refusals import BadWish

MERCHANT = "merchant"


def confirm(store: Store, order: Order, wish: Json) -> None:
    order.confirmed_at = order.confirmed_at or moment()
    store.effect("confirm", order, str(wish.get("by", MERCHANT)))


def pay(store: Store, order: Order, wish: Json) -> None:
    """All that is due, or a part."""
    amount = float(wish.get("amount", order.total - order.paid))
    order.transactions.append(ordering.transaction(store, order, "capture", amount))
    store.effect("pay", order, MERCHANT, amount=amount)
    if order.financial_status == "paid":
        store.announce("orders/paid", order)


def cancel(store: Store, order: Order, wish: Json) -> None:
    """The order ends. What was shipped is still called fulfilled; only the carrier is stopped."""
    for made in order.fulfillments:
        if made.status in WAITING:
            rules.fall_through(store, order, made, "cancelled", MERCHANT)
        elif made.status == "success" and not wish.get("ignore_cancel_fulfillment", False):
            made.carrier_status, made.cancelled_at = "cancel", moment()
    order.cancelled_at = moment()
    order.cancel_reason = str(wish.get("reason") or "customer")
    if wish.get("restock", False):
        order.restocked = any(line.fulfilled for line in order.lines)
        _put_back(store, order)
    stocking.settle(store, order)
    store.effect("cancel", order, str(wish.get("by", MERCHANT)), reason=order.cancel_reason)
    store.announce("orders/cancelled", order)


def _put_back(store: Store, order: Order) -> None:
    for line in order.lines:
        row = store.rows.get((order.location_id, line.variant.id))
        if row is not None and store.settings.shipping_lowers_stock:
            row.on_hand += line.fulfilled


def close(store: Store, order: Order, wish: Json) -> None:
    order.closed_at = moment()
    store.effect("close", order, MERCHANT)


def reopen(store: Store, order: Order, wish: Json) -> None:
    order.closed_at = None
    store.effect("open", order, MERCHANT)


def refund(store: Store, order: Order, wish: Json) -> None:
    """Units of a line are not wanted any more."""
    line = order.line(wish.get("line_id")) or order.lines[0]
    units = int(wish.get("quantity", 1))
    line.refunded = min(line.quantity, line.refunded + units)
    order.refunds.append(
        {
            "id": next(store.other_ids),
            "order_id": order.id,
            "created_at": moment().isoformat().replace("+00:00", "Z"),
            "note": None,
            "restock": False,
            "location_id": order.location_id,
            "refund_line_items": [
                {"id": next(store.other_ids), "line_item_id": line.id, "quantity": units}
            ],
            "transactions": [],
        }
    )
    stocking.settle(store, order)
    store.effect("refund", order, MERCHANT, line_id=line.id, units=units)
    store.announce("refunds/create", order)


def edit(store: Store, order: Order, wish: Json) -> None:
    """Another address, note, location or units."""
    if "shipping_address" in wish:
        order.address = wish["shipping_address"]
    order.note = wish.get("note", order.note)
    order.location_id = int(wish.get("location_id", order.location_id))
    for each in wish.get("lines", []):
        line = order.line(each["id"])
        if line is not None:
            line.quantity = int(each["quantity"])
    stocking.settle(store, order)
    store.effect("edit", order, MERCHANT)


def fulfil_by_hand(store: Store, order: Order, wish: Json) -> None:
    """Staff ships it without us."""
    body = {key: wish[key] for key in ("line_items", "tracking_number") if wish.get(key)}
    rules.create(store, order, body, MERCHANT)


def carrier(store: Store, order: Order, wish: Json) -> None:
    """A carrier that was booked through the shop says something; any word will do."""
    made = _last(order, wish)
    made.carrier_status = str(wish.get("word", "delivering"))
    made.updated_at = moment()
    store.effect("carrier", order, "carrier", word=made.carrier_status)


def service(store: Store, order: Order, wish: Json) -> None:
    """An external service takes a pending fulfillment, or does not."""
    made, word = _last(order, wish), str(wish.get("word", "open"))
    if made.status not in WAITING or word not in ("open", "success", "error", "failure"):
        raise BadWish("A service makes a waiting fulfillment open, success, error or failure.")
    if word == "success":
        rules.complete(store, order, made, "service")
    elif word == "open":
        made.status = word
        store.effect("service", order, "service", word=word)
    else:
        rules.fall_through(store, order, made, word, "service")


def _last(order: Order, wish: Json) -> Fulfillment:
    if "fulfillment_id" in wish:
        return rules.find(order, int(wish["fulfillment_id"]))
    if not order.fulfillments:
        raise BadWish("The order has no fulfillment yet.")
    return order.fulfillments[-1]


BUTTONS: dict[str, Callable[[Store, Order, Json], None]] = {
    "confirm": confirm,
    "pay": pay,
    "cancel": cancel,
    "close": close,
    "open": reopen,
    "refund": refund,
    "edit": edit,
    "fulfil-by-hand": fulfil_by_hand,
    "carrier": carrier,
    "service": service,
}
WORDS = tuple(CARRIER_NAMES)
