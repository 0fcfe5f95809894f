"""What belongs to another warehouse is not there: not in lists, counts, pages or actions."""

import pytest
from django.test import Client

from fulfillment.models import FulfillmentOrder
from tests.screens import rows
from tests.screens.conftest import House
from tests.screens.pages import WORK_LIST, act, address, listed, page, page_from_list, tabs, text
from tests.screens.test_who_sees_what import DECIDES, everything


@pytest.fixture
def mine(house: House) -> FulfillmentOrder:
    return rows.order(house.reno, number="10001")


@pytest.fixture
def theirs(house: House) -> FulfillmentOrder:
    order = rows.order(house.erie, number="10002", skus=("ERIE-ONLY",), recipient="Erica Erie")
    rows.problem(order)
    rows.shipped(order, "ERIE-CODE")
    return order


def test_a_list_shows_only_the_orders_of_ones_own_warehouses(
    supervisor: Client, manager: Client, mine: FulfillmentOrder, theirs: FulfillmentOrder
) -> None:
    assert listed(supervisor, queue="all") == [mine.pk]
    assert listed(manager, queue="all") == [theirs.pk, mine.pk]


@pytest.mark.parametrize("term", ["10002", "ERIE-ONLY", "ERIE-CODE", "Erica"])
def test_a_search_does_not_find_them(
    supervisor: Client, manager: Client, theirs: FulfillmentOrder, term: str
) -> None:
    assert listed(supervisor, queue="all", q=term) == []
    assert manager.get(WORK_LIST, {"q": term}).status_code == 302


def test_counts_do_not_count_them(
    supervisor: Client, house: House, mine: FulfillmentOrder, theirs: FulfillmentOrder
) -> None:
    assert tabs(supervisor) == {
        "to_decide": "1",
        "cancellations": "0",
        "late": "0",
        "due_today": "0",
        "to_ship": "0",
        "problems": "0",
        "in_transit": "0",
    }
    cards = supervisor.get("/admin/").context["floor"]
    assert [card.figure for card in cards] == ["1", "0", "0", "0", "0", "0", "0"]


def test_filters_do_not_offer_them(supervisor: Client, theirs: FulfillmentOrder) -> None:
    answer = supervisor.get(WORK_LIST, {"queue": "all"})
    assert "Erie" not in text(answer)
    assert listed(supervisor, queue="all", warehouse=theirs.warehouse_id) == []


def test_their_page_is_not_there(supervisor: Client, theirs: FulfillmentOrder) -> None:
    assert supervisor.get(address(FulfillmentOrder, "change", theirs.pk)).status_code == 404
    answer = supervisor.get(address(FulfillmentOrder, "history", theirs.pk))
    assert answer.status_code in (302, 404)


@pytest.mark.parametrize("name", sorted(DECIDES))
def test_no_action_reaches_them_not_even_a_forged_one(
    supervisor: Client, theirs: FulfillmentOrder, name: str
) -> None:
    before = everything()
    assert page(supervisor, name, [theirs]).status_code == 302
    assert page_from_list(supervisor, name, [theirs]).status_code == 302
    sent = {
        "confirmed": "1",
        "seen": f"{theirs.pk}:{theirs.revision}",
        "reason": "address",
        "message": "No",
        "how": "Somehow",
    }
    answer = supervisor.post(address(FulfillmentOrder, "act", name), sent, follow=True)
    assert "it is not yours to work on" in text(answer)
    assert "Erica" not in text(answer)
    assert everything() == before


def test_of_several_only_ones_own_are_acted_on(
    supervisor: Client, mine: FulfillmentOrder, theirs: FulfillmentOrder
) -> None:
    assert "told to the store: 1." in act(supervisor, "accept_request", mine, theirs)
    theirs.refresh_from_db()
    assert theirs.pending_answer == ""


def test_an_unknown_location_is_seen_by_those_who_work_everywhere(
    supervisor: Client, manager: Client, house: House
) -> None:
    order = rows.order(None, store=house.store)
    assert listed(supervisor, queue="all") == []
    assert supervisor.get(address(FulfillmentOrder, "change", order.pk)).status_code == 404
    assert listed(manager, queue="all") == [order.pk]
    shown = manager.get(address(FulfillmentOrder, "change", order.pk))
    assert "unknown location" in text(shown)
    refused = page(manager, "accept_request", [order])
    assert "which is none of ours" in text(refused)
