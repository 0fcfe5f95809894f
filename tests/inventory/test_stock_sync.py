"""A store's figures follow ours: what changed is told, and what should be left alone is."""

import pytest

from inventory import sync
from inventory.models import Mapped, UnknownSku
from locations.models import StockPolicy
from relay.models import Alarm, CallState
from tests.inventory.shelf import Shelf

TENT = "TENT-2P-GRN"
MUG = "MUG-ENM"


def test_a_record_is_told_what_lies_here(shelf: Shelf) -> None:
    ref = shelf.dock.shop.stock(TENT, 3)
    shelf.put(TENT, 42)
    shelf.read()
    assert shelf.there(ref)[0] == 42
    record = shelf.record(ref)
    assert (record.told, record.level, record.answer) == (
        42,
        42,
        "42 in stock",
    )
    assert record.told_at is not None


def test_only_what_changed_is_sent(shelf: Shelf) -> None:
    refs = {sku: shelf.dock.shop.stock(sku, 5) for sku in ("A", "B", "C")}
    for sku in refs:
        shelf.put(sku, 5)
    shelf.read()
    shelf.put("B", 2)
    shelf.tell()
    assert {sku: shelf.patches(ref) for sku, ref in refs.items()} == {"A": 0, "B": 1, "C": 0}
    assert shelf.there(refs["B"])[0] == 7


def test_the_newest_figure_wins_where_several_changes_wait(shelf: Shelf) -> None:
    ref = shelf.dock.shop.stock(TENT, 5)
    shelf.put(TENT, 5)
    shelf.read()
    shelf.put(TENT, 1)
    sync.push_changes(shelf.dock.store)
    shelf.put(TENT, 1)
    sync.push_changes(shelf.dock.store)
    shelf.put(TENT, 1)
    sync.push_changes(shelf.dock.store)
    assert shelf.calls().count() == 1
    shelf.tell()
    assert shelf.there(ref)[0] == 8
    assert shelf.patches(ref) == 1


def test_what_changed_back_is_not_sent(shelf: Shelf) -> None:
    ref = shelf.dock.shop.stock(TENT, 5)
    shelf.put(TENT, 5)
    shelf.read()
    shelf.put(TENT, 1)
    sync.push_changes(shelf.dock.store)
    shelf.put(TENT, -1)
    shelf.tell()
    assert shelf.patches(ref) == 0
    assert shelf.calls().get().state == CallState.CANCELLED


def test_what_the_store_does_not_track_is_left_alone(shelf: Shelf) -> None:
    ref = shelf.dock.shop.stock(TENT, None)
    shelf.put(TENT, 42)
    shelf.read()
    shelf.put(TENT, 1)
    shelf.tell()
    assert shelf.there(ref)[0] is None
    assert shelf.patches(ref) == 0


def test_tracking_that_ended_since_we_read_is_not_turned_on_again(shelf: Shelf) -> None:
    ref = shelf.dock.shop.stock(TENT, 50)
    shelf.put(TENT, 50)
    shelf.read()
    shelf.dock.shop.stock(TENT, None)
    shelf.put(TENT, -50)
    shelf.tell()
    assert shelf.there(ref)[0] is None
    assert shelf.record(ref).level is None


def test_two_records_that_share_a_sku_are_listed_and_not_guessed_at(shelf: Shelf) -> None:
    first = shelf.dock.shop.stock(MUG, 7)
    second = shelf.dock.shop.stock(MUG.lower(), 9)
    shelf.put(MUG, 3)
    shelf.product(MUG.lower())
    shelf.read()
    assert shelf.there(first)[0] == 7
    assert shelf.there(second)[0] == 9
    record = shelf.record(first)
    assert record.mapped == Mapped.AMBIGUOUS
    assert "Choose the one" in record.remark


def test_a_product_whose_stock_is_not_counted_is_not_told(shelf: Shelf) -> None:
    ref = shelf.dock.shop.stock(TENT, 7)
    shelf.product(TENT)
    shelf.read()
    assert shelf.there(ref)[0] == 7
    assert shelf.calls().count() == 0


def test_an_unknown_sku_is_listed(shelf: Shelf) -> None:
    shelf.dock.shop.stock("NEVER-SEEN", 7)
    shelf.read()
    unknown = UnknownSku.objects.get(sku="NEVER-SEEN")
    assert (unknown.in_records, unknown.in_orders) == (True, False)


def test_a_store_that_is_not_told_of_stock_is_not_asked_either(shelf: Shelf) -> None:
    shelf.dock.store.stock_policy = StockPolicy.OFF
    shelf.dock.store.save()
    ref = shelf.dock.shop.stock(TENT, 7)
    shelf.put(TENT, 3)
    shelf.read()
    assert shelf.there(ref)[0] == 7


def test_buffer_and_cap_bound_what_a_store_is_told(shelf: Shelf) -> None:
    shelf.dock.store.stock_buffer, shelf.dock.store.stock_cap = 4, 10
    shelf.dock.store.save()
    refs = {sku: shelf.dock.shop.stock(sku, 8) for sku in ("FEW", "SOME", "MANY")}
    for sku, units in (("FEW", 2), ("SOME", 9), ("MANY", 500)):
        shelf.put(sku, units)
    shelf.read()
    assert {sku: shelf.there(ref)[0] for sku, ref in refs.items()} == {
        "FEW": 0,
        "SOME": 5,
        "MANY": 10,
    }


def test_what_the_stores_own_orders_hold_is_not_subtracted_twice(shelf: Shelf) -> None:
    """It subtracts them itself: the order of two leaves eight to buy, not six."""
    ref = shelf.dock.shop.stock(TENT, 10)
    shelf.put(TENT, 10)
    shelf.read()
    order = shelf.dock.accepted(lines=[{"sku": TENT, "quantity": 2}])
    shelf.tell()
    assert shelf.level().available == 8
    assert shelf.there(ref) == (10, 2, 8)
    shelf.dock.ship(order)
    shelf.tell()
    assert shelf.there(ref) == (8, 0, 8)
    assert shelf.level().available == 8


def test_a_shipment_that_lowered_the_figure_there_is_not_repeated(shelf: Shelf) -> None:
    ref = shelf.dock.shop.stock(TENT, 10)
    shelf.put(TENT, 10)
    shelf.read()
    order = shelf.dock.accepted()
    shelf.dock.ship(order)
    shelf.tell()
    assert shelf.there(ref)[0] == 9
    assert shelf.patches(ref) == 0
    assert shelf.record(ref).level == 9


def test_where_available_is_told_open_orders_are_subtracted_by_us(shelf: Shelf) -> None:
    shelf.dock.store.stock_policy = StockPolicy.AVAILABLE
    shelf.dock.store.save()
    ref = shelf.dock.shop.stock(TENT, 10)
    shelf.put(TENT, 10)
    shelf.read()
    shelf.dock.accepted(lines=[{"sku": TENT, "quantity": 2}])
    shelf.tell()
    assert shelf.there(ref)[0] == 8


@pytest.fixture
def full(shelf: Shelf) -> dict[str, int]:
    """Twenty records above zero, in step."""
    refs = {f"SKU-{n}": shelf.dock.shop.stock(f"SKU-{n}", 5) for n in range(20)}
    for sku in refs:
        shelf.put(sku, 5)
    shelf.read()
    return refs


def test_many_that_fall_to_zero_at_once_wait_for_a_person(
    shelf: Shelf, full: dict[str, int]
) -> None:
    for n in range(8):
        shelf.put(f"SKU-{n}", -5)
    shelf.put("SKU-19", 1)
    shelf.tell()
    assert {shelf.there(ref)[0] for ref in full.values()} == {5, 6}
    alarm = Alarm.objects.get(kind="stock_drop", cleared_at=None)
    assert alarm.message.startswith("8 stock records would fall to zero at once.")

    waiting = [shelf.record(full[f"SKU-{n}"]) for n in range(8)]
    assert all(record.waits for record in waiting)
    sync.tell_all_the_same([record.pk for record in waiting], by=shelf.dock.person)
    shelf.tell()
    assert [shelf.there(full[f"SKU-{n}"])[0] for n in range(8)] == [0] * 8
    assert not Alarm.objects.filter(kind="stock_drop", cleared_at=None).exists()


def test_what_is_above_zero_again_waits_for_nobody(shelf: Shelf, full: dict[str, int]) -> None:
    for n in range(8):
        shelf.put(f"SKU-{n}", -5)
    shelf.tell()
    for n in range(8):
        shelf.put(f"SKU-{n}", 3)
    shelf.tell()
    assert [shelf.there(full[f"SKU-{n}"])[0] for n in range(8)] == [3] * 8
    assert not Alarm.objects.filter(kind="stock_drop", cleared_at=None).exists()


def test_a_few_that_sell_out_are_told_at_once(shelf: Shelf, full: dict[str, int]) -> None:
    for n in range(3):
        shelf.put(f"SKU-{n}", -5)
    shelf.tell()
    assert [shelf.there(full[f"SKU-{n}"])[0] for n in range(3)] == [0] * 3


def test_answers_and_shipments_go_before_stock(shelf: Shelf, full: dict[str, int]) -> None:
    order = shelf.dock.place()
    for sku in full:
        shelf.put(sku, 1)
    sync.push_changes(shelf.dock.store)
    shelf.dock.accept(order)
    before = len(shelf.dock.shop.calls("stockrecordsPartialUpdate"))
    assert before == 0
    shelf.tell()
    writes = [
        call["operation"]
        for call in shelf.dock.shop.control("GET", "calls")["calls"]
        if call["method"] in ("POST", "PATCH") and call["operation"] != "locationsCreate"
    ]
    assert writes[0] == "fulfillmentRequestAccept"
    assert writes[1:] == ["stockrecordsPartialUpdate"] * 20


@pytest.mark.parametrize("kind", ["drop_after", "error_500_after"])
def test_the_figure_is_right_where_the_answer_was_lost(shelf: Shelf, kind: str) -> None:
    ref = shelf.dock.shop.stock(TENT, 5)
    shelf.put(TENT, 5)
    shelf.read()
    shelf.dock.shop.fault(kind, "stockrecordsPartialUpdate", times=1)
    shelf.put(TENT, 2)
    shelf.tell()
    # Meanwhile it has changed again.
    shelf.put(TENT, 2)
    shelf.dock.later()
    shelf.tell()
    assert shelf.there(ref)[0] == 9
    assert shelf.record(ref).told == 9


def test_a_record_that_is_gone_is_given_up(shelf: Shelf) -> None:
    ref = shelf.dock.shop.stock(TENT, 50)
    shelf.put(TENT, 50)
    shelf.read()
    shelf.dock.shop.service.good("DELETE", f"/stockrecords/{ref}/")
    shelf.put(TENT, -50)
    shelf.tell()
    assert shelf.record(ref).gone_at is not None
    assert shelf.calls().get().state == CallState.CANCELLED


def test_without_the_scope_the_store_is_not_asked_a_thousand_times(
    shelf: Shelf, full: dict[str, int]
) -> None:
    shelf.dock.shop.fault("status_403", "stockrecordsPartialUpdate", times=1000)
    for sku in full:
        shelf.put(sku, 1)
    shelf.tell()
    assert shelf.calls(state=CallState.REFUSED).count() == 20
    assert sync.push_changes(shelf.dock.store).queued == 0
    assert Alarm.objects.filter(kind="stock_refused", cleared_at=None).exists()
