"""A partner runs one of our buildings: what is accepted there is given to it, and it ships.

The merchant ordered through our API, and is told a tracking number only when it is final.
"""

from collections.abc import Callable

from demo.cast import NORTHWIND_AT_THE_PARTNER as NORTHWIND
from demo.desk import Desk
from demo.letting_in import let_in
from demo.seen import Ours, Placed
from demo.shops.own_api import Program
from demo.shops.partner import BEGINS_WITH, CREDENTIALS, Partner, Theirs
from demo.stage import Stage
from demo.telling import Scene, Teller, Told

Holds = Callable[[Ours, Theirs], bool]


def tell(stage: Stage, teller: Teller) -> Told:
    """Connect the partner and have it bring one order to its end. Raises Broken."""
    program, desk = Program(stage.place.url), Desk(NORTHWIND)
    partner = Partner(stage.place.sandbox_url, program)
    stage.connect_partner(
        NORTHWIND, CREDENTIALS, "--base-url", partner.api, "--begins-with", BEGINS_WITH,
        *("--option", f"token_url={partner.api}oauth/access_token"),
    )  # fmt: skip
    there = let_in()[NORTHWIND.building.name]
    order = teller.place("to be shipped by the partner", lambda: program.place(there))
    scene = Scene(teller, order, desk, partner)
    _is_given(scene, desk)
    _leaves(scene, desk, partner)
    return Told(partner, (order,))


def _asked(desk: Desk, order: Placed, holds: Holds) -> Holds:
    """The operator has the partner asked until it holds: we ask it every few minutes only."""

    def holds_now(ours: Ours, theirs: Theirs) -> bool:
        if holds(ours, theirs):
            return True
        desk.ask_partner(order)
        return False

    return holds_now


def _is_given(scene: Scene[Theirs], desk: Desk) -> None:
    scene.step(
        "placed by the program; request received",
        lambda ours, theirs: ours.stands_at == ("requested", "new") and not theirs.code,
    )
    scene.step(
        "accepted here",
        lambda ours, theirs: ours.request_status == "accepted",
        lambda: desk.accept(scene.order),
    )
    scene.step(
        "given to the partner",
        _asked(
            desk,
            scene.order,
            lambda ours, theirs: (
                ours.stands_at == ("accepted", "picking") and theirs.code.startswith("01")
            ),
        ),
    )


def _leaves(scene: Scene[Theirs], desk: Desk, partner: Partner) -> None:
    scene.step(
        "the partner has put a label on it: the program sees a number that may change",
        _asked(
            desk,
            scene.order,
            lambda ours, theirs: (
                bool(theirs.label)
                and theirs.merchant.tracking == theirs.label
                and not theirs.merchant.has_departed
            ),
        ),
        lambda: partner.press(scene.order, "approve", "release", "dispatch"),
    )
    scene.step(
        "the label was changed, and the parcel has left: the program sees the final number",
        _asked(
            desk,
            scene.order,
            lambda ours, theirs: (
                ours.work_status == "shipped"
                and theirs.code.startswith("03")
                and theirs.merchant.has_departed
                and theirs.merchant.tracking == theirs.label
            ),
        ),
        lambda: partner.press(scene.order, "relabel", "depart"),
    )
