"""What a visitor does: as the shopper, as the merchant, and as the clock of the hub."""

from collections.abc import Callable
from dataclasses import fields

from sandbox.refusals import BadWish
from sandbox.spree_hub import calling, envelopes
from sandbox.spree_hub.state import ADDRESS, FAULTS, Fault, Hub, Json, Sent, Settings, Shipment

ADD = {1: "drop_ship", 2: "add_shipment"}
POLLS = {"shipments": "get_shipments", "stock": "get_inventory"}


def place(hub: Hub, wish: Json) -> Json:
    """Place an order: one shipment for each list of items. It is sent, unless not wanted."""
    lists = wish.get("shipments") or [
        wish.get("items") or [{"sku": "TOTE-NAT-01", "quantity": 2}, {"sku": "MUG-BLU-35"}]
    ]
    order_number = hub.number("R")
    placed = []
    for items in lists:
        shipment = Shipment(
            hub.number("H"),
            order_number,
            envelopes.units(items),
            {**ADDRESS, **(wish.get("address") or {})},
            status=wish.get("status", "ready"),
        )
        hub.shipments[shipment.number] = shipment
        placed.append(shipment)
    sent = []
    if wish.get("send", True) and hub.settings.base_url:
        sent = [calling.send(hub, ADD[hub.settings.generation], each) for each in placed]
    return {
        "order_number": order_number,
        "shipments": [each.number for each in placed],
        "sent": [each.as_json() for each in sent],
    }


def press(hub: Hub, wish: Json) -> Json:
    """Press one of a shipment's buttons."""
    shipment = hub.shipments.get(str(wish.get("number")))
    button = BUTTONS.get(str(wish.get("action")))
    if shipment is None or button is None:
        raise BadWish(f"There is no such shipment, or no such button: {', '.join(BUTTONS)}.")
    return button(hub, shipment, wish).as_json()


def _add(hub: Hub, shipment: Shipment, wish: Json) -> Sent:
    return calling.send(
        hub, wish.get("path") or ADD[hub.settings.generation], shipment, wish.get("id", "")
    )


def _update(hub: Hub, shipment: Shipment, wish: Json) -> Sent:
    """The merchant changes the address or the items before it has left."""
    with hub.lock:
        shipment.address = {**shipment.address, **(wish.get("address") or {})}
        if wish.get("items"):
            shipment.units = envelopes.units(wish["items"])
        shipment.touch()
    return calling.send(hub, "update_shipment", shipment)


def _cancel(hub: Hub, shipment: Shipment, wish: Json) -> Sent:
    """The merchant takes it back; the shop marks it when the warehouse agrees."""
    return calling.send(hub, "cancel_shipment", shipment)


BUTTONS: dict[str, Callable[[Hub, Shipment, Json], Sent]] = {
    "send": _add,
    "update": _update,
    "cancel": _cancel,
}


def poll(hub: Hub, wish: Json) -> Json:
    """Let the hub's clock strike: it asks for shipments, or for stock."""
    path = POLLS.get(str(wish.get("what", "shipments")))
    if path is None:
        raise BadWish(f"It asks for {' or '.join(POLLS)}.")
    return {"sent": [each.as_json() for each in calling.poll(hub, path)]}


def retry(hub: Hub, wish: Json) -> Json:
    """Send again what failed."""
    return {"sent": [each.as_json() for each in calling.retry(hub)]}


def add_fault(hub: Hub, wish: Json) -> Json:
    """Let the next calls go wrong."""
    if wish.get("kind") not in FAULTS:
        raise BadWish(f"A fault is one of {', '.join(FAULTS)}.")
    hub.faults.append(Fault(str(wish["kind"]), int(wish.get("times") or 1)))
    return {"faults": [vars(each) for each in hub.faults]}


def change_settings(hub: Hub, wish: Json) -> Json:
    """Change where the provider is, and how the hub speaks."""
    unknown = set(wish) - {each.name for each in fields(Settings)}
    if unknown:
        raise BadWish(f"There is no setting {sorted(unknown)[0]!r}.")
    for name, value in wish.items():
        setattr(hub.settings, name, value)
    return {"settings": {**vars(hub.settings), "token": "(not shown)"}}


def tick(hub: Hub) -> None:
    """All that an hour brings: retries, and both polls."""
    calling.retry(hub)
    for path in POLLS.values():
        calling.poll(hub, path)
