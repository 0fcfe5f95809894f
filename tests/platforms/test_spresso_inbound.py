"""Spresso's messages: who is believed, what is read, and which order they are about."""

import json
from typing import Any

import pytest

from platforms.errors import BadSignature, Malformed
from platforms.interface import Endpoint, Inbound, Sender
from platforms.records import FulfillmentOrderRecord, Unreadable
from platforms.spresso.webhook import CANCELLATION, CONTRADICTION, FULFILLABLE
from tests.platforms.spresso_examples import (
    SECRET,
    SENDER,
    delivered,
    signed,
    spresso_example,
    told,
    told_by,
)

VECTORS = spresso_example("signature_vectors")["vectors"]
ORDER = spresso_example("order_fulfillable")["body"]
BOTH = pytest.mark.parametrize("endpoint", [FULFILLABLE, CANCELLATION], ids=["ship", "stop"])


def message(body: Any) -> Inbound:
    return signed(json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode())


def is_believed(inbound: Inbound, sender: Sender) -> bool:
    try:
        return FULFILLABLE.authenticate(inbound, sender) == ""
    except BadSignature:
        return False


@pytest.mark.acceptance("spresso", 1)
@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: str(vector["name"]))
def test_every_signature_of_the_contract(vector: dict[str, Any]) -> None:
    header = vector["header"]
    headers = {} if header is None else {"x-spresso-hmac-sha256": header}
    inbound = Inbound(headers, vector["rawBody"].encode())
    assert is_believed(inbound, Sender("a", vector["secret"])) is vector["signatureValid"]


def test_the_signature_of_the_contracts_quick_check() -> None:
    body = b'{"id":"67d0691d6b2e8f40c17a9d05","orderNo":20488131}'
    header = "AEbmd6XHMZF50xoaRq9hedtMkHxAxYgJYc5+pDYmW0k="
    assert is_believed(Inbound({"x-spresso-hmac-sha256": header}, body), SENDER)


@pytest.mark.parametrize("garbage", ["\udcff", "\x00", "é" * 44, "=" * 44, "A" * 10_000, " "])
def test_a_header_of_garbage_is_refused_and_not_a_crash(garbage: str) -> None:
    assert not is_believed(Inbound({"x-spresso-hmac-sha256": garbage}, b"{}"), SENDER)


def test_the_former_secret_still_counts_and_a_stranger_does_not() -> None:
    changed = Sender("a", "the-new-one", former_secret=SECRET)
    assert is_believed(signed(b"{}"), changed)
    assert is_believed(signed(b"{}", "the-new-one"), changed)
    assert not is_believed(signed(b"{}", "another"), changed)
    assert not is_believed(signed(b"{}", ""), Sender("a"))


@BOTH
@pytest.mark.parametrize("body", [b"", b"[]", b'"text"', b"{", b"\xff", b"null", b"[" * 5000])
def test_a_proven_body_that_is_no_object_is_malformed(endpoint: Endpoint, body: bytes) -> None:
    endpoint.authenticate(signed(body), SENDER)
    with pytest.raises(Malformed):
        endpoint.read(signed(body))


def test_the_same_bytes_about_the_same_order_are_one_message() -> None:
    notice = FULFILLABLE.read(delivered("order_fulfillable"))
    digest = spresso_example("order_fulfillable")["rawBodySha256Hex"]
    assert notice.topic == "order_fulfillable"
    assert notice.order_ref == ORDER["id"]
    assert notice.dedupe_key == f"order_fulfillable:{ORDER['id']}:{digest}"
    changed = FULFILLABLE.read(message({**ORDER, "financialStatus": "paid"}))
    assert changed.dedupe_key != notice.dedupe_key
    cancelled = CANCELLATION.read(delivered("order_cancelled"))
    assert cancelled.dedupe_key.startswith(f"order_cancelled:{ORDER['id']}:")


def test_two_fulfillments_are_two_orders_of_ours() -> None:
    said = told_by("order_fulfillable")
    expected = spresso_example("order_fulfillable")["expect"]["lines"]
    records = [each for each in said.records if isinstance(each, FulfillmentOrderRecord)]
    assert (len(records), said.cancels, said.order_ref) == (2, False, ORDER["id"])
    assert [
        {"fulfillment": record.ref, "sku": line.sku, "quantity": line.quantity}
        for record in records
        for line in record.lines
    ] == expected


@pytest.mark.parametrize("name", ["event", "type", "topic"])
@pytest.mark.parametrize("under", ["order", "data", "payload"])
def test_an_envelope_makes_no_difference(name: str, under: str) -> None:
    assert told_by("order_fulfillable.enveloped") == told_by("order_fulfillable")
    wrapped = message({name: "order_fulfillable", under: ORDER})
    assert told(FULFILLABLE, wrapped) == (told_by("order_fulfillable"),)


def test_an_envelope_with_another_name_is_the_order_itself() -> None:
    odd = message({"event": "order_moved", "order": ORDER})
    assert FULFILLABLE.read(odd).remark
    with pytest.raises(Malformed, match="no id"):
        told(FULFILLABLE, odd)


@pytest.mark.parametrize(
    ("endpoint", "named"), [(FULFILLABLE, "order_cancelled"), (CANCELLATION, "order_fulfillable")]
)
@pytest.mark.parametrize("wrapped", [True, False])
def test_a_message_that_contradicts_its_address_is_kept_and_says_nothing(
    endpoint: Endpoint, named: str, wrapped: bool
) -> None:
    body = {"event": named, "order": ORDER} if wrapped else {"event": named, **ORDER}
    notice = endpoint.read(message(body))
    assert (notice.topic, notice.order_ref) == (CONTRADICTION, ORDER["id"])
    assert "another event" in notice.remark
    assert told(endpoint, message(body)) == ()


@pytest.mark.parametrize("named", [["order_cancelled"], {"order_cancelled": 1}, 7, None, True])
def test_an_event_that_is_no_name_is_no_envelope(named: Any) -> None:
    assert FULFILLABLE.read(message({"event": named, **ORDER})).topic == "order_fulfillable"


@pytest.mark.parametrize(
    ("name", "refs"),
    [
        ("order_cancelled", ()),
        ("order_cancelled.minimal", ()),
        ("order_cancelled.one_fulfillment", ("67d06a4f6b2e8f40c17a9d32",)),
    ],
)
def test_which_fulfillments_a_cancellation_hits(name: str, refs: tuple[str, ...]) -> None:
    said = told_by(name)
    assert (said.cancels, said.cancelled_refs, said.remark) == (True, refs, "")
    assert (said.order_ref, said.order_name) == (ORDER["id"], "20488131")


@pytest.mark.parametrize("fulfillments", [None, [], "none"])
def test_a_cancellation_that_lists_nothing_is_of_all(fulfillments: Any) -> None:
    said = told(CANCELLATION, message({"id": "1", "fulfillments": fulfillments}))[0]
    assert said.cancels
    assert said.cancelled_refs == ()


@pytest.mark.parametrize(
    "fulfillments",
    [
        ORDER["fulfillments"],
        [{"status": "cancelled"}],
        [{"id": "1", "status": "cancelled"}, {"status": "cancelled"}],
        [None, 7],
    ],
)
def test_a_cancellation_that_marks_nothing_is_of_all_and_for_a_person(fulfillments: Any) -> None:
    said = told(CANCELLATION, message({**ORDER, "fulfillments": fulfillments}))[0]
    assert said.cancelled_refs == ()
    assert "ask the merchant" in said.remark


def test_a_cancellation_may_know_only_the_number_of_the_order() -> None:
    said = told(CANCELLATION, message({"orderNo": "20488131", "status": "cancelled"}))[0]
    assert (said.order_ref, said.order_name, said.cancels) == ("", "20488131", True)
    with pytest.raises(Malformed, match="which order"):
        told(CANCELLATION, message({"status": "cancelled"}))


def test_an_order_without_an_id_is_kept_and_read_by_nobody() -> None:
    odd = message({**ORDER, "id": None})
    assert FULFILLABLE.read(odd).remark
    with pytest.raises(Malformed, match="no id"):
        told(FULFILLABLE, odd)


@pytest.mark.parametrize("address", ["somewhere", 7, [], True])
def test_a_bad_address_is_no_reason_to_refuse_the_message(address: Any) -> None:
    odd = message({**ORDER, "shippingAddress": address})
    FULFILLABLE.read(odd)
    records = told(FULFILLABLE, odd)[0].records
    assert [type(each) for each in records] == [Unreadable, Unreadable]
    assert [each.ref for each in records] == [each["id"] for each in ORDER["fulfillments"]]
