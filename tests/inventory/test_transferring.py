"""Transfers: out of one warehouse once, into the other once, each by who works there."""

import uuid

import pytest
from django.db import IntegrityError, transaction

from inventory import transferring
from inventory.models import StockLevel, Transfer, TransferLine, TransferState
from platforms.errors import Refusal
from tests.factories import ProductFactory, member
from tests.fulfillment.test_at_once import at_once
from tests.inventory import rows
from tests.inventory.conftest import Yard


def draft(yard: Yard, units: int = 4) -> Transfer:
    rows.stock(yard.reno, yard.tent, 10)
    return rows.transfer(yard.reno, yard.erie, (yard.tent, units))


def stands(yard: Yard) -> tuple[int, int]:
    return rows.on_hand(yard.reno, yard.tent), rows.on_hand(yard.erie, yard.tent)


def test_units_on_the_way_are_in_no_warehouse(yard: Yard) -> None:
    transfer = rows.sent(draft(yard))
    assert stands(yard) == (6, 0)
    [line] = transfer.lines.all()
    transferring.receive(transfer.pk, {line.pk: 3}, by=None)
    assert stands(yard) == (6, 3)
    assert TransferLine.objects.get().received == 3


def test_it_is_sent_once_and_arrives_once(transactional_db: None, yard: Yard) -> None:
    transfer = draft(yard)

    def send() -> str:
        return words_of(lambda: transferring.send(transfer.pk, by=None))

    assert sorted(at_once(send, send))[0] == ""
    assert stands(yard) == (6, 0)
    [line] = transfer.lines.all()

    def receive() -> str:
        return words_of(lambda: transferring.receive(transfer.pk, {line.pk: 4}, by=None))

    assert sorted(at_once(receive, receive)) == ["", "The transfer stands at “Arrived”."]
    assert stands(yard) == (6, 4)


def words_of(act: object) -> str:
    try:
        act()  # type: ignore[operator]
    except Refusal as refusal:
        return str(refusal)
    return ""


def test_two_transfers_do_not_take_the_same_units(transactional_db: None, yard: Yard) -> None:
    one, two = draft(yard, 7), rows.transfer(yard.reno, yard.erie, (yard.tent, 7))
    words = at_once(
        lambda: words_of(lambda: transferring.send(one.pk, by=None)),
        lambda: words_of(lambda: transferring.send(two.pk, by=None)),
    )
    assert sorted(words)[0] == ""
    assert sorted(words)[1].startswith("Only 3 of TENT can leave Reno")
    assert rows.on_hand(yard.reno, yard.tent) == 3


def test_crossing_transfers_do_not_block_each_other(transactional_db: None, yard: Yard) -> None:
    for place in (yard.reno, yard.erie):
        for item in (yard.tent, yard.mug):
            rows.stock(place, item, 10)
    there = rows.transfer(yard.reno, yard.erie, (yard.tent, 1), (yard.mug, 1))
    back = rows.transfer(yard.erie, yard.reno, (yard.mug, 1), (yard.tent, 1))
    at_once(
        lambda: transferring.send(there.pk, by=None), lambda: transferring.send(back.pk, by=None)
    )
    assert {level.on_hand for level in StockLevel.objects.all()} == {9}


def test_only_who_works_at_an_end_acts_there(yard: Yard) -> None:
    transfer = draft(yard)
    here, there = member("shipper", yard.reno), member("shipper", yard.erie)
    for act in (transferring.send, transferring.cancel):
        assert words_of(lambda act=act: act(transfer.pk, by=there)) == (  # type: ignore[misc]
            "Only who works in Reno does that."
        )
    transferring.send(transfer.pk, by=here)
    [line] = transfer.lines.all()
    words = words_of(lambda: transferring.receive(transfer.pk, {line.pk: 4}, by=here))
    assert words == "Only who works in Erie does that."
    transferring.receive(transfer.pk, {line.pk: 4}, by=there)
    assert stands(yard) == (6, 4)


def test_no_more_arrives_than_was_sent(yard: Yard) -> None:
    transfer = rows.sent(draft(yard))
    [line] = transfer.lines.all()
    for units in (5, -1):
        with pytest.raises(Refusal, match="4 of TENT were sent"):
            transferring.receive(transfer.pk, {line.pk: units}, by=None)
    assert stands(yard) == (6, 0)


def test_a_form_that_is_sent_twice_writes_one_transfer(transactional_db: None, yard: Yard) -> None:
    number = uuid.uuid4()

    def write() -> int:
        row = Transfer(
            merchant=yard.merchant, source=yard.reno, target=yard.erie, submission=number
        )
        return transferring.write(row, {yard.tent: 2}, by=None).pk

    assert len(set(at_once(write, write))) == 1
    assert TransferLine.objects.count() == 1


def test_what_was_sent_or_is_not_theirs_is_not_written(yard: Yard) -> None:
    transfer = rows.sent(draft(yard))
    with pytest.raises(Refusal, match="On its way"):
        transferring.write(transfer, {yard.tent: 1}, by=None)
    new = Transfer(merchant=yard.merchant, source=yard.reno, target=yard.erie)
    with pytest.raises(Refusal, match="another merchant"):
        transferring.write(new, {ProductFactory(): 1}, by=None)
    with pytest.raises(Refusal, match="Say which products go"):
        transferring.write(new, {}, by=None)


def test_what_was_given_up_is_not_sent(yard: Yard) -> None:
    transfer = draft(yard)
    transferring.cancel(transfer.pk, by=None)
    assert words_of(lambda: transferring.send(transfer.pk, by=None)) == (
        "The transfer stands at “Given up”."
    )
    transfer.refresh_from_db()
    assert transfer.state == TransferState.CANCELLED


def test_the_database_keeps_its_ends_apart_and_its_lines_whole(yard: Yard) -> None:
    transfer = draft(yard)
    wrong = [
        lambda: Transfer.objects.filter(pk=transfer.pk).update(target=yard.reno),
        lambda: transfer.lines.update(quantity=0),
        lambda: transfer.lines.update(received=5),
    ]
    for change in wrong:
        with pytest.raises(IntegrityError), transaction.atomic():
            change()
