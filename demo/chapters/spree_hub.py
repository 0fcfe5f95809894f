"""Spree hub: we call nobody. It posts what to ship, asks what has left, and proves that it heard.

Our answer to what it posts is the acceptance, so nobody decides. It asks with the watermark of our
last answer: only who got that answer can know it.
"""

from secrets import token_hex

from demo.cast import ACME_GOODS
from demo.desk import Desk
from demo.shops.spree_hub import CREDENTIALS, LOCATION, STORE_ID, Shop, Theirs
from demo.stage import Stage
from demo.telling import Scene, Teller, Told

CARRIER = "ups"


def tell(stage: Stage, teller: Teller) -> Told:
    """Connect the hub and bring one shipment to its end. Raises Broken."""
    shop, desk = Shop(stage.place.sandbox_url), Desk(ACME_GOODS)
    wishes = ("--location", LOCATION, "--option", f"hub_store={STORE_ID}")
    stage.connect(ACME_GOODS, CREDENTIALS, *wishes)
    order = teller.place("posted by the hub, to be shipped", shop.place)
    scene = Scene(teller, order, desk, shop)
    _leaves(scene, desk)
    _is_asked_about(scene, desk, shop)
    return Told(shop, (order,))


def _leaves(scene: Scene[Theirs], desk: Desk) -> None:
    scene.step(
        "placed at the store; taken in our answer to the hub",
        lambda ours, theirs: (
            ours.stands_at == ("accepted", "allocated")
            and theirs.answered == (200,)
            and theirs.status == "ready"
        ),
    )
    scene.step(
        "picked and packed",
        lambda ours, theirs: ours.work_status == "packed" and theirs.status == "ready",
        lambda: desk.pick_and_pack(scene.order),
    )


def _is_asked_about(scene: Scene[Theirs], desk: Desk, shop: Shop) -> None:
    tracking_code = f"1Z{token_hex(8).upper()}"
    scene.step(
        "shipped; the store will ask",
        lambda ours, theirs: ours.work_status == "shipped",
        lambda: desk.ship(scene.order, CARRIER, tracking_code),
    )
    scene.step(
        f"the hub asks and is told: tracking {tracking_code} seen at the store",
        lambda ours, theirs: theirs.status == "shipped" and theirs.tracking == tracking_code,
        shop.let_it_ask,
    )
    scene.step(
        "the hub asks again, which proves that it has heard; both sides say the same",
        lambda ours, theirs: (
            ours.stands_at == ("closed", "shipped")
            and ours.confirmed == (tracking_code,)
            and theirs.status == "shipped"
            and theirs.happened.get("shipped") == 1
        ),
        shop.let_it_ask,
    )
