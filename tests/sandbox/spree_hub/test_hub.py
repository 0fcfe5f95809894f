"""The fake hub itself: as strict as the contract, and it says what it was told."""

from collections.abc import Iterator
from typing import Any

import pytest

from sandbox import Sandbox
from sandbox.spree_hub.hearing import breaches, cangaroo_breaches, in_messages
from sandbox.spree_hub.state import Hub, Sent, Settings
from sandbox.spree_hub.storefront import apply
from tests.platforms.contract import CONTRACTS, example
from tests.sandbox.spree_hub.stage import HTTP, HubStage, open_hub_stage
from tests.sandbox.stage import Receiver

CONTRACT = CONTRACTS / "spree_hub"
ANSWERS = [
    each
    for each in example("index.json", CONTRACT)
    if each["generation"] in (1, 2) and each["operationId"] not in (None, "manifest")
]


@pytest.fixture
def provider() -> Iterator[Receiver]:
    receiver = Receiver()
    server = receiver.start()
    yield receiver
    server.shutdown()
    server.server_close()


@pytest.fixture
def stage(sandbox: Sandbox, provider: Receiver) -> HubStage:
    return open_hub_stage(sandbox, base_url=provider.url, token="t" * 32, generation=2)


@pytest.mark.parametrize("listed", ANSWERS, ids=lambda each: str(each["file"]))
def test_it_finds_no_fault_with_the_answers_of_the_contract(listed: dict[str, Any]) -> None:
    shown = example(listed["file"], CONTRACT)
    hub = Hub("h", Settings(generation=listed["generation"]))
    body = shown["request"].get("body")
    if body is None:
        body = {"message_id": shown["response"]["body"]["message_id"]}
    name = "message_id" if listed["generation"] == 1 else "request_id"
    sent = Sent(shown["request"]["path"], body[name], body, status=shown["response"]["status"])
    sent.answer = shown["response"]["body"]
    assert breaches(hub, sent, "application/json;charset=utf-8", "") == []


@pytest.mark.parametrize(
    "answer",
    [
        {"request_id": "r", "summary": "Done."},
        {"request_id": "r", "message_id": "r", "shipments": []},
        {"request_id": "r", "shipments": [{"status": "ready"}]},
        {"request_id": "r", "Shipments": []},
        {"request_id": "other", "shipments": []},
        {"request_id": "r", "shipments": [{"id": "H1", "status": "packed"}]},
        {"request_id": "r", "shipments": [{"id": "H1", "status": "shipped", "tracking": []}]},
        [],
        None,
    ],
)
def test_it_finds_what_a_second_generation_hub_would_throw_away(answer: Any) -> None:
    sent = Sent("add_shipment", "r", {"request_id": "r"}, status=200, answer=answer)
    assert breaches(Hub("h"), sent, "application/json", "")


def test_a_page_of_html_and_a_status_that_nobody_knows_are_faults() -> None:
    hub, sent = Hub("h"), Sent("add_shipment", "r", {}, status=302, answer=None)
    assert len(breaches(hub, sent, "text/html", "<h1>")) == 2
    assert cangaroo_breaches({"request_id": "r", "notifications": [{"level": "info"}]})


def test_all_four_forms_of_a_first_generation_answer_are_read() -> None:
    payload = {"shipment": {"number": "H1"}}
    message = {"message": "shipment:confirm", "payload": payload}
    for body in (
        {"message_id": "m", **message},
        [{"message_id": "m", **message}],
        {"message_id": "m", "messages": [message]},
    ):
        assert in_messages(body, "shipment:confirm") == [payload]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"stock_location": None}, "stock location"),
        ({"stock_location": "Reno"}, "stock location"),
        ({"shipping_method": "Drone"}, "shipping method"),
        ({"items": [{"product_id": "TOTE-NAT-01", "quantity": 2}]}, "inventory unit"),
        ({"items": [{"product_id": "MUG-BLU-35", "quantity": 1}] * 2}, "inventory unit"),
        ({"id": "H0"}, "unknown shipment"),
        ({"status": "pending"}, "cannot go from ready to pending"),
    ],
)
def test_the_shop_refuses_what_a_spree_store_refuses(
    change: dict[str, Any], reason: str, sandbox: Sandbox, stage: HubStage
) -> None:
    number = stage.place(send=False)
    hub = sandbox.world.spree_hub[stage.name]
    good = {
        "id": number,
        "status": "shipped",
        "stock_location": "Dulles East",
        "shipping_method": "Ground 3-5 days",
        "tracking": "1Z",
    }
    apply(hub, {"shipments": [{**good, **change}]})
    [(kind, _, said)] = stage.effects()
    assert (kind, reason in said) == ("refused", True)
    apply(hub, {"shipments": [good, good]})
    assert stage.effects("shipped") == [("shipped", number, "1Z")]


def test_what_it_sends_is_what_the_contract_shows(stage: HubStage, provider: Receiver) -> None:
    stage.place()
    stage.settings(generation=1)
    stage.place()
    second, first = provider.wait_for(2)
    shown = example("gen2_add_shipment.json", CONTRACT)["request"]["body"]
    assert set(shown["shipment"]) - set(second.body["shipment"]) == {"billing_address"}
    assert set(shown["shipment"]["items"][0]) == set(second.body["shipment"]["items"][0])
    assert second.headers["X-Hub-Token"] == "t" * 32
    shown = example("gen1_drop_ship_full_shipment.json", CONTRACT)["request"]["body"]
    assert set(first.body["payload"]["shipment"]) == set(shown["payload"]["shipment"])
    assert first.headers["X-Augury-Token"] == "t" * 32
    assert "X-Hub-Store" not in first.headers


def test_what_failed_is_sent_again_with_the_same_id(stage: HubStage, provider: Receiver) -> None:
    provider.answers = [500]
    stage.place()
    stage.retry()
    once, again = provider.wait_for(2)
    assert once.body == again.body


def test_the_page_is_usable(stage: HubStage) -> None:
    shop = f"{stage.url}/spree_hub/{stage.name}/shop"
    HTTP.post(f"{shop}/order", data={"sku": "MUG-BLU-35", "quantity": 2}, timeout=10)
    HTTP.post(f"{shop}/fault", data={"kind": "repeat", "times": 1}, timeout=10)
    page = HTTP.get(shop, timeout=10)
    assert page.ok
    assert page.text.count("MUG-BLU-35") >= 2
    assert HTTP.post(f"{shop}/nonsense", timeout=10).status_code == 404
    assert HTTP.get(f"{stage.url}/", timeout=10).text.count(stage.name) >= 1
    assert HTTP.get(f"{stage.url}/spree_hub/nobody/shop", timeout=10).status_code == 404


def test_wishes_that_make_no_sense_are_told_in_words(stage: HubStage) -> None:
    for method, path, wish in (
        ("POST", "faults", {"kind": "earthquake"}),
        ("PUT", "settings", {"colour": "red"}),
        ("POST", "poll", {"what": "weather"}),
        ("POST", "shipments/H0/send", {}),
    ):
        assert stage.control(method, path, wish, 400)["error"]
