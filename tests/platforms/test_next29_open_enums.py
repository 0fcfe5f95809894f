"""Every enumeration is open: unknown words are kept and shown (acceptance check 18)."""

import json
from typing import Any

import pytest

from platforms.interface import Inbound
from platforms.next29.client import QUEUES, REJECT_REASONS
from platforms.next29.shipping import read_fulfillment, read_webhook
from platforms.next29.tracking import DELIVERY_STATUSES, EVENT_WORDS, read_tracking_event
from platforms.next29.webhook import CALLBACK, WEBHOOK
from platforms.next29.wire import REQUEST_STATUSES, STATES, read_fulfillment_order
from platforms.records import (
    FulfillmentOrderRecord,
    RequestStatus,
    TrackingStatus,
    UpstreamState,
)
from tests.platforms.contract import NEXT29, example

NEW = "something_new"
SPEC = json.loads((NEXT29 / "openapi.json").read_text(encoding="utf-8"))["components"]["schemas"]
ODD = [NEW, "", None, 7, True, ["open"], {"open": 1}]


def order(**changes: Any) -> FulfillmentOrderRecord:
    return read_fulfillment_order(
        {**example("fulfillment_order_processing_accepted.json"), **changes}
    )


def test_the_status_tables_are_those_of_the_document() -> None:
    properties = SPEC["FulfillmentOrder"]["properties"]
    assert set(STATES) == set(properties["status"]["enum"])
    assert set(REQUEST_STATUSES) == set(properties["request_status"]["enum"])
    assert UpstreamState.UNKNOWN not in STATES.values()
    assert RequestStatus.UNKNOWN not in REQUEST_STATUSES.values()
    reasons = SPEC["FulfillmentRequestReject"]["properties"]["rejected_reason"]
    assert set(REJECT_REASONS.values()) <= set(json.dumps(reasons).replace('"', " ").split(" "))
    assert set(QUEUES.values()) == {
        "fulfillment_requested",
        "cancellation_requested",
        "fulfillment_accepted",
    }


def test_the_carriers_words_are_those_of_the_document() -> None:
    delivery = SPEC["FulfillmentResponse"]["properties"]["delivery_status"]["enum"]
    assert set(DELIVERY_STATUSES) == {word for word in delivery if word}
    assert TrackingStatus.UNKNOWN not in DELIVERY_STATUSES.values()
    assert set(EVENT_WORDS.values()) <= set(
        SPEC["CreateFulfillmentEvent"]["properties"]["status"]["enum"]
    )
    assert len(set(EVENT_WORDS.values())) == len(EVENT_WORDS), "or an event told would be another"


@pytest.mark.parametrize("word", ODD)
def test_delivery_status(word: Any) -> None:
    read = read_fulfillment(
        {**example("fulfillment_create.response.json"), "delivery_status": word}
    )
    said_nothing = word is None or word == ""
    assert read.tracking_status is (None if said_nothing else TrackingStatus.UNKNOWN)
    assert (NEW in read.delivery_status) == (word == NEW)


def test_event_status() -> None:
    told = {**example("fulfillment_event_create.response.json"), "status": NEW}
    assert read_tracking_event(told).upstream_status == NEW


@pytest.mark.parametrize("word", ODD)
def test_fulfillment_order_status(word: Any) -> None:
    read = order(status=word)
    assert read.state is UpstreamState.UNKNOWN
    assert read.raw["status"] == word
    assert (NEW in read.upstream_status) == (word == NEW)


@pytest.mark.parametrize("word", ODD)
def test_fulfillment_order_request_status(word: Any) -> None:
    read = order(request_status=word)
    assert read.request_status is RequestStatus.UNKNOWN
    assert read.raw["request_status"] == word
    assert (NEW in read.upstream_request_status) == (word == NEW)


def test_merchant_request_type() -> None:
    (read,) = order(merchant_requests=[{"type": NEW, "message": "m"}]).requests
    assert (read.kind, read.upstream_kind, read.message) == (None, NEW, "m")
    assert order(merchant_requests=[NEW]).requests[0].upstream_kind == NEW


def test_hold_reason() -> None:
    assert order(fulfillment_holds=[{"reason": NEW}]).holds[0].reason == NEW
    assert order(fulfillment_holds=[NEW]).holds[0].reason == NEW


def test_supported_actions() -> None:
    assert order(supported_actions=[NEW, 7, None]).actions == (NEW, "7", "")
    assert order(supported_actions=NEW).actions == (NEW,)


@pytest.mark.parametrize("field", ["status", "delivery_status", "tracking_carrier"])
def test_fulfillment_words(field: str) -> None:
    read = read_fulfillment({**example("fulfillment_create.response.json"), field: NEW})
    assert read.raw[field] == NEW
    assert (read.upstream_status == NEW) == (field == "status")


def test_callback_type() -> None:
    notice = CALLBACK.read(Inbound({}, json.dumps({"type": NEW}).encode()))
    assert NEW in notice.remark


def test_webhook_events() -> None:
    notice = WEBHOOK.read(Inbound({}, json.dumps({"event_type": NEW}).encode()))
    assert notice.topic == NEW
    assert read_webhook({"id": 1, "events": [NEW]}).events == (NEW,)
