"""29 Next: one order is shipped, one rejected, one cancelled; and its stock follows ours.

Every answer is given at the store, which shows what we said.
"""

import time
from dataclasses import dataclass
from secrets import token_hex

from demo.cast import ACME_OUTDOORS
from demo.desk import Desk
from demo.processes import Broken
from demo.shops.next29 import NOWHERE, TOKEN, Shop, Theirs
from demo.stage import Stage
from demo.telling import Scene, Teller, Told

SKUS = ("TENT-2P-GRN", "STAKE-8PK")
# What the store believes before we have told it.
IN_STOCK_THERE = 10
CARRIER = "usps"


def tell(stage: Stage, teller: Teller) -> Told:
    """Connect the store and tell the main job. Raises Broken."""
    shop = Shop(stage.place.sandbox_url)
    wishes = ("--base-url", shop.api, "--cancellations", "by_hand", "--stock", "sellable")
    stage.connect(ACME_OUTDOORS, TOKEN, *wishes)
    return Story(Desk(ACME_OUTDOORS), shop, teller).tell()


@dataclass(frozen=True, slots=True)
class Story:
    """Tells the main job: one order shipped, one rejected, one cancelled."""

    desk: Desk
    shop: Shop
    teller: Teller

    def tell(self) -> Told:
        """Tell all of it. Raises Broken that names the step and what was seen."""
        self._stock_is_told()
        scenes = (self._one_is_shipped(), self._one_is_rejected(), self._one_is_cancelled())
        return Told(self.shop, tuple(scene.order for scene in scenes))

    def _stock_is_told(self) -> None:
        self.teller.say("\nStock: what lies in the warehouse is what shoppers can buy")
        self.shop.put_in_stock(SKUS, IN_STOCK_THERE)
        self.desk.read_stock()
        self._same_stock("the store is told what is there")

    def _same_stock(self, name: str) -> None:
        """Look at both sides until they say the same. Raises Broken when they do not."""
        deadline = time.monotonic() + self.teller.patience
        while (there := self._there()) != (here := self._here()):
            if time.monotonic() > deadline:
                raise Broken(f"Step “{name}” failed: the store says {there}, Crossdock {here}.")
            self.teller.pause()
        self.teller.say(f"  ✓ {name}")
        for sku in SKUS:
            self.teller.say(f"      {sku}: store {there[sku]}, Crossdock {here[sku]}")

    def _there(self) -> dict[str, int | None]:
        return {sku: self.shop.in_stock(sku) for sku in SKUS}

    def _here(self) -> dict[str, int | None]:
        return {sku: self.desk.in_stock(sku) for sku in SKUS}

    def _one_is_shipped(self) -> Scene[Theirs]:
        scene = self._placed("to be shipped")
        scene.step(
            "triaged: nothing wrong with it",
            lambda ours, theirs: ours.suggestion == "accept" and not ours.problems,
        )
        self._accepted(scene)
        tracking_code = f"9400{token_hex(9).upper()}"
        scene.step(
            "shipped",
            lambda ours, theirs: ours.work_status == "shipped" and theirs.status == "closed",
            lambda: self.desk.ship(scene.order, CARRIER, tracking_code),
        )
        scene.step(
            f"tracking {tracking_code} seen at the store",
            lambda ours, theirs: (
                ours.confirmed == theirs.tracking_codes == (tracking_code,)
                and ours.stands_at == ("closed", "shipped")
            ),
        )
        self._same_stock("the store’s stock follows")
        return scene

    def _one_is_rejected(self) -> Scene[Theirs]:
        scene = self._placed("a bad address, to be rejected", shipping_address=NOWHERE)
        scene.step(
            "triaged: the address is incomplete",
            lambda ours, theirs: ours.suggestion == "reject" and bool(ours.problems),
        )
        scene.step(
            "rejected",
            lambda ours, theirs: (
                ours.stands_at == ("rejected", "new") and theirs.stands_at == ("open", "rejected")
            ),
            lambda: self.desk.reject(scene.order),
        )
        return scene

    def _one_is_cancelled(self) -> Scene[Theirs]:
        scene = self._placed("to be cancelled before it is picked")
        self._accepted(scene)
        scene.step(
            "the merchant asks to cancel; the request received",
            lambda ours, theirs: ours.request_status == theirs.request_status == "cancel_requested",
            lambda: self.shop.ask_to_cancel(scene.order, "The shopper changed their mind."),
        )
        scene.step(
            "cancellation accepted",
            lambda ours, theirs: (
                ours.stands_at == ("cancel_accepted", "cancelled")
                and theirs.stands_at == ("canceled", "cancel_accepted")
            ),
            lambda: self.desk.accept_cancellation(scene.order),
        )
        return scene

    def _placed(self, what: str, **wishes: object) -> Scene[Theirs]:
        order = self.teller.place(what, lambda: self.shop.place(**wishes))
        scene = Scene(self.teller, order, self.desk, self.shop)
        scene.step(
            "placed at the store; request received",
            lambda ours, theirs: (
                ours.stands_at == ("requested", "new") and theirs.stands_at == ("open", "requested")
            ),
        )
        return scene

    def _accepted(self, scene: Scene[Theirs]) -> None:
        scene.step(
            "accepted",
            lambda ours, theirs: (
                ours.stands_at == ("accepted", "allocated")
                and theirs.stands_at == ("processing", "accepted")
            ),
            lambda: self.desk.accept(scene.order),
        )
