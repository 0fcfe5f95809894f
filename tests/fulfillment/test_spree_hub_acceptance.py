"""A first-generation hub step by step; and calls that hold more than anybody knows."""

from typing import Any

import pytest

from fulfillment.models import FulfillmentOrder
from tests.spree_hub import NUMBER, Hub, exchange, open_hub

pytestmark = pytest.mark.django_db
WATERMARK = "warehouse.last_polling_datetime"


@pytest.fixture
def hub() -> Hub:
    return open_hub()


def order_payload(**address: Any) -> dict[str, Any]:
    """The contract's order with its ready shipment, perhaps for somewhere else."""
    payload: dict[str, Any] = exchange("gen1_drop_ship_order_new")["request"]["body"]["payload"]
    order = payload["order"]
    for thing in (order, *order["shipments"]):
        thing["shipping_address"] = {**order["shipping_address"], **address}
    return payload


@pytest.mark.acceptance("spree_hub", 3)
def test_an_order_in_the_zone_is_taken_once_whatever_the_id_of_the_call(hub: Hub) -> None:
    for message_id in ("one", "one", "another"):
        answer = hub.first("drop_ship", message_id, **order_payload())
        assert (answer.status, answer.body["message_id"]) == (200, message_id)
        assert answer.level == "info"
    assert FulfillmentOrder.objects.get().ref == NUMBER


@pytest.mark.acceptance("spree_hub", 4)
def test_an_order_out_of_the_zone_is_refused_and_nothing_is_created(hub: Hub) -> None:
    answer = hub.first("drop_ship", **order_payload(zipcode="99950", city="Ketchikan"))
    assert (answer.status, answer.level) == (200, "error")
    assert "messages" not in answer.body
    assert FulfillmentOrder.objects.count() == 0


@pytest.mark.acceptance("spree_hub", 5)
def test_a_poll_tells_what_left_once_and_again_to_who_asks_as_before(hub: Hub) -> None:
    def poll(*given: dict[str, Any]) -> Any:
        return hub.first("tracking", parameters=list(given))

    old = {"name": WATERMARK, "value": "2014-10-01T00:00:00Z"}
    hub.first("drop_ship", **order_payload())
    hub.ship("1Z77W0440390112284")
    told = poll(old)
    [confirmed] = told.confirmed
    assert (confirmed["number"], confirmed["tracking"]) == (NUMBER, "1Z77W0440390112284")
    [mark] = told.body["parameters"]
    assert mark["name"] == WATERMARK
    assert poll(mark).confirmed == []
    assert poll(old).confirmed == [confirmed]


def with_more(thing: Any) -> Any:
    """The same, with a field that nobody knows in every object."""
    if isinstance(thing, list):
        return [with_more(each) for each in thing]
    if not isinstance(thing, dict):
        return thing
    return {
        "zz_custom": {"deep": [1, None]},
        **{key: with_more(each) for key, each in thing.items()},
    }


@pytest.mark.acceptance("spree_hub", 8)
@pytest.mark.parametrize(
    "name",
    [
        "gen1_drop_ship_full_shipment",
        "gen1_drop_ship_order_new",
        "gen1_validate_address_ok",
        "gen1_tracking_poll_empty",
        "gen1_stock_query",
        "gen2_add_shipment",
        "gen2_cangaroo_add_shipment",
        "gen2_get_shipments_empty",
        "gen2_get_inventory",
    ],
)
def test_unknown_fields_anywhere_make_no_difference(name: str) -> None:
    request = exchange(name)["request"]
    answers = []
    for body in (request["body"], with_more(request["body"])):
        hub = open_hub()
        hub.store.set_credentials(hub_token=f"token-{len(answers)}-of-the-test-0123456789")
        hub.store.save()
        token = hub.store.credentials["hub_token"]
        answers.append(hub.call(request["path"].lstrip("/"), body, token=token))
    plain, more = answers
    assert plain.status == more.status == 200
    assert [set(plain.body), summary(plain.body)] == [set(more.body), summary(more.body)]


def summary(body: dict[str, Any]) -> Any:
    """What an answer says in words."""
    return body.get("summary", body.get("notifications"))
