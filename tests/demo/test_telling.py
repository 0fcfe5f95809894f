"""How a step is told: printed when it holds, and named with what was seen when it does not."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pytest

from demo.processes import Broken
from demo.seen import Ours, Placed
from demo.telling import Scene, Teller, Told
from platforms.errors import Refusal

ORDER = Placed("#7", "700")


@dataclass
class Theirs:
    """What a store shows."""

    happened: Mapping[str, int]

    def __str__(self) -> str:
        return "fulfilled"


@dataclass
class Store:
    """A store without a network."""

    happened: Mapping[str, int] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    page: str = "http://127.0.0.1:8029/"

    def look(self, placed: Placed) -> Theirs:
        return Theirs(self.happened)

    def complaints(self) -> list[str]:
        return self.faults


class Desk:
    """Our side, which hears of an order at the second look."""

    def __init__(self) -> None:
        self.looks = 0

    def look(self, placed: Placed) -> Ours:
        self.looks += 1
        return Ours() if self.looks < 2 else Ours("closed", "shipped", to_collect="495,000 VND")


def scene(said: list[str], patience: float = 5.0) -> Scene[Theirs]:
    return Scene(Teller(lambda: None, said.append, patience), ORDER, Desk(), Store())


def test_a_step_is_printed_when_it_holds_with_both_sides() -> None:
    said: list[str] = []
    scene(said).step("shipped", lambda ours, theirs: ours.stands_at == ("closed", "shipped"))
    assert said == [
        "  ✓ shipped",
        "      store: fulfilled   Crossdock: closed / shipped, 495,000 VND to collect",
    ]


def test_a_step_that_does_not_hold_is_named_with_what_was_seen() -> None:
    said: list[str] = []
    with pytest.raises(Broken) as broken:
        scene(said, 0.0).step("shipped", lambda ours, theirs: False)
    assert "Step “shipped” of order #7 was not confirmed within 0 seconds" in str(broken.value)
    assert "store:     fulfilled\n    Crossdock: not heard of" in str(broken.value)
    assert said == []


def test_what_our_side_refuses_is_said() -> None:
    def refuse() -> None:
        raise Refusal("It has left.")

    with pytest.raises(Broken, match="Step “shipped” of order #7 failed: It has left"):
        scene([]).step("shipped", lambda ours, theirs: True, refuse)


def test_what_happened_twice_at_a_store_is_no_good_end() -> None:
    Told(Store({"create": 1}), (ORDER,)).check()
    with pytest.raises(Broken, match="Order #7: “create” happened 2 times"):
        Told(Store({"place": 1, "create": 2}), (ORDER,)).check()


def test_what_a_store_finds_fault_with_is_no_good_end() -> None:
    with pytest.raises(Broken, match="finds fault with our calls: the body is not JSON"):
        Told(Store(faults=["the body is not JSON"]), (ORDER,)).check()
