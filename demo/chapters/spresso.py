"""Spresso: it announces an order once, and is told step by step what becomes of it.

It answers no question. What it is told of parcels mails the customer, and the final count charges
them: so each of it is told once. See docs/how-to/connect-a-spresso-store.md.
"""

from secrets import token_hex

from demo.cast import HARBOR_GOODS
from demo.desk import Desk
from demo.shops.spresso import CREDENTIALS, LOCATION, Shop, Theirs
from demo.stage import Stage
from demo.telling import Scene, Teller, Told

CARRIER = "ups"


def tell(stage: Stage, teller: Teller) -> Told:
    """Connect the store and bring one order to its end. Raises Broken."""
    shop, desk = Shop(stage.place.sandbox_url), Desk(HARBOR_GOODS)
    stage.connect(
        HARBOR_GOODS, CREDENTIALS, "--base-url", shop.api, "--location", LOCATION,
        *("--tell-tracking", "--option", f"token_url={shop.token_url}"),
    )  # fmt: skip
    shop.register(**desk.addresses())
    order = teller.place("to be shipped, delivered and paid for", shop.place)
    scene = Scene(teller, order, desk, shop)
    _is_worked_on(scene, desk)
    _leaves(scene, desk)
    return Told(shop, (order,))


def _is_worked_on(scene: Scene[Theirs], desk: Desk) -> None:
    scene.step(
        "placed at the store; its signed message received",
        lambda ours, theirs: (
            ours.stands_at == ("requested", "new")
            and ours.suggestion == "accept"
            and theirs.answered == (200,)
            and theirs.status == "order_placed"
        ),
    )
    scene.step(
        "accepted; the store knows that we have it",
        lambda ours, theirs: (
            ours.stands_at == ("accepted", "allocated") and theirs.status == "received_by_fulfiller"
        ),
        lambda: desk.accept(scene.order),
    )
    scene.step(
        "picked and packed; the store follows",
        lambda ours, theirs: (
            ours.work_status == "packed"
            and not ours.untold
            and theirs.status == "preparing_items_complete"
        ),
        lambda: desk.pick_and_pack(scene.order),
    )


def _leaves(scene: Scene[Theirs], desk: Desk) -> None:
    tracking_code = f"1Z{token_hex(8).upper()}"
    scene.step(
        f"shipped: tracking {tracking_code} seen at the store, the customer has a mail",
        lambda ours, theirs: (
            ours.work_status == "shipped"
            and ours.confirmed == (tracking_code,)
            and theirs.parcels == {tracking_code: "shipped"}
            and theirs.mails == ("shipped",)
        ),
        lambda: desk.ship(scene.order, CARRIER, tracking_code),
    )
    scene.step(
        "the final count is told: the customer is charged for what left",
        lambda ours, theirs: (
            ours.stands_at == ("closed", "shipped")
            and not ours.untold
            and theirs.status == "in_transit"
            and theirs.charged == ours.left
        ),
    )
    scene.step(
        "delivered, says the carrier; the store knows, and its customer has the other mail",
        lambda ours, theirs: (
            ours.arrived
            and not ours.untold
            and theirs.status == "delivered"
            and theirs.parcels == {tracking_code: "delivered"}
            and theirs.mails == ("shipped", "delivered")
        ),
        lambda: desk.hear_of_delivery(scene.order),
    )
