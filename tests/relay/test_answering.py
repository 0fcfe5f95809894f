"""A desk over HTTP: who may ask, what is said to what cannot be understood, what is kept."""

import base64
import importlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client, override_settings
from django.urls import clear_url_caches, reverse
from django.utils import timezone

import config.urls
from fulfillment.models import FulfillmentOrder
from platforms.errors import Refusal
from relay import inbox
from relay.models import InboundMessage, Tally
from tests.factories import UserFactory
from tests.relay.test_secrets import whole_database
from tests.spree_hub import (
    NUMBER,
    OTHER,
    TOKEN,
    Hub,
    assert_valid,
    exchange,
    heard,
    open_hub,
    shipment,
)

pytestmark = pytest.mark.django_db
SEED = '{"message_id":"518726r85010000001","payload":{}}'
REFUSAL = {"error": "Unauthorized", "summary": "Unauthorized"}


@pytest.fixture
def hub() -> Hub:
    return open_hub()


@contextmanager
def broken_database() -> Iterator[None]:
    """Take away what a call cannot be answered without."""
    tables = ("fulfillment_fulfillmentorder", "relay_enquiry")
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} RENAME TO {table}_gone")
        yield
        for table in tables:
            cursor.execute(f"ALTER TABLE {table}_gone RENAME TO {table}")


@pytest.mark.acceptance("spree_hub", 1)
def test_the_seed_s_call_is_answered_literally() -> None:
    hub = open_hub(open=True)
    answer = hub.client.generic(
        "POST", "/spree_hub/drop_ship", SEED, content_type="application/json"
    )
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/json;charset=utf-8"
    assert answer.content == b'{"message_id":"518726r85010000001"}'
    assert len(answer.content) == 35
    assert FulfillmentOrder.objects.count() == 0

    closed = open_hub()
    closed.store.set_credentials(hub_token="z" * 32)
    closed.store.save()
    same = closed.call("drop_ship", SEED, token="", **{"X-Augury-Token": "z" * 32})
    assert same.body == {"message_id": "518726r85010000001"}


@pytest.mark.acceptance("spree_hub", 2)
def test_without_the_token_nothing_is_looked_at(hub: Hub) -> None:
    before = whole_database()
    for token in ("", "wrong", TOKEN + " ", TOKEN.upper(), TOKEN[:-1]):
        if token.strip() == TOKEN:
            continue
        for body in (SEED, '{"message_id": "5277', "", "[]"):
            answer = hub.call("drop_ship", body, token=token)
            assert (answer.status, answer.body) == (401, REFUSAL)
    assert Tally.objects.get(what="refused").kind == "spree_hub:desk"
    Tally.objects.all().delete()
    assert whole_database() == before
    assert hub.call("drop_ship", '{"message_id": "5277').status == 406


@pytest.mark.parametrize("name", ["X-Hub-Token", "X-Augury-Token", "X-Hub-Access-Token", "Basic"])
@pytest.mark.parametrize("generation", [1, 2])
def test_any_header_goes_with_any_envelope(name: str, generation: int, hub: Hub) -> None:
    coded = base64.b64encode(f"key:{TOKEN}".encode()).decode()
    headers = {"Authorization": f"Basic {coded}"} if name == "Basic" else {name: TOKEN}
    body = {"message_id": "m", "payload": {}} if generation == 1 else {"request_id": "r"}
    answer = hub.call("get_shipments", body, token="", **headers)
    assert answer.status == 200
    assert hub.call("get_shipments", body, token="wrong", **headers).status == (
        401 if name != "X-Hub-Token" else 200
    )


def test_no_token_is_for_one_open_store_only(hub: Hub) -> None:
    assert hub.call("drop_ship", SEED, token="").status == 401
    hub.store.options["open"] = True
    hub.store.save()
    assert hub.call("drop_ship", SEED, token="").status == 200
    assert hub.call("drop_ship", SEED, token="wrong").status == 401
    second = open_hub(open=True)
    assert hub.call("drop_ship", SEED, token="").status == 401, "whose call would it be?"
    at = f"{second.store.endpoint_key}/drop_ship"
    assert hub.call(at, SEED, token="").status == 200
    assert second.store.messages.count() == 1


def test_two_stores_with_one_token_are_told_apart_by_their_addresses(hub: Hub) -> None:
    twin = open_hub()
    assert hub.call("drop_ship", SEED).status == 401
    assert hub.call(f"{twin.store.endpoint_key}/drop_ship", SEED).status == 200
    assert (hub.store.messages.count(), twin.store.messages.count()) == (0, 1)
    assert hub.call("x" * 32 + "/drop_ship", SEED).status == 401


def test_a_store_whose_credentials_are_lost_keeps_nobody_else_out(hub: Hub) -> None:
    lost = open_hub()
    lost.store.secrets = "no longer to be read"
    lost.store.save()
    assert hub.call("drop_ship", SEED).status == 200
    for token in (" ", "\x00", "no longer to be read"):
        assert hub.call("drop_ship", SEED, token=token).status == 401


def test_a_call_for_another_store_that_we_know_is_refused(hub: Hub) -> None:
    other = open_hub(hub_store="54a1c07e6465661f2b0c0000")
    other.store.set_credentials(hub_token="q" * 32)
    other.store.save()
    header = {"X-Hub-Store": "54a1c07e6465661f2b0c0000"}
    body = {"message_id": "m", "payload": {}, "store_id": "54a1c07e6465661f2b0c0000"}
    assert hub.call("drop_ship", SEED, **header).status == 401
    assert hub.call("drop_ship", body).status == 401
    assert hub.call("drop_ship", body, token="q" * 32, **header).status == 200
    assert hub.call("drop_ship", SEED, **{"X-Hub-Store": "somebody"}).status == 200


def test_a_paused_store_is_to_be_called_later(hub: Hub) -> None:
    hub.store.paused_at = timezone.now()
    hub.store.save()
    answer = hub.second("add_shipment", "r1", shipment=shipment())
    assert (answer.status, answer.body["request_id"]) == (500, "r1")
    assert FulfillmentOrder.objects.count() == 0
    hub.store.paused_at = None
    hub.store.save()
    assert hub.second("add_shipment", "r1", shipment=shipment()).status == 200


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("POST", "nowhere", 404),
        ("POST", "", 404),
        ("POST", "drop_ship/again", 404),
        ("GET", "nowhere", 404),
        ("GET", "drop_ship", 405),
        ("PUT", "drop_ship", 405),
        ("DELETE", "get_shipments", 405),
        ("OPTIONS", "drop_ship", 405),
        ("GET", "", 200),
        ("GET", "auth", 200),
        ("GET", "endpoint.json", 200),
        ("HEAD", "endpoint.json", 200),
        ("POST", "endpoint.json", 404),
    ],
)
def test_paths_and_methods(method: str, path: str, status: int, hub: Hub) -> None:
    for address in (f"/spree_hub/{path}", f"/spree_hub/{path}/" if path else "/spree_hub"):
        answer = hub.client.generic(method, address, headers={"X-Hub-Token": TOKEN})
        assert answer.status_code == status, address
        assert not answer.headers["Content-Type"].startswith("text/html")
        assert b"<html" not in answer.content
    if status == 405:
        assert answer.headers["Allow"] == "POST"


def test_the_pages_need_no_token_but_a_wrong_one_is_told(hub: Hub) -> None:
    assert "ok" in heard(hub.client.get("/spree_hub/")).body
    auth = "/spree_hub/auth"
    assert hub.client.get(auth).content == b""
    assert hub.client.get(auth, headers={"X-Hub-Token": TOKEN}).status_code == 200
    assert hub.client.get(auth, headers={"X-Hub-Token": "wrong"}).status_code == 401


@pytest.mark.acceptance("spree_hub", 9)
@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "", "nope"])
@pytest.mark.parametrize("accept", ["*/*", "image/png", "text/html"])
def test_no_content_type_is_in_the_way(kind: str, accept: str, hub: Hub) -> None:
    answer = hub.call("drop_ship", SEED, Accept=accept, **{"Content-Type": kind})
    assert answer.body == {"message_id": "518726r85010000001"}


def test_a_body_may_have_five_mebibytes_and_no_more(hub: Hub) -> None:
    room = 5 * 1024 * 1024 - len('{"request_id":"r","x":""}')
    for size, status in ((room, 200), (room + 1, 406)):
        body = '{"request_id":"r","x":"' + "x" * size + '"}'
        answer = hub.call("get_shipments", body)
        assert answer.status == status
    assert_valid("Refusal", answer.body)


@pytest.mark.acceptance("spree_hub", 7)
@pytest.mark.parametrize("found", ["x" * 200, "Ünïcode-✓-№-😀", "518726r85010000001", "a\nb"])
def test_every_answer_has_the_id_of_its_call(found: str, hub: Hub) -> None:
    for path in ("drop_ship", "get_shipments", "tracking", "get_inventory", "cancel_shipment"):
        assert hub.first(path, found).body["message_id"] == found
        assert hub.second(path, found).body["request_id"] == found


@pytest.mark.acceptance("spree_hub", 3)
def test_the_same_call_twice_and_the_same_shipment_under_other_ids_is_one(hub: Hub) -> None:
    first = hub.second("add_shipment", "one", shipment=shipment())
    again = hub.second("add_shipment", "one", shipment=shipment())
    assert (again.status, again.body) == (first.status, first.body)
    assert hub.store.messages.count() == 1
    anew = hub.second("add_shipment", "two", shipment=shipment())
    assert (anew.status, anew.body["shipments"]) == (200, [])
    elsewhere = hub.second("update_shipment", "one", shipment=shipment())
    assert elsewhere.body["shipments"] == []
    other_body = hub.second("add_shipment", "one", shipment=shipment(OTHER))
    assert other_body.body["shipments"][0]["id"] == OTHER
    assert FulfillmentOrder.objects.count() == 2


def test_what_was_done_is_remembered_for_thirty_days(hub: Hub) -> None:
    first = hub.second("add_shipment", "one", shipment=shipment())
    InboundMessage.objects.update(received_at=timezone.now() - timedelta(days=29))
    assert hub.second("add_shipment", "one", shipment=shipment()).body == first.body
    InboundMessage.objects.update(received_at=timezone.now() - timedelta(days=31))
    late = hub.second("add_shipment", "one", shipment=shipment())
    assert late.body["shipments"] == []
    assert FulfillmentOrder.objects.count() == 1
    assert hub.store.messages.count() == 2


def test_what_was_not_done_is_tried_again(hub: Hub) -> None:
    bad = shipment(items=[{"product_id": "NOPE-1", "quantity": 1}])
    assert hub.second("add_shipment", "one", shipment=bad).status == 500
    hub.store.merchant.products.create(sku="NOPE-1")
    assert hub.second("add_shipment", "one", shipment=bad).status == 200


@pytest.mark.acceptance("spree_hub", 10)
@pytest.mark.parametrize("name", ["gen1_failure_500", "gen2_failure_500"])
def test_an_accident_is_json_with_the_id_and_the_retry_works(name: str, hub: Hub) -> None:
    shown = exchange(name)["response"]
    with broken_database():
        answer = hub.replay(name)
    assert answer.status == 500
    assert answer.headers["Content-Type"].startswith("application/json")
    assert set(answer.body) == set(shown["body"])
    assert_valid(exchange(name)["response_schema"].rpartition("/")[2], answer.body)
    assert "relation" not in json.dumps(answer.body)
    message = hub.store.messages.get()
    assert (message.state, message.answer_status) == ("failed", 500)
    assert "does not exist" in message.reason, "staff read what broke"
    assert hub.replay(name).status == 200


def test_the_call_and_the_answer_are_kept_without_secrets(hub: Hub) -> None:
    parameters = [{"name": "warehouse.api_key", "value": "not-to-be-seen"}]
    payload = exchange("gen1_drop_ship_full_shipment")["request"]["body"]["payload"]
    answer = hub.first("drop_ship", "m-1", **{**payload, "parameters": parameters})
    message = hub.store.messages.get()
    assert (message.topic, message.remark, message.state) == ("drop_ship", "m-1", "done")
    assert json.loads(message.answer) == answer.body
    assert "not-to-be-seen" not in repr(whole_database())
    assert TOKEN not in repr((bytes(message.body), message.headers, message.answer))
    assert message.headers.keys() <= {"content-type", "user-agent", "x-hub-store"}


def test_staff_see_the_answer_and_cannot_have_it_read_again(hub: Hub) -> None:
    hub.second("add_shipment", shipment=shipment())
    message = hub.store.messages.get()
    staff = Client()
    staff.force_login(UserFactory(is_superuser=True))
    page = staff.get(reverse("admin:relay_inboundmessage_change", args=[message.pk]))
    assert NUMBER in page.content.decode()
    assert "Our answer" in page.content.decode()
    with pytest.raises(Refusal, match="answered when it came"):
        inbox.replay(message.pk)


def test_a_poll_that_finds_nothing_leaves_no_message(hub: Hub) -> None:
    hub.poll()
    hub.poll(path="get_inventory")
    assert hub.store.messages.count() == 0
    assert {each.about for each in hub.store.enquiries.all()} == {"shipments", "stock"}


@pytest.fixture
def own_addresses() -> Iterator[None]:
    yield
    read_addresses_again()


def read_addresses_again() -> None:
    importlib.reload(config.urls)
    clear_url_caches()


@pytest.mark.usefixtures("own_addresses")
@pytest.mark.parametrize("prefix", ["", "warehouse/v1"])
def test_the_address_is_a_setting_and_shadows_no_page(prefix: str, hub: Hub) -> None:
    with override_settings(SPREE_HUB_PATH=prefix):
        read_addresses_again()
        at = f"/{prefix}/" if prefix else "/"
        headers = {"X-Hub-Token": TOKEN}
        answer = hub.client.generic("POST", f"{at}drop_ship", SEED, headers=headers)
        assert heard(answer).body == {"message_id": "518726r85010000001"}
        assert hub.client.get(at).content == b"The warehouse is here, ok.\n"
        assert hub.client.get("/admin/").status_code == 302
        assert hub.client.get("/health/live").status_code == 200
        assert hub.client.post(f"{at}nowhere").status_code == 404
