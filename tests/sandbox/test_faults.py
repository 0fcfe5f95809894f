"""Faults: each kind, when it strikes, and what was applied all the same."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from tests.sandbox.stage import Stage

ACCEPT = "fulfillmentRequestAccept"


@pytest.fixture
def order_id(store: Stage) -> int:
    return store.place()


def accept(store: Stage, order_id: int) -> requests.Response:
    return store.service.step(order_id, "fulfillment-request/accept")


@pytest.mark.parametrize(
    ("kind", "status", "content_type", "applied"),
    [
        ("status_400", 400, "application/json", False),
        ("status_429", 429, "application/json", False),
        ("status_503", 503, "text/html", False),
        ("status_401", 401, "application/json", False),
        ("status_403", 403, "application/json", False),
        ("status_404", 404, "application/json", False),
        ("html_404", 404, "text/html", False),
        ("error_500_before", 500, "text/html", False),
        ("error_500_after", 500, "text/html", True),
        ("empty_success", 200, "", False),
        ("empty_after", 200, "", True),
    ],
)
def test_a_fault_answers_wrongly(
    store: Stage, order_id: int, kind: str, status: int, content_type: str, applied: bool
) -> None:
    store.fault(kind, ACCEPT, times=1)
    answer = accept(store, order_id)
    assert answer.status_code == status
    if content_type:
        assert answer.headers["Content-Type"].startswith(content_type)
    else:
        assert answer.content == b""
    assert len(store.effects("accept", order_id)) == applied
    assert accept(store, order_id).status_code == (400 if applied else 200)


@pytest.mark.parametrize(("kind", "applied"), [("drop_before", False), ("drop_after", True)])
def test_a_dropped_connection_leaves_the_caller_without_an_answer(
    store: Stage, order_id: int, kind: str, applied: bool
) -> None:
    store.fault(kind, ACCEPT, times=1)
    with pytest.raises(requests.ConnectionError):
        accept(store, order_id)
    assert len(store.effects("accept", order_id)) == applied
    call = store.calls(ACCEPT)[0]
    assert (call["status"], call["fault"]) == (None, kind)


@pytest.mark.parametrize(("kind", "applied"), [("delay_before", False), ("delay_after", True)])
def test_a_delay_comes_before_or_after_the_change(
    store: Stage, order_id: int, kind: str, applied: bool
) -> None:
    store.fault(kind, ACCEPT, times=1, seconds=0.3)
    with ThreadPoolExecutor() as pool:
        waiting = pool.submit(accept, store, order_id)
        time.sleep(0.1)
        assert len(store.effects("accept")) == applied
        assert waiting.result().status_code == 200


def test_others_are_served_while_one_is_delayed(store: Stage, order_id: int) -> None:
    store.fault("delay_after", ACCEPT, times=1, seconds=0.3)
    with ThreadPoolExecutor() as pool:
        waiting = pool.submit(accept, store, order_id)
        time.sleep(0.05)
        started = time.monotonic()
        assert store.service.state(order_id) == ("processing", "accepted")
        assert time.monotonic() - started < 0.2
        waiting.result()


@pytest.mark.parametrize("kind", ["status_429", "status_503"])
@pytest.mark.parametrize("retry_after", ["0", "-5", "Wed, 21 Oct 2026 07:28:00 GMT", None])
def test_who_is_sent_away_may_be_told_anything_about_when_to_come_back(
    store: Stage, kind: str, retry_after: str | None
) -> None:
    store.fault(kind, retry_after=retry_after)
    answer = store.service.call("GET", "/locations/")
    assert answer.headers.get("Retry-After") == retry_after


def test_a_paging_link_may_lead_elsewhere(store: Stage) -> None:
    store.place(count=3)
    store.fault("foreign_next", "fulfillmentOrdersList", times=1)
    link = store.service.get("/fulfillment-orders/")["next"]
    assert link.startswith("https://elsewhere.example.com/")


def test_a_fault_strikes_only_its_operation_and_only_so_often(store: Stage, order_id: int) -> None:
    store.fault("error_500_before", ACCEPT, times=2)
    assert store.service.call("GET", "/locations/").status_code == 200
    statuses = [accept(store, order_id).status_code for _ in range(3)]
    assert statuses == [500, 500, 200]


def test_faults_can_be_cleared(store: Stage, order_id: int) -> None:
    store.fault("error_500_before")
    assert accept(store, order_id).status_code == 500
    store.control("DELETE", "faults")
    assert accept(store, order_id).status_code == 200


def unlucky(store: Stage, wish: dict[str, object]) -> list[int]:
    store.control("DELETE", "faults")
    store.control("POST", "faults", wish)
    return [store.service.call("GET", "/locations/").status_code for _ in range(30)]


@pytest.mark.parametrize(
    "wish",
    [
        {"kind": "error_500_before", "probability": 0.5, "seed": 7},
        {"kind": "mix", "seed": 7, "chances": {"status_429": 0.3, "error_500_before": 0.3}},
    ],
)
def test_chance_is_the_same_each_time(store: Stage, wish: dict[str, object]) -> None:
    first = unlucky(store, wish)
    assert len(set(first)) > 1
    assert unlucky(store, wish) == first


@pytest.mark.parametrize(
    "wish",
    [
        {"kind": "earthquake"},
        {"kind": "mix"},
        {"kind": "mix", "chances": {"earthquake": 1.0}},
        {"kind": "status_429", "oftenness": 3},
        {},
    ],
)
def test_a_fault_that_would_do_nothing_is_refused(store: Stage, wish: dict[str, object]) -> None:
    assert "fault" in store.control("POST", "faults", wish, expect=400)["error"]


def test_a_faulty_call_still_counts_against_the_rate(empty_store: Stage) -> None:
    empty_store.settings(rate_limit=1)
    empty_store.fault("error_500_before", times=1)
    statuses = [empty_store.service.call("GET", "/locations/").status_code for _ in range(2)]
    assert statuses == [500, 429]
