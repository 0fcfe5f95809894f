"""Returns: what came back is in the stock once, and no more of it than has left."""

import uuid

import pytest
from django.db import IntegrityError, transaction

from fulfillment import returns
from fulfillment.models import FulfillmentOrder, Return, ReturnLine
from fulfillment.returns import Back
from inventory.models import Kind, StockLevel, StockMovement
from platforms.errors import Refusal
from tests.factories import LocationFactory, UserFactory
from tests.fulfillment.test_at_once import at_once
from tests.inventory import rows as goods
from tests.screens import rows


@pytest.fixture
def order(django_db_serialized_rollback: None, db: None) -> FulfillmentOrder:
    """Two tents and two mugs have left; only tents are counted."""
    place = LocationFactory(warehouse__name="Reno")
    goods.product(place.store.merchant, "MUG")
    assert place.warehouse
    goods.stock(place.warehouse, goods.product(place.store.merchant, "TENT"), 5)
    row = rows.accepted(place, skus=("TENT", "MUG", "SOFA"), units=2)
    FulfillmentOrder.objects.filter(pk=row.pk).update(work_status="shipped")
    row.lines.update(open=0, shipped=2)
    return row


def back(order: FulfillmentOrder, units: int, sku: str = "TENT", condition: str = "") -> object:
    line = order.lines.get(sku=sku)
    return {line.pk: Back(units, condition)}


def book(order: FulfillmentOrder, came: object, **more: object) -> Return:
    wishes = {"submission": uuid.uuid4(), "by": None} | more
    return returns.book(order.pk, came, **wishes)  # type: ignore[arg-type]


def tents() -> StockLevel:
    return StockLevel.objects.get(product__sku="TENT")


def test_units_that_came_back_are_in_the_stock_and_the_timeline(order: FulfillmentOrder) -> None:
    alva = UserFactory(username="alva")
    book(order, back(order, 1, condition="damaged"), by=alva, note="Torn.")
    assert (tents().on_hand, tents().damaged, tents().available) == (6, 1, 5)
    movement = StockMovement.objects.get(kind=Kind.RETURNED)
    assert (movement.cause_id, movement.by, movement.reason) == (order.pk, alva, "Torn.")
    event = order.events.get()
    assert (event.text, event.user) == ("Came back: 1 × TENT, damaged. Torn.", alva)


def test_a_form_that_is_sent_twice_is_one_return(
    transactional_db: None, order: FulfillmentOrder
) -> None:
    number = uuid.uuid4()

    def send() -> int:
        return book(order, back(order, 1), submission=number).pk

    assert len(set(at_once(send, send, send))) == 1
    assert tents().on_hand == 6
    assert order.events.count() == 1


def test_of_two_people_who_book_the_same_units_one_is_told(
    transactional_db: None, order: FulfillmentOrder
) -> None:
    def send() -> str:
        try:
            book(order, back(order, 2))
        except Refusal as refusal:
            return str(refusal)
        return ""

    words = "2 of TENT left, 2 of them came back before: 2 cannot come back."
    assert sorted(at_once(send, send)) == ["", words]
    assert tents().on_hand == 7


def test_more_than_left_comes_back_only_if_a_person_says_so(order: FulfillmentOrder) -> None:
    with pytest.raises(Refusal, match="2 of TENT left: 3 cannot come back"):
        book(order, back(order, 3))
    assert tents().on_hand == 5
    book(order, back(order, 3), more_than_shipped=True)
    assert tents().on_hand == 8


@pytest.mark.parametrize("sku", ["MUG", "SOFA"])
def test_what_is_not_counted_or_no_product_is_noted_and_not_booked(
    order: FulfillmentOrder, sku: str
) -> None:
    book(order, back(order, 1, sku))
    assert not ReturnLine.objects.get().booked
    assert not StockMovement.objects.filter(kind=Kind.RETURNED).exists()
    assert not StockLevel.objects.filter(product__sku=sku).exists()
    assert order.events.get().text.endswith(f"1 × {sku}, for sale; not booked in the stock.")


def test_without_a_warehouse_of_ours_nothing_is_booked(order: FulfillmentOrder) -> None:
    FulfillmentOrder.objects.filter(pk=order.pk).update(warehouse=None)
    book(order, back(order, 1))
    assert tents().on_hand == 5
    assert not ReturnLine.objects.get().booked


@pytest.mark.parametrize(
    ("units", "condition", "words"),
    [(0, "", "at least one"), (-1, "", "is that right"), (1, "eaten", "is that right")],
)
def test_odd_figures_are_refused(
    order: FulfillmentOrder, units: int, condition: str, words: str
) -> None:
    with pytest.raises(Refusal, match=words):
        book(order, back(order, units, condition=condition))
    assert not Return.objects.exists()


def test_nothing_comes_back_of_what_has_not_left(order: FulfillmentOrder) -> None:
    order.lines.update(open=2, shipped=0)
    with pytest.raises(Refusal, match="Nothing of it has left"):
        book(order, back(order, 1))


def test_a_line_of_another_order_is_refused(order: FulfillmentOrder) -> None:
    assert order.location
    other = rows.order(order.location)
    with pytest.raises(Refusal, match="not of this order"):
        book(order, back(other, 1, sku=other.lines.get().sku))


def test_the_database_keeps_a_line_once_in_a_return(order: FulfillmentOrder) -> None:
    whole = book(order, back(order, 1))
    line = order.lines.get(sku="TENT")
    for wrong in ({"quantity": 1, "line": line}, {"quantity": 0, "line": order.lines.last()}):
        with pytest.raises(IntegrityError), transaction.atomic():
            ReturnLine.objects.create(whole=whole, **wrong)
