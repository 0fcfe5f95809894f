"""What a person changes by hand: figures that are seen, differences that count once, reasons."""

from typing import Any

import pytest
from django.contrib.auth.models import User

from inventory import adjusting
from inventory.models import Kind, Product, StockLevel
from platforms.errors import Refusal
from tests.factories import ProductFactory, UserFactory, WarehouseFactory, stock

pytestmark = pytest.mark.django_db


@pytest.fixture
def level() -> StockLevel:
    return stock(ProductFactory(sku="TENT"), WarehouseFactory(name="Reno"), 10)


@pytest.fixture
def person() -> User:
    user: User = UserFactory(username="dana")
    return user


def words(level: StockLevel, person: User, **more: Any) -> dict[str, Any]:
    return {"level_id": level.pk, "reason": "Found", "seen": level.moves, "by": person, **more}


def test_a_figure_is_set_with_its_reason(level: StockLevel, person: User) -> None:
    adjusting.set_on_hand(**words(level, person, figure=47))
    level.refresh_from_db()
    assert level.on_hand == 47
    movement = level.movements.first()
    assert movement
    assert (movement.kind, movement.on_hand, movement.on_hand_before) == (Kind.ADJUSTED, 37, 10)
    assert (movement.reason, movement.by) == ("Found", person)


def test_a_figure_is_not_set_when_anything_moved_since_it_was_seen(
    level: StockLevel, person: User
) -> None:
    stock(level.product, level.warehouse, 12)
    with pytest.raises(Refusal, match="It has changed since you opened the page"):
        adjusting.set_on_hand(**words(level, person, figure=47))
    level.refresh_from_db()
    assert level.on_hand == 12


def test_a_difference_counts_also_when_something_else_moved(
    level: StockLevel, person: User
) -> None:
    stock(level.product, level.warehouse, 12)
    adjusting.change_on_hand(**words(level, person, units=-2))
    level.refresh_from_db()
    assert level.on_hand == 10


def test_a_page_that_is_sent_twice_counts_once(level: StockLevel, person: User) -> None:
    for use_case, more in (
        (adjusting.change_on_hand, {"units": 3}),
        (adjusting.set_aside, {"where": "damaged", "units": 2}),
        (adjusting.put_back, {"where": "damaged", "units": 1}),
    ):
        level.refresh_from_db()
        use_case(**words(level, person, **more))
        with pytest.raises(Refusal, match="This has been booked already"):
            use_case(**words(level, person, **more))
    level.refresh_from_db()
    assert (level.on_hand, level.damaged, level.available) == (13, 1, 12)


def test_what_is_set_aside_is_no_longer_for_sale_and_can_be_put_back(
    level: StockLevel, person: User
) -> None:
    for where in adjusting.ASIDE:
        level.refresh_from_db()
        adjusting.set_aside(**words(level, person, where=where, units=2))
    level.refresh_from_db()
    assert (level.on_hand, level.available) == (10, 4)
    adjusting.put_back(**words(level, person, where="quarantine", units=2))
    level.refresh_from_db()
    assert (level.quarantine, level.available) == (0, 6)


def test_more_than_is_there_is_neither_taken_nor_set_aside_nor_put_back(
    level: StockLevel, person: User
) -> None:
    with pytest.raises(Refusal, match="Only 10 of TENT are on hand in Reno"):
        adjusting.change_on_hand(**words(level, person, units=-11))
    with pytest.raises(Refusal, match="Only 10 lie there that are not set aside yet"):
        adjusting.set_aside(**words(level, person, where="damaged", units=11))
    with pytest.raises(Refusal, match="Only 0 of TENT are damaged in Reno"):
        adjusting.put_back(**words(level, person, where="damaged", units=1))
    level.refresh_from_db()
    assert level.moves == 1


@pytest.mark.parametrize(
    ("use_case", "more"),
    [
        (adjusting.set_on_hand, {"figure": 1}),
        (adjusting.change_on_hand, {"units": 1}),
        (adjusting.set_aside, {"where": "safety", "units": 1}),
        (adjusting.set_buffer, {"units": 1}),
    ],
)
def test_nothing_happens_without_a_reason(
    level: StockLevel, person: User, use_case: Any, more: dict[str, Any]
) -> None:
    with pytest.raises(Refusal, match="Say why"):
        use_case(**words(level, person, **more, reason=" "))


def test_a_buffer_is_set_and_somebody_elses_is_not_overwritten(
    level: StockLevel, person: User
) -> None:
    seen = words(level, person)
    adjusting.set_buffer(**seen, units=3)
    with pytest.raises(Refusal, match="It has changed since you opened the page"):
        adjusting.set_buffer(**seen, units=5)
    with pytest.raises(Refusal, match="The buffer is 3 already"):
        adjusting.set_buffer(**seen, units=3)
    level.refresh_from_db()
    assert (level.buffer, level.available) == (3, 7)


def enter(product: Product, person: User, figure: int, where: str = "Reno") -> None:
    warehouse = adjusting.Warehouse.objects.filter(name=where).first()
    adjusting.enter(
        product=product,
        warehouse=warehouse or WarehouseFactory(name=where),
        figure=figure,
        reason="First count",
        by=person,
    )


def test_stock_begins_with_what_a_person_enters_once(person: User) -> None:
    product = ProductFactory()
    enter(product, person, 5)
    with pytest.raises(Refusal, match="Its stock in Reno is counted already"):
        enter(product, person, 7)
    product.refresh_from_db()
    assert product.counted
    assert [level.on_hand for level in product.levels.all()] == [5]
    enter(product, person, 2, "Erie")
    assert sum(level.on_hand for level in product.levels.all()) == 7


def test_none_at_all_is_a_beginning_too(person: User) -> None:
    product = ProductFactory()
    enter(product, person, 0)
    product.refresh_from_db()
    assert product.counted
    assert product.recount_promises
