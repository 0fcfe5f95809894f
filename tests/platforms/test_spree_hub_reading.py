"""What is read of a hub's call: envelopes, parameters, watermarks, tokens, masks. Pure."""

import base64
import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from platforms.desk import Answered, Asked, NotUnderstood, Operation, Outcome, Said
from platforms.errors import Malformed, Refused, Unauthorized
from platforms.http import Transport
from platforms.inbound import Inbound
from platforms.records import Address, FulfillmentOrderRecord
from platforms.spree_hub import SPREE_HUB
from platforms.spree_hub.desk import DESK, NO_TOKEN, TOKEN
from platforms.spree_hub.wire import read_fulfillment_order
from platforms.zone import read_zone
from tests.platforms.contract import CONTRACTS, example
from tests.platforms.spree_hub_examples import inbound

OPTIONS = SPREE_HUB.filled_in({})
CONTRACT = CONTRACTS / "spree_hub"
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
NAMES = st.sampled_from(
    [
        *("number", "id", "order_id", "status", "state", "items", "line_items", "quantity", "sku"),
        *("product_id", "variant", "shipments", "shipping_address", "country", "cost", "name"),
        *("stock_location", "shipping_method", "updated_at", "zipcode", "message", "store_id"),
    ]
)
OBJECTS = st.dictionaries(NAMES, JSON | st.dictionaries(NAMES, JSON, max_size=5), max_size=8)


def asked(path: str, body: Any, **headers: str) -> Asked:
    return DESK.read(path, Inbound(headers, json.dumps(body).encode()), OPTIONS)


def first(path: str, **payload: Any) -> Asked:
    return asked(path, {"message_id": "m", "payload": payload})


def second(path: str, **things: Any) -> Asked:
    return asked(path, {"request_id": "r", **things})


@pytest.mark.parametrize(
    ("headers", "token"),
    [
        ({}, ""),
        ({"x-hub-token": "a", "x-augury-token": "b", "x-hub-access-token": "c"}, "a"),
        ({"x-augury-token": "b", "x-hub-access-token": "c"}, "b"),
        ({"x-hub-access-token": "c", "authorization": "Basic eDp5"}, "c"),
        ({"authorization": "Basic " + base64.b64encode(b"key:secret:x").decode()}, "secret:x"),
        ({"authorization": "Basic " + base64.b64encode(b":secret").decode()}, "secret"),
        ({"authorization": "Basic ???"}, NO_TOKEN),
        ({"authorization": "Basic " + base64.b64encode(b"key").decode()}, NO_TOKEN),
        ({"authorization": "Bearer abc"}, ""),
        ({"x-hub-token": ""}, NO_TOKEN),
        ({"x-hub-token": "", "x-augury-token": "b"}, NO_TOKEN),
    ],
)
def test_the_first_token_that_is_there_decides(headers: dict[str, str], token: str) -> None:
    assert DESK.token_in(Inbound(headers, b"")) == token


def test_both_ids_are_a_call_of_the_second_generation() -> None:
    both = asked("add_shipment", {"message_id": "m", "request_id": "r", "payload": {}})
    assert (both.generation, both.correlation_id) == (2, "r")


@pytest.mark.parametrize("found", ["x" * 200, "Ünïcode-✓-№", "518726r85010000001", "  spaced  "])
def test_an_id_comes_back_as_it_came(found: str) -> None:
    for body in ({"message_id": found, "payload": {}}, {"request_id": found}):
        call = asked("get_shipments", body)
        answer = DESK.write(call, Answered(Outcome.NOOP), OPTIONS)
        assert found in json.loads(answer.body).values()


@pytest.mark.parametrize("name", ["api_key", "token", "secret_word", "PASSWORD", "x.key"])
def test_secrets_are_masked_before_a_call_is_kept(name: str) -> None:
    hidden = "not-to-be-seen-anywhere"
    first_one = {
        "message_id": "m",
        "payload": {"parameters": [{"name": f"warehouse.{name}", "value": hidden}]},
    }
    second_one = {"request_id": "r", "parameters": {name: hidden}, "note": "the-token-itself-1"}
    for body in (first_one, second_one):
        call = Inbound({"x-hub-token": "the-token-itself-1"}, json.dumps(body).encode())
        kept = DESK.masked(call)
        assert hidden.encode() not in kept
        assert b"the-token-itself-1" not in kept
        assert json.loads(kept).keys() == body.keys()


def test_a_call_without_secrets_is_kept_as_it_came() -> None:
    body = b'{"request_id": "r",   "shipment": {"id": "H1"}}'
    assert DESK.masked(Inbound({"x-hub-token": "t" * 32}, body)) is body


def test_parameters_are_read_with_and_without_our_name() -> None:
    listed = [
        {"name": "warehouse.page", "value": "2"},
        {"name": "page", "value": "9"},
        {"name": "other.thing", "value": 1},
        "garbage",
    ]
    assert first("tracking", parameters=listed).parameters == {"page": "2", "other.thing": 1}
    given = {"warehouse_page": 3, "warehouse.sku": "x"}
    assert second("get_shipments", parameters=given).page == 3
    assert second("get_shipments", parameters=["no", "object"]).parameters == {}


def test_one_sku_is_asked_for_in_several_ways() -> None:
    ways = ({"inventory": {"product_id": "A"}}, {"inventory": {"sku": "A"}}, {"sku": "A"})
    assert {second("get_inventory", **way).sku for way in ways} == {"A"}
    assert first("get_inventory", sku="A").sku == "A"


def test_every_path_takes_both_envelopes() -> None:
    for path, operation in DESK.paths.items():
        assert first(path).operation == second(path).operation == operation
        assert (first(path).generation, second(path).generation) == (1, 2)


def test_an_id_of_the_database_is_no_number_in_the_first_generation() -> None:
    raw = {"id": 4410, "number": "R7", "line_items": [{"sku": "A", "quantity": 1}]}
    [record] = first("drop_ship", order=raw).records
    assert (record.ref, getattr(record, "order_ref", "")) == ("R7", "R7")
    [other] = second("add_shipment", shipment={"id": "H1", "number": "mine"}).records
    assert other.ref == "H1"


def test_what_was_kept_is_read_again_the_same() -> None:
    for name in ("gen1_drop_ship_full_shipment", "gen2_add_shipment", "gen1_drop_ship_order_new"):
        request = example(f"{name}.json", CONTRACT)["request"]
        for record in DESK.read(request["path"][1:], inbound(request), OPTIONS).records:
            assert isinstance(record, FulfillmentOrderRecord)
            kept = json.loads(json.dumps(record.raw))
            assert SPREE_HUB.read_order(kept, OPTIONS) == record


@settings(max_examples=300, deadline=None)
@given(OBJECTS)
def test_a_shipment_is_a_record_or_a_sentence_and_never_a_crash(thing: dict[str, Any]) -> None:
    for path in DESK.paths:
        for call in (first(path, shipment=thing, order=thing), second(path, order=thing)):
            for outcome in Outcome:
                answered = Answered(outcome, said=(Said(outcome, "Subject", "Text."),))
                assert json.loads(DESK.write(call, answered, OPTIONS).body)
    with suppress(Malformed):
        assert read_fulfillment_order({"generation": 2, "shipment": thing}).ref


@settings(max_examples=200, deadline=None)
@given(JSON)
def test_any_json_is_understood_or_answered(body: Any) -> None:
    call = Inbound({"x-hub-token": "t" * 32}, json.dumps(body).encode("utf-8", "surrogatepass"))
    with suppress(NotUnderstood):
        assert DESK.read("drop_ship", call, OPTIONS).operation in Operation
    assert DESK.stores_in(call) is not None
    assert DESK.masked(call) is not None


@pytest.mark.parametrize(
    ("zone", "address", "inside"),
    [
        ("", Address(country="FR"), True),
        ("US", Address(country="us", postcode="1"), True),
        ("US", Address(country="CA"), False),
        ("US 20 21\nDE", Address(country="US", postcode="20175"), True),
        ("US 20 21\nDE", Address(country="US", postcode="30175"), False),
        ("US 20 21\nDE", Address(country="DE", postcode="99999"), True),
        ("US -995, -996", Address(country="US", postcode="99501"), False),
        ("US -995, -996", Address(country="US", postcode="20175"), True),
        ("GB SW1", Address(country="GB", postcode="sw1a 1aa"), True),
    ],
)
def test_a_zone_is_countries_and_the_beginnings_of_zip_codes(
    zone: str, address: Address, inside: bool
) -> None:
    assert (read_zone(zone).why_not(address) == "") is inside


@pytest.mark.parametrize("zone", ["Germany", "D", "US 12*", "US 123456789012"])
def test_a_zone_that_makes_no_sense_is_told_in_words(zone: str) -> None:
    with pytest.raises(ValueError, match="One country a line"):
        read_zone(zone)


def test_options_are_checked_in_words() -> None:
    checks = {each.name: each.check for each in SPREE_HUB.options if each.check}
    for name, good, bad in (("prefix", "warehouse", "Ware House"), ("page_size", 1, 501)):
        checks[name](good)
        with pytest.raises(ValueError, match=r"\w+ \w+"):
            checks[name](bad)


def test_the_client_says_who_calls_whom_and_sends_nothing(transport: Transport) -> None:
    good = SPREE_HUB.connect({TOKEN: "t" * 32}, transport, OPTIONS)
    assert "The hub calls us" in good.check()
    anybody = SPREE_HUB.connect({}, transport, {**OPTIONS, "open": True})
    assert "open to anybody" in anybody.check()
    for token in ("", "short"):
        with pytest.raises(Unauthorized, match="characters or more"):
            SPREE_HUB.connect({TOKEN: token}, transport, OPTIONS).check()
    with pytest.raises(Refused, match="Nothing was sent"):
        good.fetch_locations()
