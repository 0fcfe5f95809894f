"""Our API: a merchant's program places an order with us, and asks how it stands.

It is an order like any other: somebody decides, picks, packs and ships.
"""

from secrets import token_hex

from demo.cast import NORTHWIND
from demo.desk import Desk
from demo.letting_in import let_in
from demo.shops.own_api import Program, Theirs
from demo.stage import Stage
from demo.telling import Scene, Teller, Told

CARRIER = "ups"


def tell(stage: Stage, teller: Teller) -> Told:
    """Let the program in and bring one order to its end. Raises Broken."""
    stage.say(f"\nLetting in the program of {NORTHWIND.merchant}, as docs/how-to/serve-the-api.md")
    here = let_in()[NORTHWIND.building.name]
    program, desk = Program(stage.place.url), Desk(NORTHWIND)
    order = teller.place("placed through our API, to be shipped", lambda: program.place(here))
    scene = Scene(teller, order, desk, program)
    _is_promised(scene, desk)
    _leaves(scene, desk)
    return Told(program, (order,))


def _is_promised(scene: Scene[Theirs], desk: Desk) -> None:
    scene.step(
        "placed by the program; request received",
        lambda ours, theirs: (
            ours.stands_at == ("requested", "new")
            and ours.suggestion == "accept"
            and theirs.code.startswith("01")
        ),
    )
    scene.step(
        "accepted; it can still be cancelled",
        lambda ours, theirs: (
            ours.stands_at == ("accepted", "allocated") and not theirs.is_dispatched
        ),
        lambda: desk.accept(scene.order),
    )


def _leaves(scene: Scene[Theirs], desk: Desk) -> None:
    scene.step(
        "picked and packed; the program sees that it is too late to cancel",
        lambda ours, theirs: (
            ours.work_status == "packed" and theirs.is_dispatched and theirs.code.startswith("02")
        ),
        lambda: desk.pick_and_pack(scene.order),
    )
    tracking_code = f"1Z{token_hex(8).upper()}"
    scene.step(
        f"shipped: the program sees tracking {tracking_code}",
        lambda ours, theirs: (
            ours.work_status == "shipped"
            and theirs.has_departed
            and theirs.code.startswith("03")
            and theirs.tracking == (tracking_code,)
        ),
        lambda: desk.ship(scene.order, CARRIER, tracking_code),
    )
