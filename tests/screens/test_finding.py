"""Finding an order with what is in hand, queues, and how many questions the database is asked."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from fulfillment.admin.search import MOST_HITS, find
from fulfillment.models import FulfillmentOrder
from tests.factories import ProductFactory
from tests.screens import rows
from tests.screens.conftest import House
from tests.screens.pages import WORK_LIST, address, listed, text

SESSION_USER_AND_PERMISSIONS = 4
MOST_FOR_THE_WORK_LIST = 12


@pytest.fixture
def order(house: House) -> FulfillmentOrder:
    order = rows.accepted(
        house.reno, number="SO-1001", skus=("MUG-BLU",), recipient="Zoë Aldington"
    )
    rows.shipped(order, "1Z999AA10123456784")
    rows.order(house.reno, number="SO-2001")
    rows.order(house.reno, number="SO-2002")
    return order


@pytest.mark.parametrize(
    "term",
    [
        "SO-1001",
        "so-10",
        "MUG-BLU",
        "mug-blu",
        "1Z999AA10123456784",
        " 1Z999AA10123456784\r\n",
        "\t1z999aa10123456784 ",
        "alding",
        "zoë",
    ],
)
def test_a_single_hit_opens_the_order(picker: Client, order: FulfillmentOrder, term: str) -> None:
    answer = picker.get(WORK_LIST, {"queue": "to_ship", "q": term})
    assert answer.status_code == 302
    assert answer["Location"] == address(FulfillmentOrder, "change", order.pk)


def test_the_barcode_of_a_product_opens_its_only_order(
    picker: Client, house: House, order: FulfillmentOrder
) -> None:
    product = ProductFactory(merchant=house.store.merchant, sku="MUG-BLU")
    product.barcodes.create(merchant=product.merchant, code="4006381333931")
    answer = picker.get(WORK_LIST, {"queue": "to_ship", "q": "4006381333931"})
    assert answer["Location"] == address(FulfillmentOrder, "change", order.pk)


def test_several_hits_are_listed_and_an_sku_is_not_guessed(
    picker: Client, order: FulfillmentOrder
) -> None:
    assert len(listed(picker, queue="all", q="SO-2")) == 2
    assert listed(picker, queue="all", q="MUG") == []
    assert listed(picker, queue="all", q="O-1001") == []


def test_of_a_name_that_many_bear_the_newest_are_found(house: House) -> None:
    rows.order(house.reno, recipient="Dana Olderson")
    newest = rows.many(MOST_HITS, house.reno)
    rows.order(house.reno, recipient="Zoë Aldington")
    assert sorted(find("dana")) == [order.pk for order in newest]
    assert len(find("olderson")) == 1


def test_tabs_keep_filters_and_search(picker: Client, house: House, order: object) -> None:
    chosen = {"queue": "to_ship", "q": "SO-2", "store": house.store.pk, "o": "1"}
    chosen["work_status__exact"] = "picking"
    answer = picker.get(WORK_LIST, {**chosen, "p": "1"})
    urls = {queue.key: url for queue, _, url in answer.context["queues"]}
    assert urls["problems"] == (
        f"?q=SO-2&store={house.store.pk}&o=1&work_status__exact=picking&queue=problems"
    )


def test_a_filter_is_lit_only_when_one_is_chosen(picker: Client, house: House) -> None:
    assert not picker.get(WORK_LIST, {"queue": "to_ship"}).context["cl"].has_active_filters
    chosen = {"queue": "to_ship", "store": house.store.pk}
    assert picker.get(WORK_LIST, chosen).context["cl"].has_active_filters


@pytest.mark.parametrize(
    ("who", "queue"), [("picker", "to_ship"), ("shipper", "to_ship"), ("supervisor", "to_decide")]
)
def test_the_day_begins_with_ones_own_queue(house: House, who: str, queue: str) -> None:
    assert house.client(who).get(WORK_LIST)["Location"] == f"?queue={queue}"


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"queue": "to_decide"}, "No request waits for an answer."),
        ({"queue": "cancellations"}, "No merchant waits for an answer to a cancellation."),
        ({"queue": "to_ship"}, "Nothing is left to ship."),
        ({"queue": "problems"}, "No open problem."),
        ({"queue": "in_transit"}, "Nothing is on its way."),
        ({"queue": "all"}, "No orders yet. They appear as soon as a store asks."),
        ({"queue": "to_ship", "q": "zzz"}, "Nothing in “To ship” fits “zzz”. Look in all orders"),
        ({"queue": "all", "work_status__exact": "packed"}, "Nothing in “All” fits these filters."),
    ],
)
def test_an_empty_list_says_a_sentence(
    picker: Client, house: House, query: dict[str, str], sentence: str
) -> None:
    assert sentence in text(picker.get(WORK_LIST, query))


def test_empty_panels_of_an_order_say_a_sentence(manager: Client, house: House) -> None:
    order = rows.order(None, store=house.store, skus=(), asks=None, address=None)
    shown = text(manager.get(address(FulfillmentOrder, "change", order.pk)))
    for sentence in (
        "The store names no lines.",
        "The store gave no address.",
        "Nothing has left yet.",
        "The store was told nothing yet.",
    ):
        assert sentence in shown


# --- how many questions the database is asked ------------------------------------------------


def asked(look: Callable[[], object]) -> int:
    look()  # whatever is remembered from the first time
    with CaptureQueriesContext(connection) as queries:
        look()
    return len(queries)


@pytest.mark.parametrize("who", ["picker", "manager"])
def test_the_work_list_asks_no_more_for_fifty_orders_than_for_five(house: House, who: str) -> None:
    client = house.client(who)

    def look() -> object:
        return client.get(WORK_LIST, {"queue": "to_decide"})

    rows.many(5, house.reno)
    few = asked(look)
    rows.many(50, house.reno)
    assert asked(look) == few
    assert few - SESSION_USER_AND_PERMISSIONS <= MOST_FOR_THE_WORK_LIST


@pytest.mark.parametrize("who", ["picker", "manager"])
@pytest.mark.parametrize("term", ["TENT-2P-GRN", "Dana"])
def test_a_search_asks_no_more_than_the_list(house: House, who: str, term: str) -> None:
    rows.many(50, house.reno)
    client = house.client(who)
    found = asked(lambda: client.get(WORK_LIST, {"queue": "all", "q": term}))
    assert found - SESSION_USER_AND_PERMISSIONS <= MOST_FOR_THE_WORK_LIST


def test_an_order_with_a_long_story_asks_no_more_than_one_with_a_short_one(
    manager: Client, house: House
) -> None:
    short, long = rows.accepted(house.reno), rows.accepted(house.reno, skus=("A", "B", "C"))
    for order, times in ((short, 1), (long, 30)):
        rows.events(order, times * 20)
        for number in range(times):
            rows.call(order, attempts=min(times, 12))
            rows.problem(order, f"Problem {number}")
            rows.shipped(order, f"1Z{number}")

    def look(order: FulfillmentOrder) -> Callable[[], object]:
        return lambda: manager.get(address(FulfillmentOrder, "change", order.pk))

    assert asked(look(long)) == asked(look(short))
    shown = text(manager.get(address(FulfillmentOrder, "change", long.pk)))
    assert "The last 10 of 12 attempts" in shown
    assert shown.count("Event ") == 200


def test_the_dashboard_asks_no_more_when_there_is_more(manager: Client, house: House) -> None:
    few = asked(lambda: manager.get("/admin/"))
    for order in rows.many(30, house.reno):
        rows.call(order)
    assert asked(lambda: manager.get("/admin/")) == few


def test_pages_of_many_ask_no_more_than_pages_of_few(supervisor: Client, house: House) -> None:
    def look(count: int, name: str) -> int:
        orders = rows.many(count, house.reno)
        path = address(FulfillmentOrder, "act", name)
        return asked(lambda: supervisor.get(path, {"id": [order.pk for order in orders]}))

    for name in ("tell_again", "add_products", "settle_problems", "reject_request"):
        assert look(40, name) <= look(4, name), name
