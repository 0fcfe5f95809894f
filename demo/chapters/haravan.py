"""Haravan: it rings when an order changes, and waits for no answer; the carrier collects the money.

What we decide counts here only. When the parcel leaves, the shop gets one fulfillment.
"""

from secrets import token_hex

from demo.cast import GOM_MAY
from demo.desk import Desk
from demo.shops.haravan import CREDENTIALS, LOCATION, Shop, Theirs
from demo.stage import Stage
from demo.telling import Scene, Teller, Told

CARRIER = "ghn"


def tell(stage: Stage, teller: Teller) -> Told:
    """Connect the shop and bring one order to its end. Raises Broken."""
    shop, desk = Shop(stage.place.sandbox_url), Desk(GOM_MAY)
    stage.connect(
        GOM_MAY, CREDENTIALS, "--base-url", shop.api, "--location", LOCATION,
        *("--option", f"org_id={shop.organisation()}"),
    )  # fmt: skip
    shop.register(desk.addresses()["webhook"])
    order = teller.place("paid on delivery, to be shipped", shop.place)
    scene = Scene(teller, order, desk, shop)
    _is_taken(scene, desk)
    _leaves(scene, desk)
    return Told(shop, (order,))


def _is_taken(scene: Scene[Theirs], desk: Desk) -> None:
    scene.step(
        "placed at the store; its signed message received, and the amount to collect",
        lambda ours, theirs: (
            ours.stands_at == ("requested", "new")
            and ours.suggestion == "accept"
            and ours.to_collect == theirs.to_collect != ""
            and theirs.answered == (200,)
            and theirs.status == "notfulfilled"
        ),
    )
    scene.step(
        "accepted; the store waits for no answer",
        lambda ours, theirs: (
            ours.stands_at == ("accepted", "allocated") and not ours.untold and not theirs.parcels
        ),
        lambda: desk.accept(scene.order),
    )


def _leaves(scene: Scene[Theirs], desk: Desk) -> None:
    tracking_code = f"GHN{token_hex(5).upper()}"
    scene.step(
        f"shipped: one fulfillment with tracking {tracking_code} at the store",
        lambda ours, theirs: (
            ours.confirmed == (tracking_code,) and theirs.parcels == ((tracking_code,),)
        ),
        lambda: desk.ship(scene.order, CARRIER, tracking_code),
    )
    scene.step(
        "fulfilled, both sides say",
        lambda ours, theirs: (
            ours.stands_at == ("closed", "shipped")
            and not ours.untold
            and theirs.status == "fulfilled"
        ),
    )
