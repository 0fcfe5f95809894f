"""Our side of a store behind a Spree hub, and the hub's calls, in the words of a test."""

import json
import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.test import Client
from django.utils import timezone
from jsonschema import Draft202012Validator, FormatChecker

from fulfillment import floor, shipments
from fulfillment.models import FulfillmentOrder, Shipment
from fulfillment.shipments import Leaving
from fulfillment.transitions import Action
from locations.models import Location, Store
from platforms.records import ParcelRecord
from tests.factories import LocationFactory, ProductFactory, StoreFactory, UserFactory
from tests.platforms.contract import CONTRACTS, example

CONTRACT = CONTRACTS / "spree_hub"
TOKEN = "k7d0m2x9q4w8e1r5t3y6u0i2o9p4a7s1"
SKUS = ("TOTE-NAT-01", "MUG-BLU-35")
PLACE = "Dulles East"
NUMBER = "H48210377615"
OTHER = "H48210380027"
HTTP_OK = 200
DOCUMENT = json.loads((CONTRACT / "openapi.json").read_text(encoding="utf-8"))


def exchange(name: str) -> dict[str, Any]:
    """One example of the contract: what the hub sends, and what it is to hear."""
    found: dict[str, Any] = example(f"{name}.json", CONTRACT)
    return found


def assert_valid(schema: str, body: object) -> None:
    """What we say is what the contract's document allows."""
    document = {"$ref": f"#/components/schemas/{schema}", "components": _nullable(DOCUMENT)}
    checker = Draft202012Validator(document, format_checker=FormatChecker())
    problems = [f"{error.json_path}: {error.message}" for error in checker.iter_errors(body)]
    assert not problems, problems


def _nullable(document: Any) -> Any:
    """The document is of OpenAPI 3.0, where null is said in another way than in JSON Schema."""
    return _with_null(json.loads(json.dumps(document["components"])))


def _with_null(node: Any) -> Any:
    if isinstance(node, list):
        return [_with_null(each) for each in node]
    if not isinstance(node, dict):
        return node
    made = {name: _with_null(each) for name, each in node.items()}
    if made.pop("nullable", False) is True and "type" in made:
        made["type"] = [made["type"], "null"]
        if made.get("enum") == [None]:
            made.pop("enum")
            made["type"] = "null"
    return made


def cangaroo_breaches(body: Mapping[str, Any]) -> list[str]:
    """Section 12: what a Cangaroo hub would throw away."""
    found = []
    arrays = {name: each for name, each in body.items() if isinstance(each, list)}
    known = {"request_id", "summary", "parameters", *arrays}
    found += [f"{name} is no array" for name in set(body) - known]
    found += [f"{name} is no name" for name in body if not re.fullmatch(r"[a-z_]+", name)]
    if not arrays:
        found.append("there is no array")
    for name, entries in arrays.items():
        found += [f"an entry of {name} has no id" for each in entries if not each.get("id")]
    return found


@dataclass
class Heard:
    """An answer of ours."""

    status: int
    body: Any
    headers: Mapping[str, str]

    @property
    def level(self) -> str:
        """The level of the only notification."""
        [notification] = self.body["notifications"]
        return str(notification["level"])

    @property
    def confirmed(self) -> list[Any]:
        """The shipments of a first-generation answer that have left."""
        messages = self.body.get("messages", [])
        return [m["payload"]["shipment"] for m in messages if m["message"] == "shipment:confirm"]


@dataclass
class Hub:
    """A hub that calls us for one store, through Django's own client."""

    store: Store
    token: str = TOKEN
    client: Client = field(default_factory=lambda: Client(raise_request_exception=False))

    def call(self, path: str, body: object, *, token: str | None = None, **headers: str) -> Heard:
        """Post to a service; a body that is text or bytes is sent as it is."""
        token = self.token if token is None else token
        sent = {**({"X-Hub-Token": token} if token else {}), **headers}
        kind = sent.pop("Content-Type", "application/json")
        raw = body if isinstance(body, str | bytes) else json.dumps(body)
        answer = self.client.generic(
            "POST", f"/spree_hub/{path}", raw, content_type=kind, headers=sent
        )
        return heard(answer)

    def replay(self, name: str, **changes: Any) -> Heard:
        """Send the request of an example."""
        request = exchange(name)["request"]
        body = request.get("body_raw") or {**request["body"], **changes}
        headers = {k: v for k, v in request["headers"].items() if k != "Content-Type"}
        kind = request["headers"].get("Content-Type", "application/json")
        return self.call(
            request["path"].lstrip("/"), body, token="", **headers, **{"Content-Type": kind}
        )

    def first(self, path: str, message_id: str = "", **payload: Any) -> Heard:
        """A call of the first generation."""
        return self.call(path, {"message_id": message_id or uuid.uuid4().hex, "payload": payload})

    def second(self, path: str, request_id: str = "", **things: Any) -> Heard:
        """A call of the second generation."""
        return self.call(path, {"request_id": request_id or uuid.uuid4().hex, **things})

    def poll(self, since: str = "", path: str = "get_shipments", **parameters: Any) -> Heard:
        """Ask, as a hub of the second generation does."""
        given = {**({"since": since} if since else {}), **parameters}
        return self.second(path, parameters=given)

    def order(self, ref: str = NUMBER) -> FulfillmentOrder:
        rows = FulfillmentOrder.objects.select_related("order", "store")
        return rows.get(store=self.store, ref=ref)

    def step(self, *actions: Action, ref: str = NUMBER) -> None:
        for action in actions:
            assert floor.step(action, [self.order(ref).pk], by=UserFactory()).done

    def ship(self, *codes: str, ref: str = NUMBER, units: int | None = None) -> Shipment:
        """Ship all that is open, or so many units of the last line."""
        order = self.order(ref)
        lines = list(order.lines.all())
        quantities = {line.pk: line.open for line in lines}
        if units is not None:
            quantities[lines[-1].pk] = units
        parcels = [ParcelRecord("ups", code) for code in codes or ("1Z77W0440390112284",)]
        leaving = Leaving(
            quantities={pk: number for pk, number in quantities.items() if number},
            parcels=parcels,
            notify=True,
            submission=uuid.uuid4(),
        )
        return shipments.ship(order.pk, leaving, by=UserFactory())


def heard(answer: Any) -> Heard:
    is_json = answer.headers["Content-Type"].startswith("application/json")
    body = json.loads(answer.content) if is_json else answer.content.decode()
    return Heard(answer.status_code, body, dict(answer.headers))


def open_hub(**options: Any) -> Hub:
    """A connected store with one location, and the products that the contract's examples name."""
    store = StoreFactory(
        platform_key="spree_hub",
        base_url="https://acme-goods.spree-hub.invalid/",
        options={"served": "US -995 -996 -997 -998 -999", **options},
    )
    store.set_credentials(hub_token=TOKEN)
    store.save()
    for sku in SKUS:
        ProductFactory(merchant=store.merchant, sku=sku)
    LocationFactory(store=store, ref=PLACE, name=PLACE)
    return Hub(store)


def place_of(store: Store) -> Location:
    return store.locations.select_related("warehouse").get()


def shipment(number: str = NUMBER, **changes: Any) -> dict[str, Any]:
    """A shipment of the second generation, as the contract shows one."""
    return {**exchange("gen2_add_shipment")["request"]["body"]["shipment"], "id": number, **changes}


def shipment1(number: str = NUMBER, **changes: Any) -> dict[str, Any]:
    """A shipment of the first generation, as the contract shows one."""
    found = exchange("gen1_drop_ship_full_shipment")["request"]["body"]["payload"]["shipment"]
    return {**found, "number": number, **changes}


def days_ago(days: float) -> str:
    return (timezone.now() - timedelta(days=days)).isoformat()
