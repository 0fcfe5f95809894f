"""What each refusal of Haravan means, and what a person reads (contract haravan, section 16)."""

from collections.abc import Callable
from typing import Any

import pytest

from platforms.errors import (
    Malformed,
    Missing,
    PlatformError,
    Refused,
    Throttled,
    Unauthorized,
    Unavailable,
    Uncertain,
)
from platforms.haravan import HARAVAN
from platforms.haravan.client import HaravanClient
from platforms.haravan.sentences import said_in
from platforms.http import Exchange, Transport
from platforms.records import AssignedQueue, Dispatch, LineQuantity, ParcelRecord
from platforms.status import read_retry_after
from tests.platforms.haravan_examples import example, listed
from tests.platforms.tiny_server import Reply, TinyServer, hangs_up, says, sends

TOKEN = "tok-n3ver-to-be-seen"
ERRORS = [each for each in listed() if each["file"].startswith("error_")]
DISPATCH = Dispatch((LineQuantity("1820450101", 2),), (ParcelRecord("ghn", "GHN1"),))
TABLES = example("normalisation_tables")


@pytest.fixture
def client(transport: Transport) -> HaravanClient:
    return HaravanClient({"haravan_token": TOKEN}, transport, HARAVAN.filled_in({}))


def as_reply(entry: dict[str, Any]) -> Reply:
    body = example(entry["file"].removesuffix(".json"))
    if entry["kind"] == "error_raw":
        kind = {"Content-Type": body["content_type"]}
        return sends(body["body"].encode(), entry["status"], kind)
    return says(body, entry["status"], entry.get("headers"))


def expected(status: int, *, writes: bool) -> type[PlatformError]:
    if status >= 500:
        return Uncertain if writes else Unavailable
    kinds: dict[int, type[PlatformError]] = {
        401: Unauthorized,
        403: Unauthorized,
        404: Missing,
        429: Throttled,
    }
    return kinds.get(status, Refused)


def reads(client: HaravanClient) -> object:
    return client.fetch_fulfillment_order("1684205517")


def writes(client: HaravanClient) -> object:
    return client.create_fulfillment("1684205517", DISPATCH)


@pytest.mark.parametrize("entry", ERRORS, ids=lambda entry: entry["file"])
@pytest.mark.parametrize("call", [reads, writes])
def test_every_error_of_the_contract(
    tiny: TinyServer,
    client: HaravanClient,
    entry: dict[str, Any],
    call: Callable[[HaravanClient], object],
) -> None:
    tiny.will(as_reply(entry))
    with pytest.raises(PlatformError) as caught:
        call(client)
    assert type(caught.value) is expected(entry["status"], writes=call is writes)
    assert caught.value.status == entry["status"]
    assert str(caught.value).startswith("Haravan: ")
    assert len(tiny.asked) == 1


def test_a_wait_is_a_decimal_number(tiny: TinyServer, client: HaravanClient) -> None:
    [entry] = [each for each in ERRORS if each["status"] == 429]
    tiny.will(as_reply(entry))
    with pytest.raises(Throttled) as caught:
        reads(client)
    assert caught.value.retry_after == 2.0


@pytest.mark.parametrize("row", TABLES["retry_after_header"], ids=lambda row: repr(row["wire"]))
def test_waits_of_the_table(row: dict[str, Any]) -> None:
    assert read_retry_after(row["wire"] or "") == row["expect_seconds"]


@pytest.mark.parametrize("row", TABLES["error_message"], ids=lambda row: str(row["wire"]))
def test_sentences_of_the_table(row: dict[str, Any]) -> None:
    assert said_in(row["wire"]) == row["expect"]


@pytest.mark.parametrize(
    ("call", "scope"),
    [
        (reads, "com.read_orders"),
        (writes, "com.write_orders"),
        (lambda client: client.check(), "com.read_shop"),
        (lambda client: client.fetch_locations(), "com.read_shop"),
        (lambda client: client.fetch_stock(["1"]), "com.read_products"),
        (lambda client: client.set_stock("1:2:3", 4), "com.write_inventories"),
        (lambda client: client.fetch_assigned(AssignedQueue.REQUESTED), "com.read_orders"),
    ],
)
def test_a_missing_scope_is_named(
    tiny: TinyServer, client: HaravanClient, call: Callable[[HaravanClient], object], scope: str
) -> None:
    tiny.will(says({}, 403))
    with pytest.raises(Unauthorized, match=scope):
        call(client)


def test_a_lost_answer_is_uncertain_only_where_something_may_have_changed(
    tiny: TinyServer, client: HaravanClient
) -> None:
    tiny.will(hangs_up, hangs_up)
    with pytest.raises(Unavailable):
        reads(client)
    with pytest.raises(Uncertain):
        writes(client)


@pytest.mark.parametrize("body", [b"", b"<html></html>", b"[]", b'"x"', b"{}", b'{"order": []}'])
def test_an_answer_that_cannot_be_read_is_malformed(
    tiny: TinyServer, client: HaravanClient, body: bytes
) -> None:
    tiny.will(sends(body, 200, {"Content-Type": "application/json"}))
    with pytest.raises(Malformed):
        reads(client)


@pytest.mark.parametrize("token", ["", "  ", "a b", "a\nb", "tökên"])
def test_a_token_that_cannot_be_sent_is_not(tiny: TinyServer, token: str) -> None:
    with pytest.raises(Unauthorized):
        HaravanClient({"haravan_token": token}, Transport(tiny.base_url), {}).check()
    assert tiny.asked == []


def test_a_shop_that_echoes_the_token_does_not_leak_it(
    tiny: TinyServer, client: HaravanClient, exchanges: list[Exchange]
) -> None:
    for status in (403, 422, 500):
        tiny.will(says({"errors": f"Bearer {TOKEN}", "haravan_token": TOKEN}, status))
        with pytest.raises(PlatformError) as caught:
            writes(client)
        assert TOKEN not in f"{caught.value}{caught.value!r}{caught.value.body}{exchanges!r}"
