"""The control endpoints for stock: many records at once, and what came of them."""

import pytest

from sandbox.recorder import Call, most_in_a_second
from tests.sandbox.stage import MUG, Stage


def test_ten_thousand_records_are_planted_and_read_at_once(store: Stage) -> None:
    wish = {"location_id": 31, "count": 10_000, "sku_prefix": "SKU-", "num_in_stock": 5}
    assert len(store.control("POST", "stock", wish)["planted"]) == 10_000
    found = store.control("GET", "stock")
    assert {record["sku"] for record in found["records"]} == {
        f"SKU-{number}" for number in range(1, 10_001)
    }
    assert {record["num_in_stock"] for record in found["records"]} == {5}
    assert store.calls("stockrecordsList") == []
    [record] = store.service.get("/stockrecords/?sku=SKU-7777")["results"]
    assert record["product"]["sku"] == "SKU-7777"


def test_a_planted_sku_can_be_ordered(store: Stage) -> None:
    store.control("POST", "stock", {"count": 1, "num_in_stock": 5})
    order_id = store.place(lines=[{"sku": "SKU-1"}])
    [record] = store.service.get("/stockrecords/")["results"]
    line = store.service.order(order_id)["line_items"][0]
    assert line["product_id"] == str(record["product"]["variant_id"])
    assert line["stockrecord_id"] == record["id"]


def test_a_list_sets_each_record_and_sets_it_again(store: Stage) -> None:
    records = [
        {"sku": MUG, "num_in_stock": 5, "num_allocated": 2, "low_stock_threshold": 1},
        {"sku": "LAMP", "title": "Lamp"},
    ]
    planted = store.control("POST", "stock", {"records": records})["planted"]
    again = store.control("POST", "stock", {"records": [{"sku": MUG, "num_in_stock": 9}]})
    assert again["planted"] == planted[:1]
    assert store.levels(planted[0]) == (9, 2, 7)
    assert store.levels(planted[1]) == (None, None, 0)
    shown = store.service.get(f"/stockrecords/{planted[1]}/")
    assert (shown["product"]["title"], shown["product"]["sku"]) == ("Lamp", "LAMP")


def test_a_record_may_have_a_number_of_its_own(store: Stage) -> None:
    planted = [store.stock(MUG, id=7002), store.stock("LAMP"), store.stock("ROPE", id=12)]
    listed = [page["results"] for page in store.service.pages("/stockrecords/")]
    assert sorted(planted) == [each["id"] for results in listed for each in results]
    wish = {"records": [{"sku": "SOAP", "id": 12}]}
    assert "12 already" in store.control("POST", "stock", wish, expect=400)["error"]


def test_the_same_skus_can_be_at_two_places(store: Stage) -> None:
    elsewhere = store.location(name="Harrisburg")
    for place in (31, elsewhere):
        store.control("POST", "stock", {"location_id": place, "count": 2, "num_in_stock": place})
    found = store.control("GET", f"stock?location_id={elsewhere}&sku=SKU-2")["records"]
    assert [(record["location_id"], record["num_in_stock"]) for record in found] == [(32, 32)]
    variants = {
        record["product"]["variant_id"]
        for record in store.service.get("/stockrecords/?sku=SKU-2")["results"]
    }
    assert len(variants) == 1


@pytest.mark.parametrize(
    "wish", [{}, {"location_id": 99, "count": 1}, {"records": [{"num_in_stock": 1}]}]
)
def test_a_wish_that_makes_no_sense_is_refused(store: Stage, wish: dict[str, object]) -> None:
    assert store.control("POST", "stock", wish, expect=400)["error"]
    assert store.control("GET", "stock")["records"] == []


def test_the_pace_counts_all_calls_or_those_of_one_kind(empty_store: Stage) -> None:
    store = empty_store
    store.control("POST", "locations", {"owner": "service"})
    record_id = store.stock()
    store.settings(rate_limit=3)
    for number in range(4):
        store.service.call("PATCH", f"/stockrecords/{record_id}/", {"num_in_stock": number})
    pace = store.control("GET", "pace?operation=stockrecordsPartialUpdate")
    assert pace == {"calls": 4, "throttled": 1, "most_in_a_second": 4}
    assert store.control("GET", "pace?operation=locationsList")["calls"] == 0
    assert store.control("GET", "pace")["calls"] == 4


def test_the_busiest_second_may_begin_anywhere() -> None:
    arrivals = [0.0, 0.5, 0.9, 1.25, 1.375, 1.5, 2.0, 9.0]
    calls = [Call(1, "", "", "", "", None, None, arrived=arrived) for arrived in arrivals]
    assert most_in_a_second(calls) == 4
    assert most_in_a_second([]) == 0
