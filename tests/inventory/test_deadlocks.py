"""A change that the database gave up to untangle two transactions is tried again."""

import threading
from collections.abc import Callable

import pytest
from django.db import OperationalError, transaction

from inventory import ledger
from inventory.deadlocks import is_deadlock, tried_again
from inventory.ledger import Move
from inventory.models import Kind, StockLevel
from tests.factories import ProductFactory, WarehouseFactory
from tests.fulfillment.test_at_once import at_once


@pytest.fixture
def levels(engine: None) -> list[int]:
    warehouse = WarehouseFactory()
    return [ledger.level_at(ProductFactory(), warehouse) for _ in range(2)]


def crossing(meet: threading.Barrier, first: int, second: int) -> Callable[[], None]:
    """Locks two levels one after the other, and the first time waits until both sides have one."""
    tries = []

    @transaction.atomic
    def change() -> None:
        tries.append(first)
        mine = ledger.lock([first])
        if len(tries) == 1:
            meet.wait(10)
        both = mine | ledger.lock([second])
        moves = [Move(pk, Kind.RECEIVED, {"on_hand": 1}) for pk in both]
        ledger.post(both, moves, by=None)

    return change


def test_of_two_changes_that_wait_for_each_other_both_are_made(levels: list[int]) -> None:
    meet = threading.Barrier(2)
    at_once(
        tried_again(crossing(meet, *levels)),
        tried_again(crossing(meet, *reversed(levels))),
    )
    assert [*StockLevel.objects.values_list("on_hand", "moves")] == [(2, 2), (2, 2)]


def test_inside_a_transaction_of_somebody_else_the_error_is_theirs(levels: list[int]) -> None:
    meet = threading.Barrier(2)
    seen: list[OperationalError] = []

    def inside(change: Callable[[], None]) -> Callable[[], None]:
        def act() -> None:
            try:
                with transaction.atomic():
                    tried_again(change)()
            except OperationalError as error:
                seen.append(error)

        return act

    at_once(
        inside(crossing(meet, *levels)),
        inside(crossing(meet, *reversed(levels))),
    )
    assert [is_deadlock(error) for error in seen] == [True]
    assert [*StockLevel.objects.values_list("on_hand", "moves")] == [(1, 1), (1, 1)]
