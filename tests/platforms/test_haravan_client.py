"""What the Haravan client asks, tells and concludes, against a scripted server."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from platforms.errors import Malformed, Missing, Refused, Unauthorized, Uncertain
from platforms.haravan import HARAVAN
from platforms.haravan.changes import first_place, next_place, params_of, read_place, text_of
from platforms.haravan.client import HaravanClient, order_in
from platforms.haravan.parcels import is_dead, read_fulfillment
from platforms.haravan.wanted import Wanted
from platforms.http import Transport
from platforms.records import (
    AssignedQueue,
    Dispatch,
    FulfillmentOrderRecord,
    LineQuantity,
    ParcelRecord,
    TrackingStatus,
    Unreadable,
)
from tests.platforms.haravan_examples import example, listed
from tests.platforms.published import request_problems
from tests.platforms.tiny_server import TinyServer, says

TOKEN = "tok-n3ver-to-be-seen"
ORDER = "1684205517"
PARCEL = ParcelRecord("ghn", "GHN1", "https://ghn.example/GHN1")
DISPATCH = Dispatch((LineQuantity("1820450101", 2), LineQuantity("1820450102", 1)), (PARCEL,))
PENDING = example("fulfillment_create_external_service_pending.response")
COMPLETED = example("fulfillment_complete.response")
CREATED = example("fulfillment_create_number_company_url_lines.response")


@pytest.fixture
def client(tiny: TinyServer, transport: Transport) -> Iterator[HaravanClient]:
    yield made(transport)
    # Whatever a test asks or tells, it is as published.
    assert not [problem for each in tiny.asked for problem in request_problems("haravan", each)]


def made(transport: Transport, **options: Any) -> HaravanClient:
    return HaravanClient({"haravan_token": TOKEN}, transport, HARAVAN.filled_in(options))


def paths(tiny: TinyServer) -> list[str]:
    return [f"{each.method} {each.path.removeprefix('/api/admin/')}" for each in tiny.asked]


def sent(tiny: TinyServer) -> dict[str, Any]:
    found: dict[str, Any] = tiny.asked[0].json["fulfillment"]
    return found


def test_check_says_which_shop_the_token_opens(tiny: TinyServer, client: HaravanClient) -> None:
    tiny.will(says(example("shop_get.response")))
    said = client.check()
    assert said.startswith("Connected to Gốm Mây (gom-may.myharavan.com).")
    assert "organisation is 200000918273" in said
    assert paths(tiny) == ["GET com/shop.json"]
    assert tiny.asked[0].headers["authorization"] == f"Bearer {TOKEN}"
    assert "cookie" not in tiny.asked[0].headers


@pytest.mark.parametrize(("org_id", "warns"), [("200000918273", False), ("7", True)])
def test_check_warns_of_another_shop(
    tiny: TinyServer, transport: Transport, org_id: str, warns: bool
) -> None:
    tiny.will(says(example("shop_get.response")))
    assert ("Take care" in made(transport, org_id=org_id).check()) is warns


def test_the_older_address_has_another_prefix(tiny: TinyServer, transport: Transport) -> None:
    tiny.will(says(example("shop_get.response")))
    made(transport, path_prefix="admin").check()
    assert paths(tiny) == ["GET admin/shop.json"]


@pytest.mark.acceptance("haravan", 19)
def test_no_cookie_is_ever_sent_back(tiny: TinyServer, client: HaravanClient) -> None:
    tiny.will(says(example("shop_get.response"), headers={"Set-Cookie": "a=b"}), says(CREATED, 201))
    client.check()
    client.create_fulfillment(ORDER, DISPATCH)
    assert all("cookie" not in each.headers for each in tiny.asked)


def test_locations_from_which_nothing_is_sold_are_left_out(
    tiny: TinyServer, client: HaravanClient
) -> None:
    tiny.will(says(example("location_list.response")))
    found = client.fetch_locations()
    assert [each.name for each in found] == ["Kho Tân Định", "Cửa hàng Lò Gốm"]
    assert found[0].address.line1 == "5 Đường Lò Gốm"


def test_changes_are_asked_for_with_those_that_are_cancelled(
    tiny: TinyServer, client: HaravanClient
) -> None:
    tiny.will(says({"orders": []}))
    since = datetime(2026, 3, 2, 2, 0, 0, 84_900, tzinfo=UTC)
    page = client.fetch_assigned(AssignedQueue.REQUESTED, None, since)
    assert (page.records, page.next) == ((), None)
    query = parse_qs(urlsplit(tiny.asked[0].path).query)
    assert query == {
        "status": ["any"],
        "limit": ["50"],
        "page": ["1"],
        "updated_at_min": ["2026-03-02T02:00:00.084Z"],
        "order": ["updated_at asc"],
    }
    assert "order=updated_at+asc" in tiny.asked[0].path or "%20asc" in tiny.asked[0].path


def test_nobody_waits_for_an_answer(tiny: TinyServer, client: HaravanClient) -> None:
    for queue in (AssignedQueue.CANCEL_REQUESTED, AssignedQueue.ACCEPTED):
        assert client.fetch_assigned(queue).records == ()
    assert tiny.asked == []


@pytest.mark.acceptance("haravan", 16)
def test_a_list_of_changes_survives_an_odd_order(tiny: TinyServer, client: HaravanClient) -> None:
    orders = example("order_list.response")["orders"]
    tiny.will(says({"orders": [*orders, {"id": 7}, None]}))
    page = client.fetch_assigned(AssignedQueue.REQUESTED)
    assert [each.ref for each in page.records] == [ORDER, "1684205533", "7", ""]
    assert [isinstance(each, Unreadable) for each in page.records] == [False, False, True, True]


def at(minute: int) -> dict[str, Any]:
    return {"id": minute, "updated_at": f"2026-03-02T02:{minute:02}:00.5Z"}


def test_the_next_page_begins_at_the_newest_change() -> None:
    first = first_place(None)
    assert "updated_at_min" not in params_of(first, 50)
    second = next_place(first, [at(1), at(2)])
    assert second is not None
    assert params_of(second, 50)["updated_at_min"] == "2026-03-02T02:02:00.500Z"
    assert params_of(second, 50)["page"] == "1"
    # Shorter than the first page was: the end.
    assert next_place(second, [at(2)]) is None
    assert next_place(second, []) is None
    assert read_place(text_of(second)) == second


@pytest.mark.parametrize(
    "entries",
    [[at(2), at(2)], [at(3), at(2)], [{"id": 1}, at(2)], [None, at(2)]],
    ids=["of one moment", "not in order", "without a moment", "odd"],
)
def test_pages_are_counted_where_moments_do_not_tell_them_apart(entries: list[Any]) -> None:
    place = next_place(first_place(datetime(2026, 3, 2, 2, 2, 0, 500_000, tzinfo=UTC)), entries)
    assert place is not None
    assert (place.page, place.since) == (2, "2026-03-02T02:02:00.500Z")
    following = next_place(place, entries)
    assert following is not None
    assert following.page == 3


@pytest.mark.parametrize("text", ["x", "page=0&rows=1", "page=1", "page=1&rows=1&since=today"])
def test_a_page_that_is_none_of_ours_is_not_asked_for(client: HaravanClient, text: str) -> None:
    with pytest.raises(Malformed):
        client.fetch_assigned(AssignedQueue.REQUESTED, text)


def test_an_order_is_read_back_and_is_that_one(tiny: TinyServer, client: HaravanClient) -> None:
    tiny.will(*[says(example("order_get.response"))] * 3)
    assert client.fetch_fulfillment_order(ORDER).ref == ORDER
    assert client.fetch_order(ORDER).tags == ("web", "hang-de-vo")
    with pytest.raises(Malformed, match="Asked for order 7, got 1684205517"):
        client.fetch_fulfillment_order("7")
    assert paths(tiny)[0] == f"GET com/orders/{ORDER}.json"


@pytest.mark.parametrize("ref", ["", "x", "../shop", "7/8", "-kho"])
def test_a_ref_that_cannot_exist_is_not_asked_for(client: HaravanClient, ref: str) -> None:
    for call in (client.fetch_fulfillment_order, client.fetch_order, client.confirm_order):
        with pytest.raises(Missing):
            call(ref)


def test_orders_are_counted_and_confirmed(tiny: TinyServer, client: HaravanClient) -> None:
    tiny.will(says({"count": 3}), says(example("order_confirm.response")), says({"count": None}))
    assert client.count_orders(datetime(2026, 3, 2, tzinfo=UTC)) == 3
    assert client.confirm_order(ORDER).upstream_request_status == "confirmed, pending"
    with pytest.raises(Malformed):
        client.count_orders()
    assert paths(tiny)[1] == f"POST com/orders/{ORDER}/confirm.json"


@pytest.mark.acceptance("haravan", 2)
@pytest.mark.acceptance("haravan", 3)
@pytest.mark.acceptance("haravan", 4)
def test_a_shipment_is_told_with_lines_and_all_tracking(
    tiny: TinyServer, client: HaravanClient
) -> None:
    tiny.will(says(CREATED, 201))
    twice = Dispatch((*DISPATCH.lines, LineQuantity("1820450101", 1)), (PARCEL,), notify=False)
    found = client.create_fulfillment(ORDER, twice)
    assert (found.ref, found.upstream_status) == (str(CREATED["fulfillment"]["id"]), "success")
    assert paths(tiny) == [f"POST com/orders/{ORDER}/fulfillments.json"]
    assert sent(tiny) == {
        "tracking_number": "GHN1",
        "tracking_company": "Giao Hàng Nhanh",
        "tracking_url": "https://ghn.example/GHN1",
        "notify_customer": False,
        "line_items": [{"id": 1820450101, "quantity": 3}, {"id": 1820450102, "quantity": 1}],
    }


def test_the_recommended_form_is_what_we_send(tiny: TinyServer, client: HaravanClient) -> None:
    wanted = example("fulfillment_create_number_company_url_lines.request")["fulfillment"]
    tiny.will(says(CREATED, 201))
    parcel = ParcelRecord(
        "other", wanted["tracking_number"], wanted["tracking_url"], wanted["tracking_company"]
    )
    lines = tuple(LineQuantity(str(x["id"]), x["quantity"]) for x in wanted["line_items"])
    client.create_fulfillment(ORDER, Dispatch(lines, (parcel,), wanted["notify_customer"]))
    assert sent(tiny) == wanted


@pytest.mark.acceptance("haravan", 4)
def test_several_parcels_are_a_list_and_none_is_said_to_be_none(
    tiny: TinyServer, client: HaravanClient
) -> None:
    tiny.will(*[says(CREATED, 201)] * 2)
    other = ParcelRecord("other", "X-2", "", "Xe ôm")
    client.create_fulfillment(ORDER, Dispatch(DISPATCH.lines, (PARCEL, other, PARCEL)))
    client.create_fulfillment(ORDER, Dispatch(DISPATCH.lines, ()))
    first, second = (each.json["fulfillment"] for each in tiny.asked)
    assert first["tracking_numbers"] == ["GHN1", "X-2"]
    assert "tracking_number" not in first
    assert first["tracking_company"] == "Giao Hàng Nhanh, Xe ôm"
    names = ("tracking_number", "tracking_company", "tracking_url")
    assert [second[name] for name in names] == [None, None, None]


def test_a_carrier_goes_by_the_name_the_store_has_for_it(
    tiny: TinyServer, transport: Transport
) -> None:
    tiny.will(*[says(CREATED, 201)] * 3)
    client = made(transport, carriers="ghn = GHN\nxe = Xe Sao Mai\n")
    for carrier in ("ghn", "xe", "brand_new"):
        client.create_fulfillment(ORDER, Dispatch(DISPATCH.lines, (ParcelRecord(carrier, "1"),)))
    names = [each.json["fulfillment"]["tracking_company"] for each in tiny.asked]
    assert names == ["GHN", "Xe Sao Mai", "brand_new"]


@pytest.mark.acceptance("haravan", 2)
@pytest.mark.acceptance("haravan", 3)
@pytest.mark.parametrize(
    "lines", [(), (LineQuantity("1", 0),), (LineQuantity("x", 1),), (LineQuantity("1", -2),)]
)
def test_what_would_ship_everything_is_not_sent(
    tiny: TinyServer, client: HaravanClient, lines: tuple[LineQuantity, ...]
) -> None:
    with pytest.raises(Refused, match="not sent"):
        client.create_fulfillment(ORDER, Dispatch(lines, (PARCEL,)))
    assert tiny.asked == []


@pytest.mark.acceptance("haravan", 7)
@pytest.mark.parametrize(
    ("body", "status"),
    [
        (CREATED, 200),
        (CREATED, 202),
        ({}, 201),
        ({"fulfillment": None}, 201),
        ({"fulfillment": {"status": "success"}}, 201),
        ([], 201),
    ],
)
def test_a_success_that_proves_nothing_is_uncertain(
    tiny: TinyServer, client: HaravanClient, body: Any, status: int
) -> None:
    tiny.will(says(body, status))
    with pytest.raises(Uncertain):
        client.create_fulfillment(ORDER, DISPATCH)
    assert len(tiny.asked) == 1


def test_what_an_external_service_ships_is_pending(tiny: TinyServer, client: HaravanClient) -> None:
    tiny.will(says(PENDING, 201))
    found = client.create_fulfillment(f"{ORDER}-kho-sao-mai", DISPATCH)
    assert (found.ref, found.is_pending) == (str(PENDING["fulfillment"]["id"]), True)
    assert len(tiny.asked) == 1


@pytest.mark.parametrize(("step", "word"), [("complete", "success"), ("cancel", "cancelled")])
@pytest.mark.parametrize("status", [200, 201])
def test_a_pending_shipment_is_ended(
    tiny: TinyServer, client: HaravanClient, step: str, word: str, status: int
) -> None:
    tiny.will(says(PENDING), says(example(f"fulfillment_{step}.response"), status))
    ref = str(PENDING["fulfillment"]["id"])
    assert getattr(client, f"{step}_fulfillment")(ORDER, ref).upstream_status == word
    assert tiny.asked[1].json == {}


@pytest.mark.acceptance("haravan", 8)
@pytest.mark.parametrize("word", ["success", "cancelled", "error", "failure", "a new word", None])
def test_only_what_is_pending_can_be_ended(
    tiny: TinyServer, client: HaravanClient, word: Any
) -> None:
    ended = {"fulfillment": {**PENDING["fulfillment"], "status": word}}
    ref = str(PENDING["fulfillment"]["id"])
    tiny.will(says(ended), says(ended))
    for call, done in (
        (client.complete_fulfillment, "success"),
        (client.cancel_fulfillment, "cancelled"),
    ):
        if word == done:
            assert call(ORDER, ref).upstream_status == done
        else:
            with pytest.raises(Refused, match="Not sent"):
                call(ORDER, ref)
    assert all(each.method == "GET" for each in tiny.asked)


@pytest.mark.parametrize("step", ["complete", "cancel"])
@pytest.mark.parametrize("status", [404, 405])
def test_a_shop_without_the_call_is_told_in_words(
    tiny: TinyServer, client: HaravanClient, step: str, status: int
) -> None:
    refusal = example("error_405_complete_unsupported")
    tiny.will(says(PENDING), says(refusal, status), says(PENDING))
    with pytest.raises(Refused, match=f"has no call to {step}.*Do it in the store's admin") as no:
        getattr(client, f"{step}_fulfillment")(ORDER, str(PENDING["fulfillment"]["id"]))
    assert not isinstance(no.value, Missing)


def test_a_shipment_that_is_gone_is_missing(tiny: TinyServer, client: HaravanClient) -> None:
    gone = says(example("error_404_fulfillment"), 404)
    tiny.will(says(PENDING), gone, gone)
    with pytest.raises(Missing):
        client.cancel_fulfillment(ORDER, str(PENDING["fulfillment"]["id"]))


def test_an_end_that_is_not_shown_is_uncertain(tiny: TinyServer, client: HaravanClient) -> None:
    tiny.will(says(PENDING), says(PENDING, 201))
    with pytest.raises(Uncertain, match="as “pending”"):
        client.cancel_fulfillment(ORDER, str(PENDING["fulfillment"]["id"]))


@pytest.mark.acceptance("haravan", 4)
def test_tracking_is_replaced_with_company_and_link(
    tiny: TinyServer, client: HaravanClient
) -> None:
    wanted = example("fulfillment_update_tracking_full.request")["fulfillment"]
    answer = example("fulfillment_update_tracking_full.response")
    parcel = ParcelRecord(
        "other", wanted["tracking_number"], wanted["tracking_url"], wanted["tracking_company"]
    )
    tiny.will(says(answer), says(answer, 202), says(PENDING))
    change = Dispatch((), (parcel,), wanted["notify_customer"])
    assert client.update_tracking(ORDER, str(wanted["id"]), change).tracking_codes == (
        "SM240300500",
    )
    assert sent(tiny) == wanted
    assert tiny.asked[0].method == "PUT"
    for _ in range(2):
        with pytest.raises(Uncertain):
            client.update_tracking(ORDER, str(wanted["id"]), change)


def test_dead_shipments_are_left_out(tiny: TinyServer, client: HaravanClient) -> None:
    shown = example("fulfillment_list.response")["fulfillments"]
    stopped = example("fulfillment_live_carrier_cancelled.response")["fulfillment"]
    tiny.will(says({"fulfillments": [*shown, stopped]}))
    found = client.fetch_fulfillments(ORDER, ORDER)
    statuses = {each["status"] for each in shown}
    assert statuses & {"cancelled", "failure", "error"}
    assert found
    assert {each.upstream_status for each in found} <= {"success", "pending", "open"}
    assert str(stopped["id"]) not in {each.ref for each in found}


def test_shipments_are_read_to_the_last_one(tiny: TinyServer, client: HaravanClient) -> None:
    many = [{"id": number, "order_id": 1, "status": "success"} for number in range(1, 61)]
    tiny.will(says({"fulfillments": many[:50]}), says({"fulfillments": many[50:]}))
    assert len(client.fetch_fulfillments(ORDER, ORDER)) == 60
    assert "page=2" in tiny.asked[1].path
    tiny.will(says({"fulfillments": None}), says({"fulfillments": [{"status": "success"}]}))
    assert client.fetch_fulfillments(ORDER, ORDER) == []
    with pytest.raises(Malformed):
        client.fetch_fulfillments(ORDER, ORDER)


def test_every_filter_of_a_list_and_a_count(tiny: TinyServer, client: HaravanClient) -> None:
    tiny.will(
        says(example("fulfillment_list_fields.response")),
        says(example("fulfillment_count_filtered.response")),
        says(example("fulfillment_get_fields.response")),
    )
    moment = datetime(2026, 3, 3, 7, 5, 59, tzinfo=UTC)
    wanted = Wanted(
        250, 2, "7", moment, moment, moment, moment + timedelta(hours=1), ("id", "status")
    )
    assert client.list_fulfillments(ORDER, wanted)
    assert client.count_fulfillments(ORDER, wanted) >= 0
    ref = str(example("fulfillment_get_fields.response")["fulfillment"]["id"])
    client.fetch_fulfillment(ORDER, ref, ("id", "status", "tracking_numbers"))
    query = parse_qs(urlsplit(tiny.asked[0].path).query)
    assert query["updated_at_max"] == ["2026-03-03 08:05"]
    assert (query["fields"], query["limit"], query["page"]) == (["id,status"], ["250"], ["2"])
    assert set(parse_qs(urlsplit(tiny.asked[1].path).query)) == {
        "created_at_min",
        "created_at_max",
        "updated_at_min",
        "updated_at_max",
    }


def test_every_fulfillment_of_the_contract_is_read() -> None:
    read = 0
    for entry in listed():
        if "Fulfillment" not in str(entry.get("schema")) or entry["kind"] != "response":
            continue
        payload = example(entry["file"].removesuffix(".json"))
        raws = payload["fulfillments"] if "fulfillments" in payload else [payload["fulfillment"]]
        for raw in raws:
            found = read_fulfillment(raw)
            assert found.ref == str(raw["id"])
            assert list(found.tracking_codes) == raw.get("tracking_numbers", [])
            assert found.quantities == {
                str(line["id"]): line["quantity"] for line in raw.get("line_items", [])
            }
            read += 1
    assert read > 20


def test_the_carrier_of_the_live_dialect_is_read() -> None:
    ready = read_fulfillment(example("fulfillment_live_cod_ready_to_pick.response")["fulfillment"])
    assert ready.tracking_status is TrackingStatus.LABEL_CREATED
    assert ready.last_event_at == datetime(2026, 3, 2, 3, 5, 41, 207000, tzinfo=UTC)
    stopped = read_fulfillment(
        example("fulfillment_live_carrier_cancelled.response")["fulfillment"]
    )
    assert is_dead(stopped)
    assert stopped.upstream_status == "success, carrier: cancel"
    for word, status in (
        ("DeliverED", TrackingStatus.DELIVERED),
        ("a new word", TrackingStatus.UNKNOWN),
        (None, None),
        ("", None),
    ):
        assert read_fulfillment({"id": 1, "carrier_status_code": word}).tracking_status is status


@pytest.mark.parametrize("value", [None, "x", 7, [None], {"id": 1}, [{"id": 1, "quantity": "2.0"}]])
def test_odd_fulfillments_are_read(value: Any) -> None:
    raw = {
        "id": "7",
        "status": value,
        "line_items": value,
        "tracking_numbers": value,
        "carrier_status_code": value,
        "cancel_date": value,
    }
    assert read_fulfillment(raw).ref == "7"


def test_the_parts_of_an_order_are_a_group(tiny: TinyServer, client: HaravanClient) -> None:
    order = example("order_get.response")
    order["order"]["line_items"][0]["fulfillment_service"] = "kho-sao-mai"
    tiny.will(says(order), says({"order": {"id": int(ORDER)}}))
    assert [each.ref for each in client.fetch_order_group(ORDER)] == [
        f"{ORDER}-kho-sao-mai",
        ORDER,
    ]
    with pytest.raises(Malformed):
        client.fetch_order_group(ORDER)


def test_orders_are_found_in_addresses() -> None:
    base = "https://apis.haravan.com/com/orders"
    for path in (".json", "/fulfillments.json", "/fulfillments/7/complete.json", "/confirm.json"):
        assert order_in(f"{base}/{ORDER}{path}") == ORDER
    for url in (f"{base}.json", f"{base}/count.json", f"{base}/x.json", "https://a/shop.json"):
        assert order_in(url) == ""


@pytest.mark.acceptance("haravan", 18)
def test_stock_is_set_absolutely_and_read_back(tiny: TinyServer, client: HaravanClient) -> None:
    variant, rows = example("variant_get.response"), example("inventory_locations.response")
    tiny.will(says({}, 200), says(variant), says(rows))
    found = client.set_stock("1204471:1117730466:1046620131", 65)
    assert (found.level, found.reserved, found.sku) == (65, 4, "GM-CUP-08")
    assert found.title == ""
    [inventory] = tiny.asked[0].json.values()
    assert (inventory["type"], inventory["reason"]) == ("set", "shrinkage")
    assert inventory["line_items"] == [
        {"product_id": 1046620131, "product_variant_id": 1117730466, "quantity": 65}
    ]


def test_a_level_that_does_not_show_is_uncertain(tiny: TinyServer, client: HaravanClient) -> None:
    variant, rows = example("variant_get.response"), example("inventory_locations.response")
    tiny.will(says({}, 201), says(variant), says(rows))
    with pytest.raises(Uncertain, match="told 7 in stock, and shows 65"):
        client.set_stock("1204471:1117730466:1046620131", 7)
    tiny.will(says({}, 201), says({}, 500))
    with pytest.raises(Uncertain, match="cannot be read back"):
        client.set_stock("1204471:1117730466:1046620131", 7)
    tiny.will(says(example("error_422_inventory_variant"), 422))
    with pytest.raises(Refused, match="Biến thể không hợp lệ"):
        client.set_stock("1204471:1117730466:1046620131", 7)
    with pytest.raises(Refused, match="not sent"):
        client.set_stock("1204471:1117730466:1046620131", -1)


@pytest.mark.parametrize("ref", ["", "1", "1:2", "1:2:3:4", "1:x:3"])
def test_a_stock_record_is_three_numbers(client: HaravanClient, ref: str) -> None:
    for call in (client.fetch_stock_entry, lambda ref: client.set_stock(ref, 1)):
        with pytest.raises(Missing):
            call(ref)


def test_a_record_that_is_not_there_is_missing(tiny: TinyServer, client: HaravanClient) -> None:
    tiny.will(says(example("variant_get.response")), says({"inventory_locations": []}))
    with pytest.raises(Missing):
        client.fetch_stock_entry("1204471:1117730466:1046620131")


def test_what_is_not_tracked_has_no_level_and_what_is_odd_is_told(
    tiny: TinyServer, client: HaravanClient
) -> None:
    variants = [
        {"id": 1, "product_id": 9, "sku": None, "inventory_management": None},
        {"id": 2, "product_id": 9, "sku": "B", "inventory_management": "haravan"},
        {"id": 3, "product_id": 9, "sku": "C", "inventory_management": "haravan"},
    ]
    rows = [
        {"id": 11, "loc_id": 5, "variant_id": 1, "qty_onhand": 4},
        {"id": 12, "loc_id": 5, "variant_id": 2, "qty_onhand": 1.5},
        {"id": 13, "loc_id": 6, "variant_id": 3, "qty_onhand": 1},
        {"id": 14, "loc_id": 5, "variant_id": 3, "qty_onhand": "-2.0", "qty_commited": 3},
    ]
    tiny.will(
        says({"products": [{"id": 9, "title": "Ly", "variants": variants}, None]}),
        says({"inventory_locations": rows}),
    )
    page = client.fetch_stock(["5"])
    first, odd, last = page.entries
    assert not isinstance(first, Unreadable)
    assert not isinstance(last, Unreadable)
    assert (first.ref, first.level, first.sku) == ("5:1:9", None, "")
    assert isinstance(odd, Unreadable)
    assert (last.level, last.reserved, last.title) == (-2, 3, "Ly")
    assert "sku=" not in tiny.asked[0].path


def test_many_variants_are_asked_for_in_bearable_portions(
    tiny: TinyServer, client: HaravanClient
) -> None:
    variants = [{"id": n, "product_id": 9, "sku": str(n)} for n in range(1, 121)]
    tiny.will(
        says({"products": [{"id": 9, "variants": variants}]}),
        *[says({"inventory_locations": []})] * 3,
    )
    client.fetch_stock(["5", "6"])
    asked = [parse_qs(urlsplit(each.path).query) for each in tiny.asked[1:]]
    assert [len(each["variant_ids"][0].split(",")) for each in asked] == [50, 50, 20]
    assert all(each["location_ids"] == ["5,6"] for each in asked)
    assert client.fetch_stock([]).entries == ()


@pytest.mark.parametrize("wrapped", [False, True])
def test_webhooks_of_the_app_are_switched_on_and_off(
    tiny: TinyServer, transport: Transport, wrapped: bool
) -> None:
    client = made(transport, webhook_url=tiny.url)
    shown = example("webhook_subscriptions.response")
    target = "https://backoffice.example/hooks/haravan/7"
    tiny.will(
        says(example("webhook_subscribe.response")),
        says({"data": shown} if wrapped else shown),
        says(example("webhook_unsubscribe.response")),
        says(example("error_404_order"), 404),
    )
    made_one = client.create_webhook(target, (), "a-secret")
    assert (made_one.target, made_one.events) == (target, ("orders/create", "orders/updated"))
    client.delete_webhook(made_one.ref)
    client.delete_webhook(made_one.ref)
    assert [(each.method, each.path) for each in tiny.asked] == [
        ("POST", "/api/subscribe"),
        ("GET", "/api/subscribe"),
        ("DELETE", "/api/subscribe"),
        ("DELETE", "/api/subscribe"),
    ]
    assert b"a-secret" not in tiny.asked[0].body


def test_a_subscription_that_failed_or_goes_elsewhere_is_refused(
    tiny: TinyServer, transport: Transport
) -> None:
    client = made(transport, webhook_url=tiny.url)
    no = example("webhook_subscribe_error.response")
    tiny.will(says(no), says(no, 403))
    with pytest.raises(Refused, match="Bạn không có quyền"):
        client.create_webhook("https://wms.example.com/", (), "")
    with pytest.raises(Unauthorized, match="wh_api"):
        client.create_webhook("https://wms.example.com/", (), "")
    tiny.will(
        says(example("webhook_subscribe.response")),
        says(example("webhook_subscriptions.response")),
    )
    with pytest.raises(Refused, match="Enter that address at the app"):
        client.create_webhook("https://wms.example.com/", (), "")


def test_a_group_is_of_records(tiny: TinyServer, client: HaravanClient) -> None:
    tiny.will(says(example("order_get.response")))
    [found] = client.fetch_order_group(ORDER)
    assert isinstance(found, FulfillmentOrderRecord)
