"""What stores believe, beside what they should: the list, the page, and what a person decides."""

import pytest
from django.db.models import Model
from django.test import Client
from django.utils import timezone

from inventory import mirror, publishing, sync
from inventory.models import Mapped, Product, StockRecord
from locations.models import StockPolicy
from relay.models import Attempt, OutboundCall
from tests.factories import LocationFactory, StockRecordFactory, promised, stock
from tests.screens.conftest import House
from tests.screens.pages import act, address, page, text

LIST = address(StockRecord, "changelist")


@pytest.fixture
def tent(house: House) -> Product:
    house.store.stock_policy = StockPolicy.SELLABLE
    house.store.stock_buffer = 1
    house.store.save()
    return Product.objects.get(sku="TENT-2P-GRN")


@pytest.fixture
def record(house: House, tent: Product) -> StockRecord:
    record = StockRecordFactory(location=house.reno, sku=tent.sku, level=7, reserved=2)
    mirror.map_records(house.store)
    record.refresh_from_db()
    return record


def shown(client: Client, **query: object) -> dict[int, StockRecord]:
    answer = client.get(LIST, query)
    return {row.pk: row for row in answer.context["cl"].result_list}


def test_our_figure_stands_beside_that_of_the_store(
    manager: Client, house: House, tent: Product, record: StockRecord
) -> None:
    level = stock(tent, house.reno.warehouse, 10)
    promised(level, house.store, 4)
    there = shown(manager)[record.pk]
    assert there.wanted == 9  # type: ignore[attr-defined]
    page_of_it = text(manager.get(address(StockRecord, "change", record.pk)))
    assert "Our figure 9 In stock there 7 Reserved there 2" in page_of_it


def test_our_figure_is_that_which_is_told(house: House, tent: Product, record: StockRecord) -> None:
    """Two statements work it out: one for all of a store, one for a few of any stores."""
    other = LocationFactory(
        store__stock_policy="available",
        store__merchant=tent.merchant,
        warehouse=house.erie.warehouse,
    )
    other.store.stock_cap = 5
    other.store.save()
    theirs = StockRecordFactory(location=other, sku=tent.sku)
    mirror.map_records(other.store)
    promised(stock(tent, house.reno.warehouse, 10), house.store, 4)
    stock(tent, house.erie.warehouse, 12)
    found = publishing.figures_of([record.pk, theirs.pk])
    assert found == {
        record.pk: publishing.figure_of(record.pk),
        theirs.pk: publishing.figure_of(theirs.pk),
    }
    assert [figure.wanted for figure in found.values()] == [9, 5]


@pytest.mark.parametrize(
    ("columns", "word", "sentence"),
    [
        ({"gone_at": timezone.now()}, "Gone", "The store does not have it any more."),
        ({"waits": True}, "Waits for a person", "before somebody has looked"),
        ({"level": None}, "Not tracked", "The store does not track the stock of it"),
        ({"mapped": Mapped.UNKNOWN, "remark": "No product has this SKU."}, "SKU unknown", "No pro"),
        ({"mapped": Mapped.AMBIGUOUS, "remark": "Choose one."}, "SKU not clear", "Choose one."),
        ({"mapped": Mapped.LEFT_OUT, "remark": "Another one."}, "Left out", "Another one."),
    ],
)
def test_a_record_says_how_it_stands_and_why(
    supervisor: Client, record: StockRecord, columns: dict[str, object], word: str, sentence: str
) -> None:
    StockRecord.objects.filter(pk=record.pk).update(**columns)
    assert word in text(supervisor.get(LIST))
    assert sentence in text(supervisor.get(address(StockRecord, "change", record.pk)))


def test_what_waits_for_a_person_is_told_all_the_same(
    manager: Client, supervisor: Client, record: StockRecord
) -> None:
    assert "It does not wait for a person" in text(page(manager, "tell_stock", [record]))
    StockRecord.objects.filter(pk=record.pk).update(waits=True, waits_since=timezone.now())
    assert page(supervisor, "tell_stock", [record]).status_code == 404
    assert act(manager, "tell_stock", record) == "Being told to the store: 1."
    call = OutboundCall.objects.get()
    assert (call.verb, call.subject_id) == (sync.VERB, record.pk)
    seen = manager.get(address(StockRecord, "change", record.pk)).content.decode()
    assert address(OutboundCall, "change", call.pk) in seen


def test_of_several_records_with_one_sku_a_person_chooses_one(
    manager: Client, house: House, record: StockRecord
) -> None:
    assert "No other record of this location has its SKU" in text(
        page(manager, "choose_record", [record])
    )
    twin = StockRecordFactory(location=house.reno, sku=record.sku.lower())
    mirror.map_records(house.store)
    record.refresh_from_db()
    assert record.mapped == Mapped.AMBIGUOUS
    assert act(manager, "choose_record", record) == "Chosen: 1."
    record.refresh_from_db()
    twin.refresh_from_db()
    assert record.mapped == Mapped.YES
    assert twin.mapped != Mapped.YES


def test_records_at_other_warehouses_are_not_there(
    supervisor: Client, manager: Client, house: House, record: StockRecord
) -> None:
    theirs = StockRecordFactory(location=house.erie, sku=record.sku)
    assert list(shown(supervisor)) == [record.pk]
    assert set(shown(manager)) == {record.pk, theirs.pk}
    assert list(shown(supervisor, q=record.sku)) == [record.pk]
    assert supervisor.get(address(StockRecord, "change", theirs.pk)).status_code == 404


@pytest.mark.parametrize("find", ["sku", "ref", "barcode"])
def test_a_record_is_found_by_what_is_in_hand(
    manager: Client, house: House, tent: Product, record: StockRecord, find: str
) -> None:
    StockRecordFactory(location=house.reno, sku="OTHER")
    tent.barcodes.create(merchant=tent.merchant, code="4006381333931")
    term = {"sku": record.sku, "ref": record.ref, "barcode": "4006381333931"}[find]
    assert list(shown(manager, q=term)) == [record.pk]


def test_filters_show_what_needs_a_person(
    manager: Client, house: House, record: StockRecord
) -> None:
    waiting: Model = StockRecordFactory(location=house.reno, waits=True)
    assert list(shown(manager, waits__exact="1")) == [waiting.pk]
    assert list(shown(manager, mapped__exact="yes")) == [record.pk]
    assert list(shown(manager, store=house.store.pk + 1)) == []
    assert not Attempt.objects.exists()
