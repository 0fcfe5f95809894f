"""Who is let in, what a success looks like, faults, and what is written down of it."""

import json
import time

import pytest

from tests.sandbox.spresso.stage import Console
from tests.sandbox.stage import HTTP

RECEIVED = {"status": "received_by_fulfiller"}


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer wrong", "Basic {token}", "{token}"])
def test_without_a_token_nobody_is_let_in(console: Console, header: str) -> None:
    part = console.place()["fulfillments"][0]["id"]
    headers = {"Authorization": header.format(token=console.token)}
    assert console.put(part, RECEIVED, headers=headers).status_code == 401
    assert console.effects("status") == []


def test_a_token_is_given_for_client_id_and_secret_and_runs_out(console: Console) -> None:
    part = console.place()["fulfillments"][0]["id"]
    console.settings(token_seconds=1)
    given = console.ask_token().json()
    headers = {"Authorization": f"Bearer {given['access_token']}"}
    assert given["expires_in"] == 1
    assert console.put(part, RECEIVED, headers=headers).status_code == 200
    time.sleep(1.05)
    assert console.put(part, RECEIVED, headers=headers).status_code == 401
    assert len(console.effects("token")) == 1


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"client_secret": "wrong"}, 401),
        ({"client_id": None}, 401),
        ({"scope": "view edit"}, 200),
        ({"scope": "admin"}, 403),
        ({"grant_type": "password"}, 400),
        ({"audience": ""}, 400),
    ],
)
def test_what_it_takes_to_get_a_token(
    console: Console, changes: dict[str, object], status: int
) -> None:
    assert console.ask_token(**changes).status_code == status


def test_tokens_can_be_added_and_taken_away(console: Console) -> None:
    part = console.place()["fulfillments"][0]["id"]
    console.control("DELETE", "tokens", {"token": console.token})
    assert console.put(part, RECEIVED).status_code == 401
    console.control("POST", "tokens", {"token": console.token})
    assert console.put(part, RECEIVED).status_code == 200
    console.ask_token()
    assert console.control("DELETE", "tokens")["tokens"] == []


@pytest.mark.parametrize(
    ("status", "body", "content"),
    [(200, "json", b'{"ok":true}'), (202, "empty", b""), (201, "html", b"<p>ok")],
)
def test_a_success_may_look_like_anything(
    console: Console, status: int, body: str, content: bytes
) -> None:
    console.settings(success_status=status, success_body=body)
    answer = console.put(console.place()["fulfillments"][0]["id"], RECEIVED)
    assert (answer.status_code, answer.content) == (status, content)


@pytest.mark.parametrize(
    ("kind", "status", "applied"),
    [
        ("status_400", 400, False),
        ("status_429", 429, False),
        ("status_503", 503, False),
        ("status_401", 401, False),
        ("status_403", 403, False),
        ("status_404", 404, False),
        ("error_500_before", 500, False),
        ("error_500_after", 500, True),
        ("empty_success", 200, False),
        ("empty_after", 200, True),
        ("delay_before", 200, True),
        ("delay_after", 200, True),
    ],
)
def test_a_fault_answers_wrongly(console: Console, kind: str, status: int, applied: bool) -> None:
    part = console.place()["fulfillments"][0]["id"]
    console.fault(kind, "updateFulfillment", times=1, seconds=0.05)
    assert console.put(part, RECEIVED).status_code == status
    assert len(console.effects("status")) == applied
    assert console.put(part, RECEIVED).status_code == 200
    assert len(console.effects("status")) == 1
    assert console.violations() == []


@pytest.mark.parametrize(("kind", "applied"), [("drop_before", False), ("drop_after", True)])
def test_a_connection_may_be_dropped(console: Console, kind: str, applied: bool) -> None:
    part = console.place()["fulfillments"][0]["id"]
    console.fault(kind, times=1)
    with pytest.raises(OSError, match="Connection"):
        console.put(part, RECEIVED)
    assert len(console.effects("status")) == applied


def test_the_token_address_fails_on_demand(console: Console) -> None:
    console.fault("error_500_before", "createAccessToken", times=1)
    assert [console.ask_token().status_code for _ in range(2)] == [500, 200]


def test_calls_that_cross_are_noted(console: Console) -> None:
    part = console.place()["fulfillments"][0]["id"]
    with console.world.lock:
        console.world.spresso[console.name].under_way.append(part)
    assert console.put(part, RECEIVED).status_code == 200
    assert console.violations() == ["another call about this fulfillment is under way"]


def test_nothing_can_be_read_and_trying_is_a_violation(console: Console) -> None:
    order = console.place()
    base = f"{console.url}/spresso/{console.name}/v1"
    headers = {"Authorization": f"Bearer {console.token}"}
    for path in (
        f"orders/{order['id']}",
        f"fulfillments/{order['fulfillments'][0]['id']}",
        "webhooks",
    ):
        assert HTTP.get(f"{base}/{path}", headers=headers, timeout=5).status_code in (404, 405)
    assert console.control("GET", "violations")["violations"]


def test_no_secret_is_written_down(console: Console) -> None:
    part = console.place()["fulfillments"][0]["id"]
    token = console.ask_token().json()["access_token"]
    console.put(part, RECEIVED, headers={"Authorization": f"Bearer {token}"})
    shown = json.dumps(console.control("GET", "calls"))
    assert len(console.control("GET", "calls")["calls"]) == 2
    for secret in (token, console.token, f"secret-of-{console.name}"):
        assert secret not in shown


@pytest.mark.parametrize(
    "wishes",
    [
        {"tokens": 3},
        {"webhooks": "loud"},
        {"success_status": 500},
        {"success_body": "xml"},
        {"times": "3"},
    ],
)
def test_a_setting_that_does_not_exist_is_refused(
    console: Console, wishes: dict[str, object]
) -> None:
    before = console.control("GET", "state")["settings"]
    assert console.control("PUT", "settings", wishes, expect=400)["error"]
    assert console.control("GET", "state")["settings"] == before


def test_what_is_not_there_is_said(console: Console) -> None:
    assert HTTP.get(f"{console.url}/spresso/nobody/_sandbox/state", timeout=5).status_code == 404
    assert HTTP.put(f"{console.url}/spresso/nobody/v1/fulfillments/1", timeout=5).status_code == 404
    accounts = f"{console.url}/spresso/_sandbox/accounts"
    assert HTTP.post(accounts, json={"tok": 1}, timeout=5).status_code == 400
    names = [each["name"] for each in HTTP.get(accounts, timeout=5).json()["accounts"]]
    assert console.name in names
