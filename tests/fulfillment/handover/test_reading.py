"""Stock that follows the partner's, and what came back there."""

from fulfillment.handover.jobs import read_later
from fulfillment.models import FulfillmentOrder, PartnerAccount, Return, ReturnLine
from inventory.models import Product, StockLevel, StockMovement
from tests.books import assert_books_are_right
from tests.conftest import SKU
from tests.dock import Dock
from tests.factories import stock
from tests.fulfillment.handover.conftest import Partner
from tests.work import work


def read(partner: Partner) -> None:
    read_later(partner.account.pk)
    work()


def follow(partner: Partner, units: int, *, options: dict[str, str] | None = None) -> None:
    records = [{"sku": SKU, "quantity": units}]
    partner.act("POST", "stock", {"building": 3, "records": records})
    partner.act("POST", "stock", {"building": 5, "records": [{"sku": SKU, "quantity": 0}]})
    partner.account.follows_stock = True
    partner.account.options = {**partner.account.options, **(options or {})}
    partner.account.save(update_fields=["follows_stock", "options"])


def on_hand(partner: Partner) -> int:
    level = StockLevel.objects.filter(product__sku=SKU, warehouse=partner.account.warehouse)
    return level.get().on_hand


def test_stock_follows_what_two_readings_show(partner: Partner) -> None:
    level = stock(Product.objects.get(sku=SKU), partner.account.warehouse, 5)
    follow(partner, 12)
    read(partner)
    assert on_hand(partner) == 5, "once may be a parcel on its way"
    read(partner)
    assert on_hand(partner) == 12
    movement = StockMovement.objects.filter(level=level).latest("id")
    assert (movement.on_hand, movement.cause_model) == (7, "fulfillment.partneraccount")
    assert "The partner counts 12" in movement.reason
    read(partner)
    assert StockMovement.objects.filter(level=level).latest("id") == movement
    assert_books_are_right()


def test_a_difference_that_has_changed_is_looked_at_once_more(partner: Partner) -> None:
    stock(Product.objects.get(sku=SKU), partner.account.warehouse, 5)
    follow(partner, 12)
    read(partner)
    follow(partner, 11)
    read(partner)
    assert on_hand(partner) == 5
    read(partner)
    assert on_hand(partner) == 11


def test_an_empty_list_is_no_news(partner: Partner) -> None:
    stock(Product.objects.get(sku=SKU), partner.account.warehouse, 5)
    follow(partner, 12)
    partner.act("DELETE", "stock")
    for _ in range(3):
        read(partner)
    assert on_hand(partner) == 5


def test_stock_is_not_read_unless_it_is_wanted(partner: Partner) -> None:
    read(partner)
    assert partner.act("GET", "calls?operation=get-inventory")["calls"] == []
    assert PartnerAccount.objects.get().returns_read_at


def test_of_one_building_what_is_promised_there_lies_there(partner: Partner, dock: Dock) -> None:
    stock(Product.objects.get(sku=SKU), partner.account.warehouse, 5)
    follow(partner, 12, options={"warehouse_id": "3"})
    dock.accepted()
    partner.turn()
    for _ in range(2):
        read(partner)
    assert on_hand(partner) == 12


def shipped(partner: Partner, order: FulfillmentOrder, *then: str, **wish: object) -> None:
    partner.turn()
    partner.press(partner.job(order), "dispatch", "depart")
    for action in then:
        partner.act("POST", f"orders/{partner.job(order).ref}/{action}", wish)


def test_what_came_back_is_booked_once_in_its_condition(partner: Partner, dock: Dock) -> None:
    level = stock(Product.objects.get(sku=SKU), partner.account.warehouse, 5)
    order = dock.accepted(lines=[{"sku": SKU, "quantity": 3}])
    shipped(partner, order, "return", restocked=2)
    for _ in range(2):
        read(partner)
    kept = [(line.quantity, line.condition) for line in ReturnLine.objects.order_by("id")]
    assert kept == [(2, ""), (1, "damaged")]
    level.refresh_from_db()
    assert (level.on_hand, level.damaged) == (5, 1)
    assert_books_are_right()


def test_what_is_nobodys_is_not_booked(partner: Partner, order: FulfillmentOrder) -> None:
    shipped(partner, order)
    partner.act("POST", "returns", {"number": "RMA-1"})
    read(partner)
    assert not Return.objects.exists()


def test_what_has_not_been_recorded_as_left_waits(partner: Partner, dock: Dock) -> None:
    order = dock.accepted()
    partner.turn()
    ref = partner.job(order).ref
    for action in ("dispatch", "depart", "return"):
        partner.act("POST", f"orders/{ref}/{action}", {})
    read(partner)
    assert not Return.objects.exists()
    partner.turn()
    read(partner)
    assert Return.objects.count() == 1
