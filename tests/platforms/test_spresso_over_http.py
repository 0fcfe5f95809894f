"""The real client against the sandbox's organization: every call it has, over HTTP."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
import requests

from platforms import registry
from platforms.errors import (
    Missing,
    PlatformError,
    Refused,
    Throttled,
    Unauthorized,
    Unavailable,
    Uncertain,
)
from platforms.http import Limits, Transport
from platforms.interface import Inbound, Sender
from platforms.records import (
    Dispatch,
    FulfillmentOrderRecord,
    LineQuantity,
    ParcelRecord,
    Progress,
    Reported,
    Told,
    TrackingEventRecord,
    TrackingStatus,
)
from platforms.spresso.client import SpressoClient
from sandbox import Sandbox, serve
from tests.platforms.tiny_server import TinyServer, says

SPRESSO = registry.get("spresso")
SECRET = "webhook-secret-of-the-tests"
NUMBERS = itertools.count(1)
NOON = datetime(2025, 3, 14, 12, tzinfo=UTC)
UPS, FEDEX = ParcelRecord("ups", "1Z1", "https://www.ups.com/track"), ParcelRecord("fedex", "77")


@dataclass(frozen=True)
class Shop:
    """An organization of the sandbox: our client for it, and its console."""

    client: SpressoClient
    base_url: str
    credentials: dict[str, str]
    options: dict[str, Any]

    def act(self, method: str, path: str, wish: Any = None) -> Any:
        answer = requests.request(method, f"{self.base_url}_sandbox/{path}", json=wish, timeout=5)
        assert answer.ok, answer.text
        return answer.json()

    def placed(self, *parts: dict[str, Any]) -> dict[str, Any]:
        wanted = parts or ({"lines": [{"sku": "TEE", "quantity": 2}, {"sku": "KETTLE"}]},)
        order: dict[str, Any] = self.act("POST", "orders", {"fulfillments": wanted})["orders"][0]
        return order

    def order(self) -> FulfillmentOrderRecord:
        """An order as a message tells it."""
        placed = self.placed()
        raw = {"order": placed, "fulfillment": placed["fulfillments"][0]["id"]}
        return SPRESSO.read_order(raw, self.options)

    def fault(self, kind: str, operation: str = "*", **wish: Any) -> None:
        self.act("POST", "faults", {"kind": kind, "operation": operation, "times": 1, **wish})

    def effects(self, operation: str) -> list[dict[str, Any]]:
        found = self.act("GET", f"effects?operation={operation}")["effects"]
        return [each["detail"] for each in found]

    def statuses(self) -> list[str]:
        return [each["status"] for each in self.effects("status")]

    def mails(self) -> list[tuple[str, str]]:
        return [(each["kind"], each["number"]) for each in self.effects("mail")]

    def bodies(self) -> list[Any]:
        return [each["body"] for each in self.act("GET", "calls")["calls"]]

    def violations(self) -> list[str]:
        return [each["violation"] for each in self.act("GET", "violations")["violations"]]

    def fresh(self, **more: str) -> SpressoClient:
        """A client that is made with credentials that came later."""
        return SpressoClient({**self.credentials, **more}, Transport(self.base_url), self.options)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with serve() as running:
        yield running


def opened(sandbox: Sandbox, **credentials: str) -> Shop:
    name = f"harbor-{next(NUMBERS)}"
    wish = {
        "name": name,
        "token": "token-of-harbor",
        "client_id": "client-of-harbor",
        "client_secret": "secret-of-harbor",
        "webhook_secret": SECRET,
    }
    accounts = f"{sandbox.url}/spresso/_sandbox/accounts"
    assert requests.post(accounts, json=wish, timeout=5).ok
    base_url = f"{sandbox.url}/spresso/{name}/"
    options = SPRESSO.filled_in({"token_url": f"{base_url}identity/v1/public/token"})
    client = SpressoClient(credentials, Transport(base_url), options)
    return Shop(client, base_url, credentials, options)


@pytest.fixture
def shop(sandbox: Sandbox) -> Shop:
    return opened(sandbox, spresso_token="token-of-harbor")


def units(order: FulfillmentOrderRecord, *counts: int) -> tuple[LineQuantity, ...]:
    return tuple(
        LineQuantity(line.ref, count) for line, count in zip(order.lines, counts, strict=True)
    )


def leave(
    shop: Shop, order: FulfillmentOrderRecord, parcel: ParcelRecord, *counts: int
) -> Dispatch:
    lines = tuple(each for each in units(order, *counts) if each.quantity)
    shop.client.create_fulfillment(order.ref, Dispatch(lines, (parcel,)))
    return Dispatch(lines, (parcel,))


def arrive(shop: Shop, order: FulfillmentOrderRecord, dispatch: Dispatch) -> None:
    number = dispatch.parcels[0].tracking_code
    event = TrackingEventRecord(NOON, TrackingStatus.DELIVERED)
    shop.client.create_tracking_event(Reported("", order.ref, number, dispatch), event)


def test_a_whole_order_in_two_parcels(shop: Shop) -> None:
    order = shop.order()
    for step in (Progress.RECEIVED, Progress.PREPARING, Progress.PREPARED):
        shop.client.report_progress(order.ref, step)
    parcels = [leave(shop, order, UPS, 2, 0), leave(shop, order, FEDEX, 0, 1)]
    shop.client.report_final(order.ref, units(order, 2, 1))
    for parcel in parcels:
        arrive(shop, order, parcel)
    shop.client.report_progress(order.ref, Progress.DELIVERED)
    assert shop.statuses() == [
        "received_by_fulfiller",
        "preparing_items",
        "preparing_items_complete",
        "in_transit",
        "delivered",
    ]
    assert shop.mails() == [
        ("shipped", "1Z1"),
        ("shipped", "77"),
        ("delivered", "1Z1"),
        ("delivered", "77"),
    ]
    tee, kettle = (line.ref for line in order.lines)
    assert shop.effects("settle") == [{"units": {tee: 2, kettle: 1}}]
    assert shop.violations() == []


def test_a_short_order_is_charged_for_what_left(shop: Shop) -> None:
    order = shop.order()
    leave(shop, order, UPS, 1, 0)
    shop.client.report_final(order.ref, units(order, 1, 0))
    assert list(shop.effects("settle")[0]["units"].values()) == [1, 0]
    assert shop.violations() == []


@pytest.mark.parametrize(
    ("status", "body"), [(200, "json"), (204, "empty"), (202, "empty"), (201, "html")]
)
def test_any_success_is_one(shop: Shop, status: int, body: str) -> None:
    shop.act("PUT", "settings", {"success_status": status, "success_body": body})
    order = shop.order()
    shop.client.report_progress(order.ref, Progress.RECEIVED)
    leave(shop, order, UPS, 2, 1)
    shop.client.report_final(order.ref, units(order, 2, 1))
    assert len(shop.effects("settle")) == 1


@pytest.mark.acceptance("spresso", 21)
@pytest.mark.parametrize("fault", ["error_500_after", "drop_after"])
def test_a_lost_answer_is_followed_by_the_same_once_more(shop: Shop, fault: str) -> None:
    order = shop.order()
    shop.fault(fault, "upsertShipment")
    with pytest.raises(Uncertain):
        leave(shop, order, UPS, 2, 1)
    leave(shop, order, UPS, 2, 1)
    shop.fault(fault, "updateFulfillment")
    with pytest.raises(Uncertain):
        shop.client.report_final(order.ref, units(order, 2, 1))
    shop.client.report_final(order.ref, units(order, 2, 1))
    first, again, count, recount = shop.bodies()
    assert (first, count) == (again, recount)
    assert len(shop.effects("settle")) == 1
    # The contract accepts that a mail is sent twice where the first call was not confirmed.
    assert shop.mails() == [("shipped", "1Z1")] * 2
    assert shop.violations() == []


def test_after_a_failure_that_changed_nothing_there_is_one_effect(shop: Shop) -> None:
    order = shop.order()
    shop.fault("error_500_before")
    with pytest.raises(Uncertain):
        leave(shop, order, UPS, 2, 1)
    leave(shop, order, UPS, 2, 1)
    assert shop.mails() == [("shipped", "1Z1")]


@pytest.mark.acceptance("spresso", 21)
def test_a_parcel_whose_answer_took_too_long_is_told_in_the_same_words(shop: Shop) -> None:
    order = shop.order()
    shop.fault("delay_after", "upsertShipment", seconds=0.8)
    hurried = Transport(shop.base_url, limits=Limits(read_seconds=0.3))
    slow = SpressoClient(shop.credentials, hurried, shop.options)
    parcel = Dispatch(units(order, 2, 1), (UPS,))
    with pytest.raises(Uncertain, match="in time"):
        slow.create_fulfillment(order.ref, parcel)
    hurried.close()
    shop.client.create_fulfillment(order.ref, parcel)
    first, again = shop.bodies()
    assert first == again
    assert shop.mails() == [("shipped", "1Z1")] * 2
    assert shop.violations() == []


def test_a_slow_answer_is_uncertain_and_was_applied(shop: Shop) -> None:
    order = shop.order()
    shop.fault("delay_after", seconds=0.8)
    hurried = Transport(shop.base_url, limits=Limits(read_seconds=0.3))
    with pytest.raises(Uncertain, match="in time"):
        SpressoClient(shop.credentials, hurried, shop.options).report_progress(
            order.ref, Progress.RECEIVED
        )
    hurried.close()
    shop.client.report_progress(order.ref, Progress.RECEIVED)
    assert shop.statuses() == ["received_by_fulfiller"]
    assert shop.violations() == []


@pytest.mark.parametrize(
    ("fault", "meaning"),
    [
        ("drop_before", Uncertain),
        ("status_503", Unavailable),
        ("status_400", Refused),
        ("status_401", Unauthorized),
        ("status_403", Unauthorized),
        ("status_404", Missing),
        ("html_404", Missing),
        ("status_429", Throttled),
    ],
)
def test_what_each_fault_means(shop: Shop, fault: str, meaning: type[PlatformError]) -> None:
    order = shop.order()
    shop.fault(fault)
    with pytest.raises(meaning) as caught:
        shop.client.report_progress(order.ref, Progress.RECEIVED)
    assert type(caught.value) is meaning
    assert shop.statuses() == []


def test_a_success_that_lies_cannot_be_seen(shop: Shop) -> None:
    order = shop.order()
    shop.fault("empty_success")
    shop.client.report_progress(order.ref, Progress.RECEIVED)
    assert shop.statuses() == []


def test_what_is_not_there_and_what_was_cancelled(shop: Shop) -> None:
    with pytest.raises(Missing, match="not found"):
        shop.client.report_progress("67d06a4f6b2e8f40c17a9d31", Progress.RECEIVED)
    order = shop.order()
    shop.act("POST", f"orders/{order.order_ref}/cancel")
    with pytest.raises(Refused, match="is cancelled"):
        leave(shop, order, UPS, 2, 1)
    assert shop.violations() == []


def test_a_step_back_is_refused(shop: Shop) -> None:
    order = shop.order()
    shop.client.report_progress(order.ref, Progress.PREPARED)
    with pytest.raises(Refused, match="cannot follow"):
        shop.client.report_progress(order.ref, Progress.PREPARING)


@pytest.mark.acceptance("spresso", 18)
def test_a_token_is_fetched_used_and_renewed_once(sandbox: Sandbox) -> None:
    pasted = {
        "spresso_client_id": "client-of-harbor",
        "spresso_client_secret": "secret-of-harbor",
    }
    shop = opened(sandbox, **pasted)
    order = shop.order()
    assert SPRESSO.renew is not None
    with pytest.raises(Unauthorized, match="Nothing was sent"):
        shop.client.report_progress(order.ref, Progress.RECEIVED)
    given = SPRESSO.renew(pasted, Transport(shop.base_url), shop.options)
    client = shop.fresh(**given)
    client.report_progress(order.ref, Progress.RECEIVED)
    # It is taken away before its time: one renewal, and the same call once more.
    shop.act("DELETE", "tokens")
    with pytest.raises(Unauthorized, match="expired token"):
        client.report_progress(order.ref, Progress.PREPARING)
    again = SPRESSO.renew({**pasted, **given}, Transport(shop.base_url), shop.options)
    shop.fresh(**again).report_progress(order.ref, Progress.PREPARING)
    assert shop.statuses() == ["received_by_fulfiller", "preparing_items"]
    assert len(shop.effects("token")) == 2
    assert shop.violations() == []


@pytest.mark.parametrize(
    ("fault", "meaning"),
    [
        ("status_401", Unauthorized),
        ("status_403", Unauthorized),
        ("error_500_before", Unavailable),
        ("drop_after", Unavailable),
        ("status_429", Throttled),
    ],
)
def test_a_renewal_that_fails(sandbox: Sandbox, fault: str, meaning: type[PlatformError]) -> None:
    pasted = {
        "spresso_client_id": "client-of-harbor",
        "spresso_client_secret": "secret-of-harbor",
    }
    shop = opened(sandbox, **pasted)
    shop.fault(fault, "createAccessToken")
    assert SPRESSO.renew is not None
    with pytest.raises(meaning) as caught:
        SPRESSO.renew(pasted, Transport(shop.base_url), shop.options)
    assert type(caught.value) is meaning


def heard(sandbox: Sandbox, tiny: TinyServer) -> list[tuple[str, tuple[Told, ...]]]:
    """What our endpoints make of the messages that the sandbox sent."""
    sandbox.world.courier.settle()
    sender = Sender("harbor", SECRET)
    found = []
    for asked in tiny.asked:
        endpoint = SPRESSO.endpoints[asked.path.strip("/")]
        inbound = Inbound(asked.headers, asked.body)
        endpoint.authenticate(inbound, sender)
        assert endpoint.tells is not None
        found.append((endpoint.read(inbound).topic, endpoint.tells(inbound)))
    return found


def test_messages_of_the_sandbox_are_believed_and_read(
    sandbox: Sandbox, shop: Shop, tiny: TinyServer
) -> None:
    tiny.will(*[says({})] * 4)
    urls = {f"order_{name}": [f"{tiny.url}/{name}"] for name in ("fulfillable", "cancelled")}
    shop.act("PUT", "webhooks", urls)
    parts = ({"location": "here", "lines": [{"sku": "TEE"}]}, {"method": "in_store_pickup"})
    placed = shop.placed(*parts)
    ((topic, (told,)),) = heard(sandbox, tiny)
    refs = [each["id"] for each in placed["fulfillments"]]
    assert topic == "order_fulfillable"
    assert [getattr(each, "ref", "") for each in told.records] == refs
    assert [getattr(each, "state", "") for each in told.records] == ["open", "not_needed"]

    cancel = f"orders/{placed['id']}/cancel"
    shop.act("POST", cancel, {"fulfillment_id": refs[1]})
    shop.act("POST", cancel, {"form": "minimal"})
    shop.act(
        "POST",
        f"orders/{placed['id']}/announce",
        {"event": "order_cancelled", "at": "order_fulfillable", "enveloped": True},
    )
    said = heard(sandbox, tiny)[1:]
    assert sorted(topic for topic, _ in said) == [
        "contradiction",
        "order_cancelled",
        "order_cancelled",
    ]
    assert {told[0].cancelled_refs for _, told in said if told} == {(refs[1],), ()}
