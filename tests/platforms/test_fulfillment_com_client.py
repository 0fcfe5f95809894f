"""What is sent to Fulfillment.com, held against its document; and what an answer leads to."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from platforms import partner_registry
from platforms.errors import (
    Forbidden,
    Malformed,
    Missing,
    PlatformError,
    Refused,
    Throttled,
    Unauthorized,
    Unavailable,
    Uncertain,
)
from platforms.fulfillment_com.client import FulfillmentComClient
from platforms.http import Exchange, Transport
from platforms.partner_records import PartnerLine, PartnerState
from platforms.partners import TooLate
from platforms.records import Address
from tests.platforms.conftest import PATIENT
from tests.platforms.fulfillment_com_examples import (
    AMARA,
    ORDER,
    TOKEN,
    connected,
    example,
)
from tests.platforms.published import request_problems
from tests.platforms.tiny_server import Reply, TinyServer, breaks_off, hangs_up, says, sends

MADE = example("order_create_response_201")
SINCE, UNTIL = datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 11, 4, tzinfo=UTC)


@pytest.fixture
def way(tiny: TinyServer, exchanges: list[Exchange]) -> Iterator[Transport]:
    transport = Transport(f"{tiny.url}/v2/", record=exchanges.append, limits=PATIENT)
    yield transport
    transport.close()


@pytest.fixture
def fdc(way: Transport) -> FulfillmentComClient:
    return connected(way, merchant_id="50012")


@pytest.fixture(autouse=True)
def as_published(tiny: TinyServer) -> Iterator[None]:
    """Whatever a test sends is what the document allows, with our token and nothing else."""
    yield
    for asked in tiny.asked:
        assert request_problems("fulfillment_com", asked) == []
        assert asked.headers["authorization"] == f"Bearer {TOKEN}"


def query(tiny: TinyServer, number: int = -1) -> dict[str, str]:
    found = parse_qs(urlsplit(tiny.asked[number].path).query)
    return {name: ",".join(values) for name, values in found.items()}


def paths(tiny: TinyServer) -> list[str]:
    return [f"{each.method} {urlsplit(each.path).path}" for each in tiny.asked]


def test_there_is_this_partner_and_no_other() -> None:
    assert partner_registry.get("fulfillment_com").label == "Fulfillment.com"
    with pytest.raises(LookupError, match="There are: fulfillment_com"):
        partner_registry.get("teashop")


def test_an_order_is_asked_for_as_the_contract_shows_it(tiny: TinyServer, way: Transport) -> None:
    tiny.will(says(MADE, 201))
    made = connected(way, merchant_id="50012", integrator="Shopify").create_order(ORDER)
    assert tiny.asked[0].json == example("order_create_request")
    assert (made.ref, made.reference, made.state) == (
        "11840231",
        "NW-10482",
        PartnerState.WAITING,
    )


def test_what_is_not_set_is_not_sent(tiny: TinyServer, way: Transport) -> None:
    tiny.will(says(MADE, 201))
    connected(way, warehouse_id="5").create_order(replace(ORDER, notes=""))
    body = tiny.asked[0].json
    assert body["warehouse"] == {"id": 5}
    assert not {"merchantId", "integrator", "notes"} & set(body)


def recipient(tiny: TinyServer, way: Transport, address: Address, email: str = "") -> Any:
    tiny.will(says(MADE, 201))
    client = connected(way, phone="+1 800", email="desk@provider.example")
    client.create_order(replace(ORDER, address=address, email=email))
    return tiny.asked[-1].json["recipient"]


def test_what_a_shopper_did_not_say_is_filled_in(tiny: TinyServer, way: Transport) -> None:
    bare = Address(
        line1="1 Road", line3="Back door", city="Nairobi", country="KE", first_name="Ada"
    )
    sent = recipient(tiny, way, bare)
    assert (sent["phone"], sent["email"]) == ("+1 800", "desk@provider.example")
    assert (sent["firstName"], sent["lastName"]) == ("Ada", "Ada")
    assert (sent["addressRegion"], sent["address2"]) == ("", "Back door")
    assert not {"postalCode", "companyName"} & set(sent)
    whole = recipient(tiny, way, replace(bare, first_name="", last_name="Ada Mary Lovelace"))
    assert (whole["firstName"], whole["lastName"]) == ("Ada Mary", "Lovelace")


@pytest.mark.parametrize(
    ("order", "why"),
    [
        (replace(ORDER, address=replace(AMARA, line1=" ", city="")), "no street, city"),
        (replace(ORDER, address=Address(line1="1", city="X", country="US")), "no name"),
        (replace(ORDER, lines=()), "without a number and lines"),
        (replace(ORDER, reference=" "), "without a number and lines"),
        (replace(ORDER, lines=(PartnerLine("", 1),)), "a SKU and units"),
        (replace(ORDER, lines=(PartnerLine("A", 0),)), "a SKU and units"),
        (replace(ORDER, lines=(PartnerLine("A", 1, Decimal(-1)),)), "no amount of money"),
        (replace(ORDER, lines=(PartnerLine("A", 1, Decimal("NaN")),)), "no amount of money"),
    ],
)
def test_what_cannot_be_asked_is_not(
    tiny: TinyServer, fdc: FulfillmentComClient, order: Any, why: str
) -> None:
    with pytest.raises(Refused, match=why):
        fdc.create_order(order)
    assert tiny.asked == []


@pytest.mark.parametrize(
    ("value", "written"),
    [("14.5", "14.50"), ("0", "0.00"), ("-0", "0.00"), ("1E+3", "1000.00"), ("2.005", "2.00")],
)
def test_a_value_is_an_amount_for_one_unit(
    tiny: TinyServer, fdc: FulfillmentComClient, value: str, written: str
) -> None:
    tiny.will(says(MADE, 201))
    fdc.create_order(replace(ORDER, lines=(PartnerLine("A", 3, Decimal(value)),)))
    assert tiny.asked[0].json["items"] == [{"sku": "A", "quantity": 3, "declaredValue": written}]


@pytest.mark.parametrize(
    "refusal", ["error_409_duplicate_order", "error_409_duplicate_order_array_context"]
)
def test_an_order_that_is_there_already_is_taken_as_ours(
    tiny: TinyServer, fdc: FulfillmentComClient, refusal: str
) -> None:
    """Check 2 of the client: the id of the 409, checked by a look."""
    context = [example(refusal)["context"]]
    context = context[0] if isinstance(context[0], list) else context
    found = {**MADE, "id": context[0]["id"]}
    tiny.will(says(example(refusal), 409), says(found))
    assert fdc.create_order(ORDER).ref == str(context[0]["id"])
    assert paths(tiny) == ["POST /v2/orders", f"GET /v2/orders/{context[0]['id']}"]


@pytest.mark.parametrize("context", [None, {}, [], "11840231", [{"id": None}], {"id": "x"}])
def test_a_duplicate_that_is_not_named_is_looked_for(
    tiny: TinyServer, fdc: FulfillmentComClient, context: Any
) -> None:
    tiny.will(says({"message": "Duplicate Order", "context": context}, 409), says(MADE))
    assert fdc.create_order(ORDER).ref == "11840231"
    assert paths(tiny)[-1] == "GET /v2/orders/NW-10482"


@pytest.mark.parametrize(
    "found",
    [
        says({"message": "Order not found"}, 404),
        says({**MADE, "merchantOrderId": "NW-1"}),
        says({**MADE, "originalConsignee": {**MADE["originalConsignee"], "address1": "9 Elm"}}),
        says({**MADE, "originalConsignee": {**MADE["originalConsignee"], "postalCode": "1"}}),
    ],
)
def test_an_order_of_somebody_else_is_not_taken_as_ours(
    tiny: TinyServer, fdc: FulfillmentComClient, found: Reply
) -> None:
    tiny.will(says(example("error_409_duplicate_order_array_context"), 409), found)
    with pytest.raises(Refused, match="Duplicate Order"):
        fdc.create_order(ORDER)


def test_a_duplicate_that_cannot_be_looked_at_now_is_asked_for_again(
    tiny: TinyServer, fdc: FulfillmentComClient
) -> None:
    tiny.will(says(example("error_409_duplicate_order"), 409), says({"message": "x"}, 500))
    with pytest.raises(Unavailable):
        fdc.create_order(ORDER)


@pytest.mark.parametrize(
    "reply",
    [
        hangs_up,
        breaks_off,
        says({"message": "x"}, 500),
        says({"message": "x"}, 504),
        says(MADE, 200),
        sends(b"", 201),
        says({"merchantOrderId": "NW-10482"}, 201),
        says({**MADE, "merchantOrderId": "NW-1"}, 201),
    ],
)
def test_an_answer_that_does_not_show_the_order_leaves_it_in_doubt(
    tiny: TinyServer, fdc: FulfillmentComClient, reply: Reply
) -> None:
    tiny.will(reply)
    with pytest.raises(Uncertain):
        fdc.create_order(ORDER)


def test_an_order_is_found_by_our_number_of_this_merchant(
    tiny: TinyServer, fdc: FulfillmentComClient
) -> None:
    tiny.will(says(MADE), says({"message": "Order not found"}, 404), sends(b"", 404))
    found = fdc.find_order("NW-10482")
    assert found is not None
    assert found.ref == "11840231"
    assert query(tiny) == {"merchantId": "50012", "hydrate": "lineItems,trackingNumbers.carrier"}
    assert fdc.find_order("NW/2 ä") is None
    assert paths(tiny)[-1] == "GET /v2/orders/NW%2F2%20%C3%A4"
    assert fdc.find_order("NW-3") is None


def test_a_number_that_is_anothers_id_finds_nothing(
    tiny: TinyServer, fdc: FulfillmentComClient
) -> None:
    tiny.will(says(MADE))
    assert fdc.find_order("11840231") is None


def test_the_merchant_of_the_login_is_asked_for_once(tiny: TinyServer, way: Transport) -> None:
    tiny.will(says(example("users_me_response")), says(MADE), says(MADE))
    client = connected(way)
    for _ in range(2):
        client.find_order("NW-10482")
        assert query(tiny)["merchantId"] == "50012"
    assert paths(tiny)[0] == "GET /v2/users/me"
    assert len(tiny.asked) == 3


def test_an_order_is_fetched_by_its_id(tiny: TinyServer, fdc: FulfillmentComClient) -> None:
    tiny.will(says(example("order_hydrated")), says({**MADE, "id": 8}), sends(b"", 404))
    assert fdc.fetch_order("11840231").final_tracking[0].carrier == "UPS"
    with pytest.raises(Malformed, match="Asked for order 11840231, got 8"):
        fdc.fetch_order("11840231")
    with pytest.raises(Missing):
        fdc.fetch_order("11840231")
    for nonsense in ("NW-1", "", "../users/me", "7?x=1"):
        with pytest.raises(Missing, match="Not asked"):
            fdc.fetch_order(nonsense)
    assert len(tiny.asked) == 3


def test_orders_of_a_time_come_page_by_page(tiny: TinyServer, fdc: FulfillmentComClient) -> None:
    tiny.will(says(example("orders_list_page")), says(example("orders_list_last_page")))
    page = fdc.fetch_orders(SINCE, UNTIL)
    assert query(tiny) == {
        "fromDate": "2026-11-01T00:00:00Z",
        "toDate": "2026-11-04T00:00:00Z",
        "page": "1",
        "limit": "200",
        "hydrate": "lineItems,trackingNumbers.carrier",
    }
    assert page.next == "2"
    last = fdc.fetch_orders(SINCE, UNTIL, "3")
    assert (query(tiny)["page"], last.next) == ("3", None)


def test_nothing_found_is_an_empty_list(tiny: TinyServer, fdc: FulfillmentComClient) -> None:
    """Check 3 of the client: a 404 that says so, and an empty envelope."""
    tiny.will(
        says(example("error_404_no_orders"), 404),
        says(example("inventory_error_404"), 404),
        says(example("returns_empty_page")),
    )
    assert fdc.fetch_orders(SINCE, UNTIL).entries == ()
    assert fdc.fetch_inventory().entries == ()
    assert fdc.fetch_returns(SINCE, UNTIL).entries == ()


@pytest.mark.parametrize(
    "reply", [sends(b"<html>", 404, {"Content-Type": "text/html"}), says([], 404)]
)
def test_a_wrong_address_is_no_empty_list(
    tiny: TinyServer, fdc: FulfillmentComClient, reply: Reply
) -> None:
    tiny.will(reply)
    with pytest.raises(Missing):
        fdc.fetch_inventory()


def test_stock_is_of_all_buildings_or_of_the_one_that_is_set(
    tiny: TinyServer, way: Transport, fdc: FulfillmentComClient
) -> None:
    tiny.will(says(example("inventory_page")), says(example("inventory_full_page")))
    assert len(fdc.fetch_inventory().entries) == 2
    assert query(tiny) == {"page": "1", "limit": "200"}
    connected(way, warehouse_id="3").fetch_inventory("2")
    assert paths(tiny)[-1] == "GET /v2/inventory/full"
    assert query(tiny) == {"warehouseIds": "3", "page": "2", "limit": "200"}


def test_returns_of_a_time(tiny: TinyServer, fdc: FulfillmentComClient) -> None:
    tiny.will(says(example("returns_page")))
    assert len(fdc.fetch_returns(SINCE, UNTIL).entries) == 2
    assert query(tiny)["fromDate"] == "2026-11-01T00:00:00Z"


def test_no_part_of_a_second_is_lost(tiny: TinyServer, fdc: FulfillmentComClient) -> None:
    tiny.will(says(example("returns_empty_page")))
    ago, now = SINCE.replace(microsecond=9), UNTIL.replace(microsecond=9)
    fdc.fetch_returns(ago, now)
    assert query(tiny)["fromDate"] == "2026-11-01T00:00:00Z"
    assert query(tiny)["toDate"] == "2026-11-04T00:00:01Z"


def test_an_order_is_cancelled(tiny: TinyServer, fdc: FulfillmentComClient) -> None:
    tiny.will(says(example("order_cancel_response_200")))
    assert fdc.cancel_order("11840231").is_cancelled
    assert tiny.asked[0].body == b""


def test_from_its_dispatch_on_it_is_too_late(tiny: TinyServer, fdc: FulfillmentComClient) -> None:
    """Check 6 of the client."""
    tiny.will(says(example("order_cancel_error_405"), 405), says(example("order_dispatched")))
    with pytest.raises(TooLate, match="could not be canceled") as caught:
        fdc.cancel_order("11840231")
    assert isinstance(caught.value, Refused)


def test_an_order_that_is_cancelled_already_is_not_too_late(
    tiny: TinyServer, fdc: FulfillmentComClient
) -> None:
    tiny.will(says(example("order_cancel_error_405"), 405), says(example("order_cancelled")))
    assert fdc.cancel_order("11840231").is_cancelled


@pytest.mark.parametrize(
    "reply",
    [says(example("order_approved")), says({**example("order_cancelled"), "id": 3}), sends(b"")],
)
def test_a_success_that_shows_no_cancellation_leaves_it_in_doubt(
    tiny: TinyServer, fdc: FulfillmentComClient, reply: Reply
) -> None:
    tiny.will(reply)
    with pytest.raises(Uncertain):
        fdc.cancel_order("11840231")


def test_the_login_is_checked(tiny: TinyServer, way: Transport) -> None:
    tiny.will(*[says(example("users_me_response"))] * 2, says({"name": "X"}))
    assert connected(way).check() == (
        "Connected to Fulfillment.com as Lena Brandt (integration@northwind.example). "
        "Its merchant is 50012."
    )
    assert "the settings say 7" in connected(way, merchant_id="7").check()
    with pytest.raises(Malformed):
        connected(way).check()


ERRORS: list[tuple[Reply, type[PlatformError], str]] = [
    (says(example("error_400_invalid_body"), 400), Refused, "Invalid request body"),
    (sends(b"", 401), Unauthorized, "401"),
    (says(example("error_403_forbidden"), 403), Forbidden, "may not do that"),
    (sends(b"", 404), Missing, "404"),
    (says(example("error_422_validation"), 422), Refused, "items.0.quantity: must be 1 or more"),
    (says(example("error_429_too_many"), 429, {"Retry-After": "7"}), Throttled, "429"),
    (sends(b"<html>nginx", 502), Uncertain, "502"),
    (sends(b"", 302, {"Location": "https://elsewhere.example/"}), Malformed, "redirects"),
]


@pytest.mark.parametrize(("reply", "kind", "said"), ERRORS)
def test_what_each_error_leads_to(
    tiny: TinyServer, fdc: FulfillmentComClient, reply: Reply, kind: type[PlatformError], said: str
) -> None:
    tiny.will(reply)
    with pytest.raises(kind, match=said) as caught:
        fdc.create_order(ORDER)
    assert type(caught.value) is kind
    assert len(tiny.asked) == 1


def test_a_wait_is_as_long_as_was_asked(tiny: TinyServer, fdc: FulfillmentComClient) -> None:
    tiny.will(sends(b"", 429, {"Retry-After": "7"}), sends(b"", 429), says({"message": "x"}, 500))
    waits = []
    for _ in range(2):
        with pytest.raises(Throttled) as caught:
            fdc.fetch_inventory()
        waits.append(caught.value.retry_after)
    assert waits == [7.0, 1.0]
    with pytest.raises(Unavailable):
        fdc.fetch_inventory()


def test_an_answer_that_is_no_json_says_so(tiny: TinyServer, fdc: FulfillmentComClient) -> None:
    tiny.will(sends(b"<p>hello", 200), sends(b"{", 200, {"Content-Type": "application/json"}))
    for _ in range(2):
        with pytest.raises(Malformed, match="not JSON"):
            fdc.fetch_inventory()
