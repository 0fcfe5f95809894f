"""Lists: pages, cursors and filters."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.sandbox.stage import Stage


def ids(pages: list[dict[str, list[dict[str, int]]]]) -> list[int]:
    return [each["id"] for page in pages for each in page["results"]]


def test_a_list_comes_in_pages_of_two(store: Stage) -> None:
    store.place(count=5)
    pages = store.service.pages("/fulfillment-orders/")
    assert [len(page["results"]) for page in pages] == [2, 2, 1]
    assert ids(pages) == [80470, 80471, 80472, 80473, 80474]
    assert pages[0]["previous"] is None


def test_links_are_absolute_on_the_host_that_was_called_and_keep_the_filters(store: Stage) -> None:
    store.place(count=3)
    path = "/assigned-fulfillment-orders/?assignment_status=fulfillment_requested"
    link = store.service.get(path)["next"]
    assert link.startswith(f"{store.service.url}{path}&cursor=")
    assert (
        "localhost"
        in store.service.good("GET", store.service.url.replace("127.0.0.1", "localhost") + path)[
            "next"
        ]
    )


def test_the_way_back_leads_to_the_same_page(store: Stage) -> None:
    store.place(count=5)
    pages = store.service.pages("/fulfillment-orders/")
    assert store.service.good("GET", pages[2]["previous"])["results"] == pages[1]["results"]


def test_an_exact_last_page_has_no_next(store: Stage) -> None:
    store.place(count=2)
    assert store.service.get("/fulfillment-orders/")["next"] is None


def test_the_page_size_can_be_set(store: Stage) -> None:
    store.settings(page_size=50)
    store.place(count=5)
    assert len(store.service.get("/fulfillment-orders/")["results"]) == 5


def test_a_cursor_nobody_gave_out_is_refused(store: Stage) -> None:
    answer = store.service.call("GET", "/fulfillment-orders/?cursor=guess!")
    assert (answer.status_code, answer.json()) == (404, {"detail": "Invalid cursor"})


def test_accepting_while_paging_does_not_hide_an_order(store: Stage) -> None:
    """The cursor is a position, not an offset."""
    store.place(count=4)
    path = "/assigned-fulfillment-orders/?assignment_status=fulfillment_requested"
    first = store.service.get(path)
    for order in first["results"]:
        store.service.step(order["id"], "fulfillment-request/accept")
    assert ids([store.service.good("GET", first["next"])]) == [80472, 80473]


@pytest.mark.parametrize(
    ("assignment", "wanted"),
    [
        ("fulfillment_unrequested", 80470),
        ("fulfillment_requested", 80471),
        ("fulfillment_accepted", 80472),
        ("cancellation_requested", 80473),
    ],
)
def test_the_assigned_list_follows_the_request(store: Stage, assignment: str, wanted: int) -> None:
    store.place(request=False)
    store.place(count=3)
    for order_id in (80472, 80473):
        store.service.step(order_id, "fulfillment-request/accept")
    store.press(80473, "ask-cancel")
    path = f"/assigned-fulfillment-orders/?assignment_status={assignment}"
    assert ids(store.service.pages(path)) == [wanted]


def test_an_order_whose_cancellation_was_refused_is_in_no_assigned_list(store: Stage) -> None:
    order_id = store.place()
    store.service.step(order_id, "fulfillment-request/accept")
    store.press(order_id, "ask-cancel")
    store.service.step(order_id, "cancellation-request/reject")
    path = "/assigned-fulfillment-orders/?assignment_status=fulfillment_accepted"
    assert store.service.get(path)["results"] == []
    assert ids(store.service.pages("/assigned-fulfillment-orders/")) == [order_id]


def test_an_unknown_assignment_status_is_refused(store: Stage) -> None:
    store.place()
    path = "/assigned-fulfillment-orders/?assignment_status=fulfillment_request"
    assert "assignment_status" in store.service.call("GET", path).json()


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("order_number=100232", [80471]),
        ("location_id=32", [80472]),
        ("status=processing", [80470]),
        ("status=processing&status=on_hold", [80470, 80473]),
        ("request_status=accepted&request_status=requested", [80470, 80471]),
        ("fulfillment_order_id=80471", [80471]),
        ("shipping_method=express", [80471]),
        ("sku=MUG-ENM", [80471]),
        ("sku=MUG-ENM&sku=STAKE-8PK", [80471, 80472]),
        ("product=415", [80472]),
        ("status=closed", []),
    ],
)
def test_orders_are_filtered(store: Stage, query: str, wanted: list[int]) -> None:
    second = store.location(name="Harrisburg")
    store.service.step(store.place(), "fulfillment-request/accept")
    store.place(lines=[{"sku": "MUG-ENM", "quantity": 1}], shipping_method="express")
    store.place(lines=[{"sku": "STAKE-8PK", "quantity": 1}], location_id=second, request=False)
    store.press(store.place(request=False), "hold", reason="high_risk")
    assert ids(store.service.pages(f"/fulfillment-orders/?{query}")) == wanted


@pytest.mark.parametrize("path", ["/fulfillment-orders/", "/assigned-fulfillment-orders/"])
def test_orders_are_filtered_by_day(store: Stage, path: str) -> None:
    order_id = store.place()
    today = datetime.now(UTC).date()
    tomorrow = today + timedelta(days=1)
    within = f"{path}?date_created_from={today - timedelta(days=1)}&date_created_to={tomorrow}"
    assert ids(store.service.pages(within)) == [order_id]
    later = f"{path}?date_created_from={tomorrow}"
    assert store.service.get(later)["results"] == []
    assert store.service.call("GET", f"{path}?date_created_to=soon").status_code == 400
