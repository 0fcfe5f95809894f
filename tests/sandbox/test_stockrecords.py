"""Stock records through the API: listed, found, made, changed, moved and removed."""

import pytest
import requests

from tests.sandbox.stage import MUG, Stage, example

TENT = 411


def ids(pages: list[dict[str, list[dict[str, int]]]]) -> list[int]:
    return [each["id"] for page in pages for each in page["results"]]


def change(store: Stage, record_id: int, **body: object) -> requests.Response:
    return store.service.call("PATCH", f"/stockrecords/{record_id}/", body)


def test_a_record_is_made_and_read_back(store: Stage) -> None:
    body = {"location_id": 31, "product": TENT, "num_in_stock": 42, "low_stock_threshold": 10}
    made = store.service.post("/stockrecords/", body)
    assert made["product"] == example("stockrecord_patch.response")["product"]
    assert set(made) == set(example("stockrecord_patch.response"))
    assert (made["num_in_stock"], made["num_allocated"]) == (42, None)
    assert (made["net_stock_level"], made["low_stock_threshold"]) == (42, 10)
    assert store.service.get(f"/stockrecords/{made['id']}/") == made
    assert store.service.get("/stockrecords/")["results"] == [made]
    assert store.violations() == []


def test_a_product_may_be_named_by_itself_or_by_its_variant(store: Stage) -> None:
    made = store.service.post("/stockrecords/", {"location_id": 31, "product": TENT - 1})
    assert made["product"]["variant_id"] == TENT
    assert made["num_in_stock"] is None


@pytest.mark.parametrize(
    ("wish", "complaint"),
    [
        ({"location_id": 99}, {"location_id": ['Invalid pk "99" - object does not exist.']}),
        ({"product": 99}, {"product": ['Invalid pk "99" - object does not exist.']}),
        ({"product": "x"}, {"product": ["A valid integer is required."]}),
        ({"num_in_stock": None}, {"num_in_stock": ["This field may not be null."]}),
        ({"num_in_stock": "7"}, {"num_in_stock": ["A valid integer is required."]}),
        (
            {"num_in_stock": 2**31},
            {"num_in_stock": ["Ensure this value is less than or equal to 2147483647."]},
        ),
        (
            {"low_stock_threshold": -1},
            {"low_stock_threshold": ["Ensure this value is greater than or equal to 0."]},
        ),
    ],
)
def test_a_senseless_record_is_refused(
    store: Stage, wish: dict[str, object], complaint: dict[str, list[str]]
) -> None:
    answer = store.service.call(
        "POST", "/stockrecords/", {"location_id": 31, "product": TENT, **wish}
    )
    assert (answer.status_code, answer.json()) == (400, complaint)
    record_id = store.stock()
    changed = change(store, record_id, **wish)
    assert (changed.status_code, changed.json()) == (400, complaint)
    assert store.levels(record_id) == (5, None, 5)


def test_a_location_and_a_product_are_required(store: Stage) -> None:
    answer = store.service.call("POST", "/stockrecords/", {"num_in_stock": 3})
    missing = ["This field is required."]
    assert answer.json() == {"location_id": missing, "product": missing}


def test_there_is_one_record_for_each_product_and_place(store: Stage) -> None:
    store.stock()
    answer = store.service.call("POST", "/stockrecords/", {"location_id": 31, "product": 433})
    assert answer.status_code == 400
    assert "unique" in answer.json()["non_field_errors"][0]


def test_a_patch_sets_the_figure(store: Stage) -> None:
    record_id = store.stock(num_in_stock=42, num_allocated=3)
    before = store.service.get(f"/stockrecords/{record_id}/")
    after = store.service.good(
        "PATCH", f"/stockrecords/{record_id}/", example("stockrecord_patch.request")
    )
    assert (after["num_in_stock"], after["num_allocated"]) == (1000, 3)
    assert after["net_stock_level"] == 997
    assert after["date_created"] == before["date_created"]
    assert after["date_updated"] > before["date_updated"]
    assert store.violations() == []


def test_a_figure_turns_tracking_on(store: Stage) -> None:
    record_id = store.stock(num_in_stock=None)
    assert store.levels(record_id) == (None, None, 0)
    change(store, record_id, low_stock_threshold=4)
    assert store.levels(record_id) == (None, None, 0)
    change(store, record_id, num_in_stock=0)
    assert store.levels(record_id) == (0, None, 0)
    store.control("POST", "orders", {"lines": [{"sku": MUG}]}, expect=409)


def test_a_location_in_a_patch_moves_the_record(store: Stage) -> None:
    elsewhere = store.location(name="Harrisburg")
    record_id = store.stock(num_in_stock=1)
    store.place(lines=[{"sku": MUG}])
    moved = store.service.good("PATCH", f"/stockrecords/{record_id}/", {"location_id": elsewhere})
    assert moved["location"]["name"] == "Harrisburg"
    assert moved["num_allocated"] == 1
    assert ids(store.service.pages("/stockrecords/?location_id=31")) == []
    store.place(lines=[{"sku": MUG, "quantity": 9}])
    assert store.levels(record_id) == (1, 1, 0)


def test_a_record_does_not_move_onto_another(store: Stage) -> None:
    elsewhere = store.location(name="Harrisburg")
    record_id = store.stock()
    store.stock(location_id=elsewhere)
    assert change(store, record_id, location_id=elsewhere).status_code == 400
    assert change(store, record_id, location_id=31).status_code == 200


def test_a_record_may_become_that_of_another_product(store: Stage) -> None:
    record_id = store.stock()
    assert change(store, record_id, product=TENT).json()["product"]["sku"] == "TENT-2P-GRN"
    assert ids(store.service.pages("/stockrecords/?sku=TENT-2P-GRN")) == [record_id]
    assert ids(store.service.pages(f"/stockrecords/?sku={MUG}")) == []


def test_a_record_can_go_and_the_orders_forget_it(store: Stage) -> None:
    record_id = store.stock()
    order_id = store.place(lines=[{"sku": MUG}])
    assert store.service.order(order_id)["line_items"][0]["stockrecord_id"] == record_id
    assert store.service.good("DELETE", f"/stockrecords/{record_id}/") is None
    assert store.service.call("GET", f"/stockrecords/{record_id}/").status_code == 404
    assert change(store, record_id, num_in_stock=1).status_code == 404
    assert store.service.order(order_id)["line_items"][0]["stockrecord_id"] is None
    assert store.service.step(order_id, "fulfillment-request/accept").ok
    assert store.service.step(order_id, "fulfillments").ok


def test_a_location_with_stock_stays(store: Stage) -> None:
    record_id = store.stock()
    answer = store.service.call("DELETE", "/locations/31/")
    assert (answer.status_code, "stock records" in answer.text) == (400, True)
    store.service.good("DELETE", f"/stockrecords/{record_id}/")
    assert store.service.good("DELETE", "/locations/31/") is None


def test_the_list_comes_in_pages_both_ways(store: Stage) -> None:
    store.control("POST", "stock", {"count": 5, "num_in_stock": 1})
    pages = store.service.pages("/stockrecords/?location_id=31")
    assert [len(page["results"]) for page in pages] == [2, 2, 1]
    assert ids(pages) == [5001, 5002, 5003, 5004, 5005]
    assert pages[0]["previous"] is None
    assert store.service.good("GET", pages[2]["previous"])["results"] == pages[1]["results"]
    store.settings(page_size=4)
    assert [len(page["results"]) for page in store.service.pages("/stockrecords/")] == [4, 1]


def test_a_record_that_goes_meanwhile_hides_no_other(store: Stage) -> None:
    store.control("POST", "stock", {"count": 5, "num_in_stock": 1})
    first = store.service.get("/stockrecords/")
    for record_id in (5001, 5002, 5003):
        store.service.good("DELETE", f"/stockrecords/{record_id}/")
    assert ids([store.service.good("GET", first["next"])]) == [5004, 5005]


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("location_id=32", [5005]),
        ("location_id=31&location_id=32", [5001, 5002, 5003, 5004, 5005]),
        ("location_id=99", []),
        (f"sku={MUG}", [5001, 5005]),
        (f"sku={MUG.lower()}", [5004]),
        (f"sku={MUG}&location_id=31", [5001]),
        ("sku=MUG", []),
        ("search_text=mug", [5001, 5004, 5005]),
        ("search_text=ridge tent", [5002]),
        ("inventory_availability=in_stock", [5001]),
        ("inventory_availability=low_stock", [5002]),
        ("inventory_availability=out_of_stock", [5003, 5004]),
        ("inventory_availability=untracked", [5005]),
        ("purchase_availability=available", [5001, 5002, 5005]),
        ("purchase_availability=unavailable", [5003, 5004]),
    ],
)
def test_records_are_filtered(store: Stage, query: str, wanted: list[int]) -> None:
    elsewhere = store.location(name="Harrisburg")
    store.stock(num_in_stock=7)
    store.stock("TENT-2P-GRN", num_in_stock=7, num_allocated=3, low_stock_threshold=4)
    store.stock("STAKE-8PK", num_in_stock=2, num_allocated=2)
    store.stock(MUG.lower(), num_in_stock=1, num_allocated=4)
    store.stock(num_in_stock=None, location_id=elsewhere)
    assert ids(store.service.pages(f"/stockrecords/?{query}")) == wanted


@pytest.mark.parametrize("name", ["inventory_availability", "purchase_availability"])
def test_an_unknown_choice_is_refused(store: Stage, name: str) -> None:
    answer = store.service.call("GET", f"/stockrecords/?{name}=plenty")
    assert (answer.status_code, list(answer.json())) == (400, [name])


def test_two_products_may_share_a_sku(store: Stage) -> None:
    first, second = store.stock(), store.stock(variant_id=451)
    assert first != second
    assert ids(store.service.pages(f"/stockrecords/?sku={MUG}")) == [first, second]
    store.place(lines=[{"sku": MUG, "product_id": 451}])
    assert (store.levels(first)[1], store.levels(second)[1]) == (None, 1)


@pytest.mark.parametrize(
    ("kind", "applied"),
    [
        ("error_500_before", 0),
        ("error_500_after", 1),
        ("drop_before", 0),
        ("drop_after", 1),
        ("empty_success", 0),
        ("empty_after", 1),
        ("status_429", 0),
    ],
)
def test_a_patch_can_be_made_to_fail(store: Stage, kind: str, applied: int) -> None:
    record_id = store.stock()
    store.fault(kind, "stockrecordsPartialUpdate", times=1)
    if kind.startswith("drop"):
        with pytest.raises(requests.ConnectionError):
            change(store, record_id, num_in_stock=3)
    else:
        change(store, record_id, num_in_stock=3)
    found = store.figures(record_id)
    assert (found["num_in_stock"], found["applied"]) == (3 if applied else 5, applied)
    assert found["patches"] == 1
    assert len(store.effects("stockrecord-update")) == applied


def test_a_patch_counts_against_the_rate(empty_store: Stage) -> None:
    store = empty_store
    store.control("POST", "locations", {"owner": "service"})
    record_id = store.stock()
    store.settings(rate_limit=2)
    statuses = [change(store, record_id, num_in_stock=9).status_code for _ in range(3)]
    assert statuses == [200, 200, 429]
    found = store.figures(record_id)
    assert (found["patches"], found["applied"]) == (3, 2)
