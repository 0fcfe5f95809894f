"""Receiving: what came is on hand once, whoever sends it how often, and more than announced too."""

import uuid

import pytest

from inventory import announcing, receiving
from inventory.models import Inbound, InboundState, Receipt, StockLevel, StockMovement
from inventory.receiving import Arrived, Returned
from platforms.errors import Refusal
from tests.factories import ProductFactory
from tests.fulfillment.test_at_once import at_once
from tests.inventory import rows
from tests.inventory.conftest import Yard


def came(inbound: Inbound, **units: int) -> dict[int, Arrived]:
    lines = {line.product.sku: line.pk for line in inbound.lines.select_related("product")}
    return {lines[sku]: Arrived(count) for sku, count in units.items()}


def test_a_form_that_is_sent_twice_is_one_receipt(yard: Yard) -> None:
    inbound = rows.inbound(yard.place, TENT=3)
    submission = uuid.uuid4()
    for _ in range(2):
        receiving.receive(inbound.pk, came(inbound, TENT=2), submission=submission, by=None)
    assert rows.on_hand(yard.reno, yard.tent) == 2
    assert Receipt.objects.count() == 1


def test_the_same_form_on_two_connections_is_one_receipt(
    transactional_db: None, yard: Yard
) -> None:
    inbound = rows.inbound(yard.place, TENT=3)
    submission = uuid.uuid4()

    def send() -> int:
        return receiving.receive(
            inbound.pk, came(inbound, TENT=2), submission=submission, by=None
        ).pk

    assert len(set(at_once(send, send, send))) == 1
    assert rows.on_hand(yard.reno, yard.tent) == 2


def test_two_people_who_receive_at_once_lose_no_unit(transactional_db: None, yard: Yard) -> None:
    inbound = rows.inbound(yard.place, TENT=10, MUG=10)

    def send() -> None:
        receiving.receive(
            inbound.pk, came(inbound, TENT=1, MUG=2), submission=uuid.uuid4(), by=None
        )

    at_once(*[send] * 4)
    assert (rows.on_hand(yard.reno, yard.tent), rows.on_hand(yard.reno, yard.mug)) == (4, 8)
    assert inbound.units() == (20, 12)


def test_what_nobody_announced_gets_a_line(yard: Yard) -> None:
    inbound = rows.inbound(yard.place, TENT=1)
    receiving.receive(
        inbound.pk,
        came(inbound, TENT=1),
        unexpected={yard.mug.pk: Arrived(2, damaged=1)},
        submission=uuid.uuid4(),
        by=None,
    )
    line = inbound.lines.get(product=yard.mug)
    assert (line.expected, line.received, line.damaged) == (0, 2, 1)
    level = StockLevel.objects.get(product=yard.mug, warehouse=yard.reno)
    assert (level.on_hand, level.available) == (2, 1)
    inbound.refresh_from_db()
    assert inbound.state == InboundState.CLOSED, "all that was announced has come"


def test_a_product_of_another_merchant_is_refused(yard: Yard) -> None:
    inbound = rows.inbound(yard.place, TENT=1)
    with pytest.raises(Refusal, match=r"not Merchant .*’s"):
        receiving.receive(
            inbound.pk,
            {},
            unexpected={ProductFactory().pk: Arrived(1)},
            submission=uuid.uuid4(),
            by=None,
        )
    assert not StockMovement.objects.exists()
    assert inbound.lines.count() == 1


@pytest.mark.parametrize(
    ("each", "words"),
    [
        (Arrived(0), "at least one"),
        (Arrived(1, damaged=2), "2 are damaged"),
        (Arrived(-1), "are damaged"),
    ],
)
def test_odd_figures_are_refused_in_words(yard: Yard, each: Arrived, words: str) -> None:
    inbound = rows.inbound(yard.place, TENT=1)
    [line] = inbound.lines.all()
    with pytest.raises(Refusal, match=words):
        receiving.receive(inbound.pk, {line.pk: each}, submission=uuid.uuid4(), by=None)
    assert not Receipt.objects.exists()


def test_a_closed_inbound_takes_more_when_it_is_opened_again(yard: Yard) -> None:
    inbound = rows.received(rows.inbound(yard.place, TENT=1))
    with pytest.raises(Refusal, match="Open it again first"):
        rows.received(inbound)
    receiving.reopen(inbound.pk, by=None)
    rows.received(inbound)
    assert rows.on_hand(yard.reno, yard.tent) == 2


def test_what_was_announced_stays_as_it_is_once_something_came(yard: Yard) -> None:
    inbound = rows.received(rows.inbound(yard.place, TENT=3), 1)
    with pytest.raises(Refusal, match="stays as it is"):
        announcing.change(inbound, {yard.tent: 9})
    assert inbound.units() == (3, 1)


def test_a_reference_is_announced_once(transactional_db: None, yard: Yard) -> None:
    def announce() -> str:
        row = Inbound(merchant=yard.merchant, warehouse=yard.reno, reference="PO-1")
        try:
            announcing.announce(row, {yard.tent: 1}, by=None)
        except Refusal as refusal:
            return str(refusal)
        return ""

    assert sorted(at_once(announce, announce)) == ["", announcing.TWICE]
    assert Inbound.objects.get().units() == (1, 0)


def test_what_comes_back_is_for_sale_damaged_or_in_quarantine(yard: Yard) -> None:
    receiving.take_back(
        yard.reno,
        [
            Returned(yard.tent, 2),
            Returned(yard.tent, 1, "damaged"),
            Returned(yard.mug, 1, "quarantine"),
        ],
        reason="Too small",
        by=None,
    )
    tent = StockLevel.objects.get(product=yard.tent)
    mug = StockLevel.objects.get(product=yard.mug)
    assert (tent.on_hand, tent.damaged, tent.available) == (3, 1, 2)
    assert (mug.on_hand, mug.quarantine, mug.available) == (1, 1, 0)
