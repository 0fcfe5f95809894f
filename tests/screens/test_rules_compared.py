"""The page “Rules compared”: what people decided beside what the rules would have done."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from fulfillment.admin.compared import PER_PAGE
from fulfillment.models import FulfillmentOrder, Request
from locations.models import CancellationPolicy, Location, RequestPolicy, Store
from platforms.records import RequestKind
from tests.factories import LocationFactory
from tests.screens import rows
from tests.screens.conftest import House
from tests.screens.pages import act, address, text
from tests.screens.test_finding import asked

PAGE = reverse("admin:fulfillment_rules_compared")


def decided(
    location: Location,
    rule: str,
    person: str,
    *,
    kind: RequestKind = RequestKind.FULFILL,
    minutes: float = 10,
    days_ago: float = 1,
    **columns: Any,
) -> Request:
    """A request that a person has decided, and what its rule would have done."""
    at = timezone.now() - timedelta(days=days_ago)
    order = rows.order(location, asks=kind)
    judge, _ = User.objects.get_or_create(username="judge")
    wishes = {
        "decision": person,
        "decided_at": at,
        "decided_by": judge,
        "received_at": at - timedelta(minutes=minutes),
        "closed_at": at,
        "rule_verdict": rule,
        "rule_reason": "1 open problem." if rule == "leave" else "No problem is open.",
    }
    order.requests.update(**{**wishes, **columns})
    return order.requests.get()


@pytest.fixture
def house(house: House) -> House:
    """The house; the rule of its store is in the shadow."""
    Store.objects.update(request_policy=RequestPolicy.SHADOW)
    return house


def shown(client: Client, **query: object) -> str:
    answer = client.get(PAGE, query)
    assert answer.status_code == 200
    return text(answer)


def figures(client: Client, **query: object) -> list[tuple[str, str, int, int, int, int]]:
    return [
        (row.store, row.kind, row.decided, row.agreed, row.opposed, row.held_back)
        for row, *_ in client.get(PAGE, query).context["rows"]
    ]


def test_it_says_how_often_rule_and_person_agreed(manager: Client, house: House) -> None:
    for _ in range(3):
        decided(house.reno, "accept", "accepted")
    decided(house.reno, "leave", "rejected", reason="address")
    decided(house.reno, "accept", "rejected", reason="out_of_stock")
    decided(house.reno, "leave", "accepted")
    assert figures(manager) == [("Acme Outdoors", "fulfill", 6, 4, 1, 1)]
    page = shown(manager)
    assert "rejected by people for out of stock: 1" in page
    assert "6 after 10 min (median); a rule decides at once" in page


def test_requests_and_cancellations_of_each_store_are_told_apart(
    manager: Client, house: House
) -> None:
    other = LocationFactory(store__name="Bergen Bikes")
    decided(house.reno, "accept", "accepted")
    decided(house.reno, "reject", "rejected", kind=RequestKind.CANCEL)
    decided(house.reno, "accept", "rejected", kind=RequestKind.CANCEL)
    decided(other, "leave", "accepted")
    assert figures(manager) == [
        ("Acme Outdoors", "fulfill", 1, 1, 0, 0),
        ("Acme Outdoors", "cancel", 2, 1, 1, 0),
        ("Bergen Bikes", "fulfill", 1, 0, 0, 1),
    ]
    assert [row[0] for row in figures(manager, store=other.store.pk)] == ["Bergen Bikes"]


def test_a_sentence_says_what_switching_the_rule_on_would_have_done(
    manager: Client, house: House
) -> None:
    for minutes in (2, 14, 90):
        decided(house.reno, "accept", "accepted", minutes=minutes)
    decided(house.reno, "leave", "rejected", minutes=14)
    assert (
        "“Accept when no problem is found”, switched on, would have answered 3 of 4 requests at "
        "once, where a person took 14 min (median). It would never have answered otherwise than "
        "the person did." in shown(manager)
    )
    decided(house.reno, "accept", "rejected", minutes=14)
    assert "To 1 of them it would have answered otherwise than the person did." in shown(manager)


def test_a_rule_that_leaves_everything_would_have_changed_nothing(
    manager: Client, house: House
) -> None:
    decided(house.reno, "leave", "accepted", kind=RequestKind.CANCEL)
    assert (
        "“Accept before picking, reject after shipping” would have left every cancellation to a "
        "person: switching it on would have changed nothing." in shown(manager)
    )


def test_disagreements_are_listed_newest_first_and_lead_to_their_orders(
    manager: Client, house: House
) -> None:
    older = decided(house.reno, "accept", "rejected", reason="address", days_ago=3)
    newer = decided(house.reno, "leave", "accepted", days_ago=2, answer_message="Fine.")
    decided(house.reno, "accept", "accepted", days_ago=1)
    answer = manager.get(PAGE)
    assert [request.pk for request in answer.context["page"]] == [newer.pk, older.pk]
    for request in (older, newer):
        link = address(FulfillmentOrder, "change", request.fulfillment_order_id)
        assert f'href="{link}"' in answer.content.decode()
    assert "Rule: leave it to a person. 1 open problem. judge: accepted, “Fine.”" in text(answer)


@pytest.mark.parametrize(("days", "found"), [("7", 1), ("30", 2), ("90", 3), ("x", 2), ("", 2)])
def test_a_period_is_chosen(manager: Client, house: House, days: str, found: int) -> None:
    for ago in (2, 20, 80, 100):
        decided(house.reno, "leave", "accepted", days_ago=ago)
    [row] = figures(manager, days=days)
    assert row[2] == found


def test_what_nobody_decided_is_not_counted(manager: Client, house: House) -> None:
    decided(house.reno, "accept", "accepted", decided_by=None)
    decided(house.reno, "accept", "withdrawn", decided_by=None, decided_at=None)
    decided(house.reno, "", "accepted")
    decided(house.reno, "accept", "", decided_by=None, decided_at=None, closed_at=None)
    assert figures(manager) == []


def test_many_disagreements_are_paged(manager: Client, house: House) -> None:
    for _ in range(PER_PAGE + 1):
        decided(house.reno, "leave", "accepted")
    first = manager.get(PAGE, {"store": house.store.pk, "days": 7})
    assert len(first.context["page"]) == PER_PAGE
    second = manager.get(PAGE + first.context["older"])
    assert len(second.context["page"]) == 1
    assert manager.get(PAGE + second.context["newer"]).context["page"].number == 1
    assert second.context["choice"] == first.context["choice"]


@pytest.mark.parametrize(
    "query",
    ["p=abc", "p=-1", "p=99999", "store=%00", "store=²", "store=99999999999999999999", "days=1e9"],
)
def test_no_query_breaks_the_page(manager: Client, house: House, query: str) -> None:
    decided(house.reno, "leave", "accepted")
    assert manager.get(f"{PAGE}?{query}").status_code == 200


def test_it_asks_no_more_for_many_than_for_few(manager: Client, house: House) -> None:
    def add(count: int) -> None:
        other = LocationFactory()
        for location in (house.reno, other):
            for _ in range(count):
                decided(location, "accept", "rejected", reason="address")
                decided(location, "leave", "accepted", kind=RequestKind.CANCEL)

    add(1)
    few = asked(lambda: manager.get(PAGE))
    add(12)
    assert asked(lambda: manager.get(PAGE)) == few <= 10


# --- nothing to compare -----------------------------------------------------------------------


def test_nothing_decided_yet_is_said(manager: Client, house: House) -> None:
    assert "In the last 30 days nobody decided on a request whose rule is compared." in shown(
        manager
    )


def test_where_no_rule_is_in_the_shadow_it_says_what_to_do(manager: Client, house: House) -> None:
    Store.objects.update(request_policy=RequestPolicy.BY_HAND)
    page = shown(manager)
    assert "No rule is compared here. On the page of a store, under Rules, choose" in page
    Store.objects.update(cancellation_policy=CancellationPolicy.SHADOW)
    assert "nobody decided" in shown(manager)


# --- who sees what ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("picker", 403),
        ("shipper", 403),
        ("supervisor", 200),
        ("manager", 200),
        ("superuser", 200),
        ("without a group", 403),
        ("not staff", 302),
        ("anonymous", 302),
    ],
)
def test_the_page_opens_for_those_who_may_compare(house: House, who: str, status: int) -> None:
    client = house.client(who)
    assert client.get(PAGE).status_code == status
    links = client.get("/admin/", follow=True).content.decode()
    assert (f'href="{PAGE}"' in links) == (status == 200)


def test_a_supervisor_sees_only_what_was_decided_in_their_warehouses(
    supervisor: Client, manager: Client, house: House
) -> None:
    elsewhere = LocationFactory(store__name="Bergen Bikes")
    decided(house.reno, "accept", "accepted")
    theirs = decided(house.erie, "leave", "accepted")
    decided(elsewhere, "leave", "accepted")
    assert figures(supervisor) == [("Acme Outdoors", "fulfill", 1, 1, 0, 0)]
    assert figures(supervisor, store=elsewhere.store.pk) == figures(supervisor)
    page = shown(supervisor)
    assert "Bergen Bikes" not in page
    assert theirs.fulfillment_order.order.ref not in page
    assert [row[:3] for row in figures(manager)] == [
        ("Acme Outdoors", "fulfill", 2),
        ("Bergen Bikes", "fulfill", 1),
    ]


def test_only_who_may_change_a_store_is_led_to_it(
    supervisor: Client, manager: Client, house: House
) -> None:
    decided(house.reno, "accept", "accepted")
    link = f'href="{address(Store, "change", house.store.pk)}"'
    assert link in manager.get(PAGE).content.decode()
    assert link not in supervisor.get(PAGE).content.decode()


def test_the_page_of_a_store_leads_there(manager: Client, house: House) -> None:
    page = manager.get(address(Store, "change", house.store.pk)).content.decode()
    assert f'href="{PAGE}?store={house.store.pk}"' in page


# --- where it comes from ----------------------------------------------------------------------


def test_what_a_person_decides_is_compared_from_the_work_list_on(
    supervisor: Client, house: House
) -> None:
    order = rows.order(house.reno)
    rows.problem(order)
    assert "told to the store: 1." in act(supervisor, "accept_request", order, message="")
    assert figures(supervisor) == [("Acme Outdoors", "fulfill", 1, 0, 0, 1)]
    page = text(supervisor.get(address(FulfillmentOrder, "change", order.pk)))
    assert "The rule in the shadow: leave it to a person. 1 open problem." in page
