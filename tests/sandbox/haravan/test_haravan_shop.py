"""Lists, limits, stock, scopes and cookies of the fake shop, and its webhooks."""

import base64
import hashlib
import hmac
import http.server
import re
import threading
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from sandbox import Sandbox
from sandbox.haravan.api.operations import OPERATIONS, PARAMETERS, Operation
from sandbox.haravan.settings import Settings
from sandbox.haravan.webhooks import sign
from sandbox.settings import BadSetting
from tests.sandbox.haravan.stage import HTTP, SPEC, Shop, example, open_shop, problems
from tests.sandbox.stage import Receiver

ANY = "/com/orders.json?status=any"


def in_the_document(operation: Operation) -> dict[str, Any]:
    path = "/com" + operation.path.replace("<int:order>", "{order_id}")
    for template, operations in SPEC["paths"].items():
        if re.sub(r"{(?!order_id)\w+}", "<int:id>", template) == path:
            found: dict[str, Any] = operations[operation.method.lower()]
            return found
    raise AssertionError(f"{path} is not in the document.")


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.id)
def test_an_operation_is_where_the_document_has_it(operation: Operation) -> None:
    found = in_the_document(operation)
    assert found["operationId"] == operation.id
    scopes = [scope for each in found["security"] for scope in each.get("oauth2", [])]
    assert operation.scope in scopes
    shared = SPEC["components"]["parameters"]
    parameters = found.get("parameters", [])
    named = {shared.get(x.get("$ref", "").rpartition("/")[2], x)["name"] for x in parameters}
    assert PARAMETERS.get(operation.id, frozenset()) == named


def test_a_page_is_cut_and_the_next_one_goes_on(shop: Shop) -> None:
    shop.settings(page_size=2)
    shop.place(count=5)
    pages = [shop.get(f"{ANY}&limit=250&page={page}")["orders"] for page in (1, 2, 3, 4)]
    assert [len(page) for page in pages] == [2, 2, 1, 0]
    assert len({order["id"] for page in pages for order in page}) == 5


def test_orders_are_found_by_what_they_are(shop: Shop) -> None:
    first, second, third = (shop.place(cod=False, paid=paid) for paid in (True, False, False))
    shop.press(second, "cancel")
    shop.press(third, "close")
    for query, expected in (
        ("status=open", {first["id"]}),
        ("status=cancelled", {second["id"]}),
        ("status=closed", {third["id"]}),
        ("status=any", {first["id"], second["id"], third["id"]}),
        ("status=any&financial_status=paid", {first["id"]}),
        (f"status=any&ids={first['id']},{third['id']}", {first["id"], third["id"]}),
        (f"status=any&since_id={first['id']}", {second["id"], third["id"]}),
        ("status=any&updated_at_min=2999-01-01T00:00:00.000Z", set()),
        ("status=any&fulfillment_status=unshipped", {first["id"], second["id"], third["id"]}),
    ):
        found = shop.get(f"/com/orders.json?{query}")["orders"]
        assert {order["id"] for order in found} == expected, query
    assert shop.get("/com/orders/count.json?status=any") == {"count": 3}
    oldest = shop.get(f"{ANY}&order=updated_at%20asc&fields=id")["orders"]
    assert oldest[0] == {"id": first["id"]}


@pytest.mark.parametrize("dialect", ["live", "classic"])
def test_every_answer_is_as_published_in_either_dialect(shop: Shop, dialect: str) -> None:
    shop.settings(dialect=dialect)
    order = shop.place(
        lines=[{"sku": "GM-CUP-08", "quantity": 2, "properties": [{"name": "a", "value": "b"}]}]
    )
    made = shop.good(
        "POST",
        f"/com/orders/{order['id']}/fulfillments.json",
        {
            "fulfillment": {
                "tracking_number": "A1",
                "notify_customer": False,
                "line_items": [{"id": order["line_items"][0]["id"]}],
            }
        },
    )["fulfillment"]
    shop.control("POST", "stock", {"records": [{"sku": "GM-CUP-08", "quantity": 9}]})
    for path in (
        ANY,
        f"/com/orders/{order['id']}.json",
        f"/com/orders/{order['id']}/fulfillments.json",
        f"/com/orders/{order['id']}/fulfillments/{made['id']}.json",
        f"/com/orders/{order['id']}/transactions.json",
        f"/com/orders/{order['id']}/refunds.json",
        "/com/shop.json",
        "/com/locations.json",
        "/com/locations/1204471.json",
        "/com/products.json?sku=GM-CUP-08",
        "/com/variants/1117730466.json",
        "/com/inventory_locations.json?location_ids=1204471",
    ):
        shop.get(path)
    money = shop.order(order)["total_price"]
    assert isinstance(money, float if dialect == "live" else str)
    assert ("service" in made) is (dialect == "classic")
    assert made["receipt"] == (None if dialect == "live" else {})
    assert shop.violations() == []


def test_an_empty_sku_is_no_filter(shop: Shop) -> None:
    assert len(shop.get("/com/products.json?sku=GM-CUP-08")["products"]) == 1
    assert len(shop.call("GET", "/com/products.json?sku=").json()["products"]) == 3
    assert "empty sku" in shop.violations()[0]


def test_the_bucket_runs_over_and_drains(shop: Shop) -> None:
    shop.settings(bucket_size=3, drains=0.001)
    answers = [shop.call("GET", "/com/shop.json") for _ in range(4)]
    assert [each.status_code for each in answers] == [200, 200, 200, 429]
    assert answers[3].headers["Retry-After"] == "2.0"
    assert answers[3].json() == example("error_429")
    assert answers[2].headers["X-Haravan-Api-Call-Limit"] == "3/3"
    shop.settings(drains=1000.0)
    assert shop.call("GET", "/com/shop.json").status_code == 200


def test_a_post_with_cookies_says_yes_and_does_nothing(shop: Shop) -> None:
    order = shop.place()
    assert "Set-Cookie" in shop.call("GET", "/com/shop.json").headers
    path = f"/com/orders/{order['id']}/fulfillments.json"
    answer = shop.call("POST", path, {"fulfillment": {}}, headers={"Cookie": "hrv_session=x"})
    assert (answer.status_code, answer.json()) == (200, {})
    assert shop.order(order)["fulfillments"] == []
    assert "cookies" in shop.violations()[-1]


def test_a_token_opens_one_shop_and_what_its_scopes_say(
    shop: Shop, other_shop: Shop, sandbox: Sandbox
) -> None:
    order = shop.place()
    foreign = {"Authorization": f"Bearer {other_shop.token}"}
    assert shop.call("GET", "/com/shop.json", headers=foreign).status_code == 401
    reader = open_shop(sandbox, "com.read_orders")
    assert reader.call("GET", ANY).status_code == 200
    refused = reader.call("POST", f"/com/orders/{order['id']}/confirm.json")
    assert (refused.status_code, refused.json()) == (403, {})
    # At the common host the token alone decides.
    common = f"{sandbox.url}/haravan/com/shop.json"
    for each in (shop, other_shop):
        headers = {"Authorization": f"Bearer {each.token}"}
        assert HTTP.get(common, headers=headers, timeout=5).json()["shop"]["id"] == each.org_id
    assert HTTP.get(common, timeout=5).status_code == 401


def level(shop: Shop, sku: str = "GM-CUP-08") -> tuple[int, int, int]:
    [row] = [each for each in shop.control("GET", "state")["stock"] if each["sku"] == sku]
    return row["qty_onhand"], row["qty_commited"], row["qty_available"]


def told(kind: str, quantity: int, **changes: object) -> dict[str, object]:
    line = {"product_id": 1046620131, "product_variant_id": 1117730466, "quantity": quantity}
    inventory = {"location_id": 1204471, "type": kind, "line_items": [line], **changes}
    return {"inventory": inventory}


def test_stock_is_set_adjusted_committed_and_shipped(shop: Shop) -> None:
    path = "/com/inventories/adjustorset.json"
    assert shop.call("POST", path, told("set", 10)).status_code == 201
    assert shop.call("POST", path, told("set", 10)).status_code == 200
    assert shop.call("POST", path, told("adjust", -3)).status_code == 201
    order = shop.place(lines=[{"sku": "GM-CUP-08", "quantity": 2}])
    assert level(shop) == (7, 2, 5)
    shop.good("POST", f"/com/orders/{order['id']}/fulfillments.json", {"fulfillment": {}})
    assert level(shop) == (5, 0, 5)
    for body, name in (
        (told("adjust", 0), "quantity"),
        (told("set", 1, location_id=7), "location"),
        (told("set", 1, reason="because"), "data"),
        (told("set", 1, line_items=[]), "data"),
        (told("set", 1, line_items=[{"product_variant_id": 7, "quantity": 1}]), "variant"),
    ):
        refused = shop.call("POST", path, body)
        assert (refused.status_code, refused.json()) == (
            422,
            example(f"error_422_inventory_{name}"),
        )
    shop.settings(set_means="available")
    shop.place(lines=[{"sku": "GM-CUP-08", "quantity": 2}])
    shop.call("POST", path, told("set", 5))
    assert level(shop) == (7, 2, 5)


def test_careless_requests_are_noted(shop: Shop) -> None:
    order = shop.place()
    shop.call("GET", "/com/orders.json?colour=red")
    shop.call("POST", f"/com/orders/{order['id']}/fulfillments.json", {"fulfillment": {"cod": 1}})
    shop.call("POST", "/com/inventories/adjustorset.json", {"inventory": {"line_items": []}})
    shop.call("GET", "/com/nowhere.json")
    said = " ".join(shop.violations())
    for each in (
        "colour",
        "status=any",
        "'cod'",
        "without lines",
        "without a type",
        "no such path",
    ):
        assert each in said


def test_a_setting_that_makes_no_sense_changes_nothing() -> None:
    for wish in ({"dialect": "old"}, {"nothing": 1}, {"page_size": "2"}, {"page_size": 0}):
        with pytest.raises(BadSetting):
            Settings().changed(wish)


SECRET = "example-haravan-client-secret-not-real"


def subscribe(shop: Shop, receiver: Receiver, **wish: object) -> str:
    target = f"{receiver.url}/haravan/webhook/1"
    shop.control("POST", "webhooks", {"target": target, "secret": SECRET, **wish})
    return target


def test_a_webhook_is_the_order_itself_and_signed(shop: Shop, receiver: Receiver) -> None:
    subscribe(shop, receiver)
    order = shop.place()
    received = receiver.wait_for(2)
    assert {each.headers["X-Haravan-Topic"] for each in received} == {
        "orders/create",
        "orders/updated",
    }
    for each in received:
        digest = hmac.new(SECRET.encode(), each.text.encode(), hashlib.sha256).digest()
        assert each.headers["X-Haravan-Hmacsha256"] == base64.b64encode(digest).decode()
        assert each.headers["X-Haravan-Org-Id"] == str(shop.org_id)
        assert each.headers["X-Haravan-Order-Id"] == str(order["id"])
        assert each.body["id"] == order["id"]
        assert problems({"$ref": "#/components/schemas/Order"}, each.body) == []


def test_it_signs_as_the_vectors_of_the_contract_say() -> None:
    for vector in example("webhook_signature_vectors")["vectors"]:
        if (
            vector["valid"]
            and vector["body"] is not None
            and vector["name"] != "header_name_other_case"
        ):
            signature = sign(vector["secret"], vector["body"])
            assert signature == vector["headers"]["X-Haravan-Hmacsha256"], vector["name"]


def topics(receiver: Receiver, count: int) -> list[str]:
    return [each.headers["X-Haravan-Topic"] for each in receiver.wait_for(count)]


def test_each_step_is_announced(shop: Shop, receiver: Receiver) -> None:
    order = shop.place(cod=False, confirmed=False)
    subscribe(shop, receiver)
    shop.press(order, "confirm")
    shop.press(order, "pay")
    shop.good("POST", f"/com/orders/{order['id']}/fulfillments.json", {"fulfillment": {}})
    shop.press(order, "refund", quantity=1)
    shop.press(order, "cancel")
    shop.world.courier.settle()
    assert {*topics(receiver, 9)} == {
        "orders/updated",
        "orders/paid",
        "orders/fulfilled",
        "refunds/create",
        "orders/cancelled",
    }


@pytest.mark.parametrize(("mode", "count"), [("never", 0), ("duplicate", 6), ("reordered", 2)])
def test_webhooks_get_lost_doubled_and_out_of_order(
    shop: Shop, receiver: Receiver, mode: str, count: int
) -> None:
    shop.settings(webhook_mode=mode)
    subscribe(shop, receiver)
    shop.place()
    shop.world.courier.settle()
    assert len(receiver.received) == count
    if mode == "reordered":
        assert topics(receiver, 2) == ["orders/create", "orders/updated"]


def test_too_many_failures_end_a_subscription(shop: Shop, receiver: Receiver) -> None:
    shop.settings(webhook_retries=[0.01], failures_allowed=2)
    receiver.answers = [500, 302]
    subscribe(shop, receiver, topics=["orders/create"])
    shop.place()
    shop.world.courier.settle()
    assert len(receiver.received) == 2
    assert shop.control("GET", "state")["hooks"] == []


def test_the_app_is_switched_on_for_a_shop(shop: Shop, receiver: Receiver) -> None:
    target = subscribe(shop, receiver, of_app=True, topics=["orders/create"])
    shop.place()
    assert shop.get("/api/subscribe") == []
    assert shop.good("POST", "/api/subscribe") == example("webhook_subscribe.response")
    [listed] = shop.get("/api/subscribe")
    assert (listed["event"], listed["url"]) == ("orders/create", target)
    shop.settings(subscriptions_wrapped=True)
    assert shop.get("/api/subscribe")["data"] == [listed]
    shop.place()
    assert len(receiver.wait_for(1)) == 1
    assert shop.good("DELETE", "/api/subscribe") == example("webhook_unsubscribe.response")
    assert shop.get("/api/subscribe")["data"] == []


def test_a_test_is_sent_and_the_app_says_farewell(shop: Shop, receiver: Receiver) -> None:
    subscribe(shop, receiver)
    shop.control("POST", "ping")
    [ping] = receiver.wait_for(1)
    assert (ping.headers["X-Haravan-Test"], ping.body) == ("True", {"test": True})
    shop.control("POST", "uninstall")
    farewell = receiver.wait_for(2)[1]
    assert farewell.headers["X-Haravan-Topic"] == "app/uninstalled"
    assert farewell.body == {"org_id": shop.org_id}
    assert shop.call("GET", "/com/shop.json").status_code == 401


@pytest.fixture
def asked() -> Iterator[tuple[str, list[str]]]:
    """A server that answers a handshake as a receiver should, and what it was asked."""
    paths: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            paths.append(self.path)
            text = parse_qs(urlsplit(self.path).query)["hub.challenge"][0].encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", paths
    server.shutdown()
    server.server_close()


def test_it_shakes_hands(shop: Shop, asked: tuple[str, list[str]]) -> None:
    url, paths = asked
    wish = {"target": url, "secret": SECRET, "verify_token": "ours", "of_app": True}
    shop.control("POST", "webhooks", wish)
    said = shop.control("POST", "handshake", {"challenge": "a+b&c"})
    assert said == {"status": 200, "text": "a+b&c"}
    assert parse_qs(urlsplit(paths[0]).query)["hub.verify_token"] == ["ours"]


@pytest.mark.parametrize(("kind", "status"), [("status_400", 400), ("status_503", 503)])
def test_a_fault_answers_wrongly(shop: Shop, kind: str, status: int) -> None:
    shop.control("POST", "faults", {"kind": kind, "operation": "getShop", "times": 1})
    answers = [shop.call("GET", "/com/shop.json").status_code for _ in range(2)]
    assert answers == [status, 200]


def test_a_merchant_has_a_page(shop: Shop) -> None:
    form = {
        "sku": "GM-CUP-08",
        "quantity": "2",
        "service": "manual",
        "address": "good",
        "payment": "cod",
        "confirmed": "on",
    }
    page = HTTP.post(f"{shop.url}/shop/orders", data=form, timeout=5)
    assert page.status_code == 200
    assert "#102387" in page.text
    [order] = shop.control("GET", "state")["orders"]
    HTTP.post(f"{shop.url}/shop/orders/{order['id']}/fulfil-by-hand", data={}, timeout=5)
    page = HTTP.post(f"{shop.url}/shop/orders/{order['id']}/fulfil-by-hand", data={}, timeout=5)
    assert "The shop refused" in page.text
    HTTP.post(f"{shop.url}/shop/stock", data={"sku": "GM-CUP-08", "quantity": "4"}, timeout=5)
    assert level(shop)[0] == 4
    for fault in ({"kind": "status_429", "operation": "getShop"}, {"kind": "nothing"}):
        HTTP.post(f"{shop.url}/shop/faults", data=fault, timeout=5)
    assert shop.call("GET", "/com/shop.json").status_code == 429
