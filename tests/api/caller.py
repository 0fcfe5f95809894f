"""A merchant with an API login, its program, and a warehouse: in the words of a test."""

import json
import uuid
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from jsonschema import Draft202012Validator, FormatChecker
from oauth2_provider.models import get_access_token_model, get_application_model

from api import stores
from api.models import Login
from fulfillment import decisions, floor, shipments
from fulfillment.models import FulfillmentOrder, Shipment, ShippingMethod
from fulfillment.shipments import Leaving
from fulfillment.transitions import Action
from locations.models import Location, LocationState, Merchant, Warehouse
from platforms.records import ParcelRecord
from tests.factories import (
    MerchantFactory,
    ProductFactory,
    UserFactory,
    WarehouseFactory,
    stock,
)
from tests.platforms.contract import CONTRACTS, example
from tests.spree_hub import _with_null as with_null

CONTRACT = CONTRACTS / "fulfillment_com"
DOCUMENT = json.loads((CONTRACT / "openapi.json").read_text(encoding="utf-8"))
SKUS = ("NW-MUG-BLUE", "NW-TEA-SET")
SECRET = "client-secret-that-nobody-knows"
PASSWORD = "integration-password-41"


def body(name: str, **changes: Any) -> Any:
    """A request or an answer of the contract's examples."""
    found: Any = example(f"{name}.json", CONTRACT)
    return {**found, **changes} if changes else found


def breaches(schema: str, said: object) -> list[str]:
    """What in an answer of ours the contract's document does not allow."""
    components = with_null(json.loads(json.dumps(DOCUMENT["components"])))
    document = {"$ref": f"#/components/schemas/{schema}", "components": components}
    checker = Draft202012Validator(document, format_checker=FormatChecker())
    return [f"{error.json_path}: {error.message}" for error in checker.iter_errors(said)]


@dataclass
class Heard:
    """An answer of ours."""

    status: int
    said: Any
    headers: dict[str, str]


@dataclass
class Program:
    """A merchant's program, with a token; it calls through Django's own client."""

    merchant: Merchant
    user: User
    token: str
    warehouse: Warehouse
    client: Client = field(default_factory=lambda: Client(raise_request_exception=False))

    def call(
        self,
        method: str,
        path: str,
        sent: object = None,
        *,
        token: str | None = None,
        **headers: str,
    ) -> Heard:
        """Call an operation below /v2; a body that is text or bytes is sent as it is."""
        raw = sent if isinstance(sent, str | bytes) else json.dumps(sent)
        token = self.token if token is None else token
        given = {**({"Authorization": f"Bearer {token}"} if token else {}), **headers}
        kind = given.pop("Content-Type", "application/json")
        answer = self.client.generic(
            method,
            f"/v2/{path}",
            b"" if sent is None else raw,
            content_type=kind,
            headers=given,
        )
        return heard(answer)

    def get(self, path: str, **query: Any) -> Heard:
        """Ask."""
        asked = f"?{urlencode(query, doseq=True)}" if query else ""
        return self.call("GET", f"{path}{asked}")

    def listed(self, path: str = "orders", **query: Any) -> Heard:
        """Ask for a list of everything until tomorrow."""
        day = timedelta(days=1)
        window = {
            "fromDate": (timezone.now() - 400 * day).isoformat(),
            "toDate": (timezone.now() + day).isoformat(),
        }
        return self.get(path, **{**window, **query})

    def place(self, **changes: Any) -> Heard:
        """Place an order, of the contract's example unless said otherwise."""
        wanted = body("order_create_request", **changes)
        if "merchantId" not in changes:
            wanted.pop("merchantId")
        return self.call("POST", "orders", wanted)

    def placed(self, **changes: Any) -> FulfillmentOrder:
        """Place an order with a number of its own, and return what it became."""
        number = {"merchantOrderId": f"NW-{uuid.uuid4().hex[:12]}"}
        answer = self.place(**{**number, **changes})
        assert answer.status == 201, answer.said
        return order(answer.said["id"])


def heard(answer: Any) -> Heard:
    assert answer.headers["Content-Type"] == "application/json", answer.content[:200]
    return Heard(answer.status_code, json.loads(answer.content), dict(answer.headers))


def order(pk: int) -> FulfillmentOrder:
    return FulfillmentOrder.objects.select_related("store", "order", "status_code").get(pk=pk)


def accept(row: FulfillmentOrder) -> None:
    """Promise to ship it, as staff does."""
    outcome = decisions.accept({row.pk: None}, by=UserFactory())
    assert outcome.done, outcome.refused


def step(row: FulfillmentOrder, *actions: Action) -> None:
    """Go on along the floor."""
    for action in actions:
        outcome = floor.step(action, [row.pk], by=UserFactory())
        assert outcome.done, outcome.refused


def ship(row: FulfillmentOrder, code: str = "1ZC1F423YW00189001") -> Shipment:
    """Let all of it leave."""
    leaving = Leaving(
        quantities={line.pk: line.open for line in row.lines.all()},
        parcels=[ParcelRecord("ups", code)],
        notify=True,
        submission=uuid.uuid4(),
    )
    return shipments.ship(row.pk, leaving, by=UserFactory())


def client_row(**options: Any) -> Any:
    """A client with the secret that all tests share."""
    row = get_application_model()(
        name="Northwind shop",
        client_type="confidential",
        authorization_grant_type="password",
        client_secret=SECRET,
    )
    for name, value in options.items():
        setattr(row, name, value)
    row.save()
    return row


def token_of(user: User, client: Any = None, **options: Any) -> str:
    """A good access token, without asking for it."""
    token = uuid.uuid4().hex
    row = get_access_token_model()(
        user=user,
        application=client or client_row(),
        expires=options.pop("expires", timezone.now() + timedelta(days=1)),
        scope=options.pop("scope", "oms"),
    )
    row.token, row._raw_token = "", token
    row.save()
    return token


def open_program(
    merchant: Merchant | None = None, *, units: int | None = 50, **may: bool
) -> Program:
    """A merchant with a login, a warehouse that ships for it, and what the examples name."""
    merchant = merchant or MerchantFactory()
    user = UserFactory(is_staff=False)
    user.set_password(PASSWORD)
    user.save()
    allowed = {"creates_orders": True, "reads_inventory": True, "is_partner": False, **may}
    Login.objects.create(user=user, merchant=merchant, **allowed)
    warehouse = WarehouseFactory()
    Location.objects.create(
        store=stores.of(merchant),
        warehouse=warehouse,
        ref=str(warehouse.pk),
        name=warehouse.name,
        state=LocationState.REGISTERED,
    )
    ShippingMethod.objects.create(
        store=stores.of(merchant),
        code=body("order_create_request")["shippingMethod"],
        carrier="ups",
    )
    for sku in SKUS:
        product = ProductFactory(merchant=merchant, sku=sku, title=f"The {sku}")
        if units is not None:
            stock(product, warehouse, units)
    return Program(merchant, user, token_of(user), warehouse)
