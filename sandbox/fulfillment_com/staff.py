"""What the partner's staff does with an order, by buttons."""

from collections.abc import Callable

from sandbox.fulfillment_com import errors, rules
from sandbox.fulfillment_com.state import Json, Order, Return
from sandbox.fulfillment_com.warehouse import Warehouse

# What may be chosen on the page for an order that cannot go on.
PROBLEMS = ("010302", "010303", "010307", "010404", "010501", "010701", "010801", "010802")


def approve(warehouse: Warehouse, order: Order, wish: Json) -> None:
    rules.move(warehouse, order, "010201", "Approved")


def release(warehouse: Warehouse, order: Order, wish: Json) -> None:
    rules.move(warehouse, order, rules.RELEASED, "Released to the floor")


def stop(warehouse: Warehouse, order: Order, wish: Json) -> None:
    """A hold or a problem, by its code."""
    code = str(wish.get("code", "010303"))
    reason = str(wish.get("reason") or "Stopped by the staff")
    rules.move(warehouse, order, code, reason, variant=int(wish.get("variant", 1)))


def dispatch(warehouse: Warehouse, order: Order, wish: Json) -> None:
    """Put it on the schedule, with a label: nothing can be cancelled from now on."""
    rules.move(warehouse, order, "020201", "Postage acquired")
    rules.label(warehouse, order, str(wish.get("number", "")), str(wish.get("carrier", "UPS")))


def pick(warehouse: Warehouse, order: Order, wish: Json) -> None:
    rules.move(warehouse, order, "020801", "Being picked")


def void(warehouse: Warehouse, order: Order, wish: Json) -> None:
    """The label is gone, and no other is there yet."""
    rules.move(warehouse, order, "020301", "First label voided", variant=1)
    order.numbers = []


def relabel(warehouse: Warehouse, order: Order, wish: Json) -> None:
    """Another label in place of the first: the number that was seen before leads nowhere."""
    void(warehouse, order, wish)
    rules.label(warehouse, order, str(wish.get("number", "")), str(wish.get("carrier", "UPS")))
    rules.move(warehouse, order, "020601", "Label printed")


def hold_departure(warehouse: Warehouse, order: Order, wish: Json) -> None:
    rules.move(warehouse, order, "020301", "Asked to stop the parcel", variant=2)


def begin_again(warehouse: Warehouse, order: Order, wish: Json) -> None:
    """A new iteration: it has no label any more, and can be cancelled."""
    rules.move(warehouse, order, "010201", "Begun again")


def depart(warehouse: Warehouse, order: Order, wish: Json) -> None:
    rules.move(warehouse, order, "030201", "Handed to the carrier")


def ship_elsewhere(warehouse: Warehouse, order: Order, wish: Json) -> None:
    """A partner of the partner ships it: dispatch and departure are one."""
    if order.state != "02" and order.status.code != rules.RELEASED:
        raise errors.conflict("Only a released order can be shipped so")
    rules.label(warehouse, order, str(wish.get("number", "")), str(wish.get("carrier", "UPS")))
    rules.move(warehouse, order, rules.BY_PARTNER, "Shipped by partner", at_once=True)


def cancel(warehouse: Warehouse, order: Order, wish: Json) -> None:
    rules.move(warehouse, order, "050101", str(wish.get("reason") or "Cancelled by the staff"))


def test(warehouse: Warehouse, order: Order, wish: Json) -> None:
    rules.say(warehouse, order, "060101", "Test order")


def say(warehouse: Warehouse, order: Order, wish: Json) -> None:
    """Any code, also one that nobody has published."""
    reason = str(wish.get("reason") or "No reason given")
    rules.say(warehouse, order, str(wish["code"]), reason, variant=int(wish.get("variant", 1)))


def take_back(warehouse: Warehouse, order: Order, wish: Json) -> None:
    """The parcel came back; some of it may be sold again."""
    rules.move(warehouse, order, "040101", str(wish.get("reason") or "Refused by consignee"))
    restocked = int(wish.get("restocked", 10**6))
    lines = []
    for number, (sku, units) in enumerate(order.units.items(), 1):
        item = warehouse.items.get(sku)
        fit = min(units, restocked)
        restocked -= fit
        if item is not None:
            item.on_hand[order.warehouse_id] = item.on_hand.get(order.warehouse_id, 0) + fit
        lines.append(_line(number, sku, item.name if item else sku, units, fit))
    back = Return(
        next(warehouse.other_ids),
        order,
        lines,
        {"id": 3, "title": "Processed"},
        {"id": 2, "title": "Refused"},
        sender=order.asked["recipient"]["lastName"],
    )
    warehouse.returns.append(back)
    warehouse.effect("return", order, "staff", return_id=back.id)


def _line(number: int, sku: str, name: str, units: int, fit: int) -> Json:
    damaged = {"id": 4, "title": "Damaged"} if fit < units else None
    return {
        "id": number,
        "item": {"id": number, "sku": sku, "name": name},
        "quantityExpected": None,
        "quantityShipped": units,
        "quantityReturned": units,
        "quantityRestocked": fit,
        "nonRestockedReason": damaged,
        "comments": None,
    }


BUTTONS: dict[str, Callable[[Warehouse, Order, Json], None]] = {
    "approve": approve,
    "stop": stop,
    "release": release,
    "dispatch": dispatch,
    "pick": pick,
    "void": void,
    "relabel": relabel,
    "hold-departure": hold_departure,
    "begin-again": begin_again,
    "depart": depart,
    "ship-elsewhere": ship_elsewhere,
    "return": take_back,
    "cancel": cancel,
    "test": test,
    "say": say,
}
