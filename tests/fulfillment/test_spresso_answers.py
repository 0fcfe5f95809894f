"""What Spresso answers decides what it hears next: told once more, held back, or nothing at all."""

from typing import Any

import pytest

from fulfillment import changes, decisions
from fulfillment.models import FulfillmentOrder
from fulfillment.transitions import Action
from locations.models import Store
from platforms.records import RejectReason
from relay import alarms
from relay.models import CallState
from tests.dock import Dock, hurry
from tests.factories import UserFactory
from tests.fulfillment.spresso_store import FIRST, SECOND, orders, post
from tests.fulfillment.spresso_store import store as quiet_store
from tests.fulfillment.test_spresso_work import (
    accepted,
    arrived,
    calls,
    console,
    counts,
    deliver,
    dock,
    store,
)
from tests.platforms.conftest import tiny
from tests.platforms.tiny_server import TinyServer, says
from tests.sandbox.spresso.stage import KETTLE, TEE, problems
from tests.work import work

__all__ = ["console", "dock", "quiet_store", "store", "tiny"]


def bodies(dock: Dock) -> list[dict[str, Any]]:
    """What was sent about fulfillments, in its order."""
    found = dock.shop.control("GET", "calls")["calls"]
    return [each["body"] for each in found if "/fulfillments/" in each["path"]]


@pytest.mark.acceptance("spresso", 15)
def test_whatever_becomes_of_orders_spresso_hears_only_what_it_takes(dock: Dock) -> None:
    plain, parts, short, none = (accepted(dock, (TEE, 2), (KETTLE, 1)) for _ in range(4))
    for action in (Action.START_PICKING, Action.FINISH_PICKING, Action.PACK):
        dock.step(action, plain)
    deliver(dock, dock.ship(plain, "1Z1"))
    dock.ship(parts, "1Z2", units={TEE: 2})
    dock.ship(parts, "1Z3", units={KETTLE: 1})
    dock.ship(short, "1Z4", units={TEE: 1})
    changes.close_short([short.pk], by=dock.person, message="Broken")
    changes.close_short([none.pk], by=dock.person, message="All gone")
    refused, stopped = arrived(dock), accepted(dock)
    decisions.reject(
        {refused.pk: refused.revision}, by=dock.person, reason=RejectReason.ADDRESS, message="No"
    )
    dock.shop.control("POST", f"orders/{stopped.order.ref}/cancel")
    dock.shop.settle()
    work()
    dock.later(2)

    sent = bodies(dock)
    assert {each["status"] for each in sent} > {"in_transit", "shipped", "delivered"}
    assert "cancelled" not in {each["status"] for each in sent}
    for body in sent:
        schema = "UpsertShipmentRequest" if "trackingNumber" in body else "UpdateFulfillmentRequest"
        assert problems(schema, body) == []
        lines = body.get("shipmentVariants", body.get("fulfillmentVariants", []))
        assert not {TEE, KETTLE} & {line["variant"] for line in lines}
    assert len(dock.shop.effects("settle")) == 3


@pytest.mark.acceptance("spresso", 17)
def test_an_outage_leaves_one_effect_of_each_call_in_their_order(dock: Dock) -> None:
    order = accepted(dock)
    for operation in ("upsertShipment", "updateFulfillment"):
        dock.shop.fault("status_503", operation, times=1)
    before = len(bodies(dock))
    dock.ship(order, "1Z1")
    work()
    dock.later(3)
    parcel, again, count, recount = bodies(dock)[before:]
    assert [each["status"] for each in (parcel, count)] == ["shipped", "in_transit"]
    assert (parcel, count) == (again, recount)
    assert len(dock.shop.effects("settle")) == 1
    assert dock.state(order) == ("closed", "shipped")


@pytest.fixture
def asked(quiet_store: Store, tiny: TinyServer) -> FulfillmentOrder:
    """An order that is accepted, of a store whose answers a test writes."""
    quiet_store.base_url, quiet_store.requests_per_second = f"{tiny.url}/", 1000
    quiet_store.save()
    post(quiet_store, "order_fulfillable.json")
    work()
    tiny.will(*[says({})] * 2)
    person = UserFactory(username="kim")
    assert decisions.accept({orders()[ref].pk: None for ref in (FIRST, SECOND)}, by=person).done
    work()
    tiny.asked.clear()
    return orders()[FIRST]


def told(tiny: TinyServer, ref: str) -> list[str]:
    return [each.json["status"] for each in tiny.asked if f"/fulfillments/{ref}" in each.path]


def dock_of(order: FulfillmentOrder) -> Dock:
    return Dock(order.store, None, UserFactory())  # type: ignore[arg-type]


def later(order: FulfillmentOrder) -> None:
    hurry([order.store])
    work()


@pytest.mark.acceptance("spresso", 19)
@pytest.mark.parametrize("status", [409, 422])
def test_a_parcel_that_is_refused_holds_back_its_own_fulfillment_only(
    asked: FulfillmentOrder, tiny: TinyServer, status: int
) -> None:
    tiny.will(says({"message": "No such thing"}, status))
    dock_of(asked).ship(asked, "1Z1")
    work()
    tiny.will(says({}), says({}))
    dock_of(asked).ship(orders()[SECOND], "1Z2")
    for _ in range(3):
        work()
        later(asked)
    assert told(tiny, FIRST) == ["shipped"]
    assert told(tiny, SECOND) == ["shipped", "in_transit"]
    assert asked.store.calls.get(subject_id=asked.pk, verb="create_fulfillment").state == (
        CallState.REFUSED
    )
    assert orders()[FIRST].open_problems
    assert (orders()[SECOND].request_status, orders()[SECOND].work_status) == ("closed", "shipped")


@pytest.mark.acceptance("spresso", 21)
@pytest.mark.parametrize("kind", ["drop_after", "error_500_after"])
def test_a_parcel_in_doubt_is_told_in_the_same_words_until_it_is_confirmed(
    dock: Dock, kind: str
) -> None:
    order = accepted(dock)
    dock.shop.fault(kind, "upsertShipment", times=2)
    shipment = dock.ship(order, "1Z1")
    work()
    dock.later(4)
    first, *others = [each for each in bodies(dock) if each["status"] == "shipped"]
    assert others == [first] * 2
    deliver(dock, shipment)
    dock.later(2)
    assert [each["status"] for each in bodies(dock)].count("shipped") == 3


@pytest.mark.acceptance("spresso", 18)
def test_a_token_that_is_refused_again_stops_the_connection_and_loses_nothing(dock: Dock) -> None:
    order = accepted(dock)
    dock.shop.fault("status_401", "upsertShipment")
    renewed = len(dock.shop.effects("token"))
    dock.ship(order, "1Z1")
    work()
    assert calls(dock, order)[1:] == [("shipped", "1Z1")] * 2
    assert len(dock.shop.effects("token")) == renewed + 1
    dock.store.refresh_from_db()
    assert dock.store.paused_at
    assert dock.store.alarms.filter(kind=alarms.UNAUTHORIZED, cleared_at=None).exists()

    dock.shop.control("DELETE", "faults")
    alarms.resume(dock.store)
    work()
    dock.later()
    assert dock.state(order) == ("closed", "shipped")
    assert counts(dock, order) == [{TEE: 2, KETTLE: 1}]


def test_a_cancellation_while_the_count_is_in_doubt_tells_nothing_more(dock: Dock) -> None:
    order = accepted(dock)
    dock.shop.fault("error_500_before", "updateFulfillment", times=1)
    dock.ship(order, "1Z1")
    work()
    tried = calls(dock, order)
    assert tried[-1] == ("in_transit", "")
    dock.shop.control("POST", f"orders/{order.order.ref}/cancel")
    dock.shop.settle()
    work()
    dock.later(2)
    assert calls(dock, order) == tried
    assert dock.again(order).held_here
    assert dock.again(order).open_problems
