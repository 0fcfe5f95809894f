"""Many calls at the same moment: one order, one cancellation, one return."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from api.models import ExpectedReturn, MerchantOrder
from fulfillment.models import FulfillmentOrder, Order
from inventory.models import Allocation
from tests.api.caller import Program, accept, body, breaches, open_program, order
from tests.api.test_oauth import Asking


@pytest.fixture
def program(transactional_db: None) -> Program:
    return open_program()


def at_once(number: int, call: Callable[[Program], Any], program: Program) -> list[Any]:
    """Call from so many threads, each with a connection of its own, all in the same moment."""
    answers: list[Any] = []
    start = threading.Barrier(number)

    def one() -> None:
        mine = Program(
            program.merchant,
            program.user,
            program.token,
            program.warehouse,
            Client(raise_request_exception=False),
        )
        start.wait(timeout=60)
        try:
            answers.append(call(mine))
        finally:
            connection.close()

    threads = [threading.Thread(target=one) for _ in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    assert len(answers) == number
    return answers


def test_twenty_equal_orders_make_one(program: Program) -> None:
    answers = at_once(20, lambda mine: mine.place(), program)
    [made] = [each for each in answers if each.status == 201]
    refused = [each for each in answers if each is not made]
    for each in refused:
        assert (each.status, each.said["context"]) == (409, {"id": made.said["id"]}), each.said
        assert not breaches("ErrorStandardWithContextV2", each.said)
    assert FulfillmentOrder.objects.count() == Order.objects.count() == 1
    assert MerchantOrder.objects.get().fulfillment_order_id == made.said["id"]
    assert MerchantOrder.objects.get().statuses.count() == 1


def test_different_orders_at_once_are_all_taken(program: Program) -> None:
    numbers = iter([f"NW-{n}" for n in range(12)])
    lock = threading.Lock()

    def place(mine: Program) -> Any:
        with lock:
            number = next(numbers)
        return mine.place(merchantOrderId=number)

    answers = at_once(12, place, program)
    assert [each.status for each in answers] == [201] * 12
    assert len({each.said["id"] for each in answers}) == 12


def test_many_cancellations_are_one(program: Program) -> None:
    row = program.placed()
    accept(row)
    assert Allocation.objects.exists()
    answers = at_once(8, lambda mine: mine.call("DELETE", f"orders/{row.pk}"), program)
    assert {each.status for each in answers} == {200}
    events = MerchantOrder.objects.get().statuses.all()
    assert [event.status.code for event in events].count("050101") == 1
    assert not Allocation.objects.exists()
    assert order(row.pk).lines.filter(open__gt=0).count() == 0


def test_many_equal_announcements_are_one(program: Program) -> None:
    sent = body("rma_request")
    sent.pop("merchantOrderId")
    answers = at_once(8, lambda mine: mine.call("PUT", "returns", sent), program)
    assert sorted(each.status for each in answers) == [201] + [202] * 7
    assert ExpectedReturn.objects.get().items.count() == 1


def test_tries_for_a_token_are_counted_together(program: Program, settings: Any) -> None:
    settings.API_LOGINS_PER_MINUTE = 3
    asking = Asking(program)
    wrong = asking.fields(password="wrong")

    def guess(mine: Program) -> Any:
        return mine.call("POST", "oauth/access_token", wrong, token="")

    answers = at_once(8, guess, program)
    assert sorted(each.status for each in answers) == [401] * 3 + [429] * 5
