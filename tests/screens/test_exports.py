"""Any list as a file: what it holds, who gets it, and what is never in it."""

import csv
import io
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group, User
from django.db import connection
from django.db.models import Model
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook
from procrastinate.contrib.django import models as engine_models

from backoffice import exports
from backoffice.exports import KINDS, ExportedList
from fulfillment import imports
from fulfillment.models import FulfillmentOrder, TrackingImport
from inventory import importing
from inventory.models import (
    Inbound,
    Product,
    StockFile,
    StockLevel,
    StockMovement,
    StockRecord,
    Stocktake,
    Transfer,
    UnknownSku,
)
from locations.models import Location, Merchant, Store, Warehouse
from relay.models import Alarm, Exchange, InboundMessage, OutboundCall
from tests.factories import (
    MerchantFactory,
    ProductFactory,
    StockRecordFactory,
    StoreFactory,
    WarehouseFactory,
    stock,
)
from tests.inventory import rows as goods
from tests.screens import rows
from tests.screens.conftest import TOKEN, WEBHOOK_SECRET, House
from tests.screens.pages import WORK_LIST, address, text

# Who may log in, and the engine's own tables, are no lists of the work.
NOT_EXPORTED = {User, Group, *(m for m in vars(engine_models).values() if isinstance(m, type))}
LISTS = [model for model in admin.site._registry if model not in NOT_EXPORTED]


def export(client: Client, model: type[Model], kind: str = "csv", query: str = "") -> Any:
    return client.get(f"{address(model, 'export', kind)}?{query}")


def table(answer: Any) -> list[dict[str, str]]:
    """The rows of a CSV file that was handed out."""
    assert answer.status_code == 200, answer.status_code
    assert answer.content.startswith(b"\xef\xbb\xbf"), "Excel needs it to read UTF-8"
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


def numbers(found: Iterable[dict[str, str]]) -> list[str]:
    return [row["Order"] for row in found]


@pytest.mark.parametrize("model", LISTS, ids=lambda model: model.__name__)
def test_every_list_of_the_work_can_be_taken_along(model: type[Model]) -> None:
    assert isinstance(admin.site.get_model_admin(model), ExportedList)


def test_the_work_list_has_the_words_of_the_screen(supervisor: Client, house: House) -> None:
    rows.order(house.reno, number="10001", skus=("TENT", "MUG", "LAMP"), units=2)
    [row] = table(export(supervisor, FulfillmentOrder))
    assert row["Order"] == "10001"
    assert (row["Store"], row["Warehouse"]) == ("Acme Outdoors", "Reno")
    assert (row["Request"], row["Floor"]) == ("Requested", "New"), "badges are words here"
    assert row["Goods"] == "2 × TENT, 2 × MUG, 2 × LAMP"
    assert row["Recipient"] == "Dana Whitfield"


def test_the_file_has_what_the_list_shows_its_queue_its_filters_and_its_search(
    supervisor: Client, house: House
) -> None:
    rows.order(house.reno, number="10001")
    rows.accepted(house.reno, number="10002")
    rows.accepted(house.reno, number="20001")
    rows.order(house.erie, number="10003")
    assert numbers(table(export(supervisor, FulfillmentOrder))) == ["20001", "10002", "10001"]
    shown = table(export(supervisor, FulfillmentOrder, query="queue=to_ship&q=1000"))
    assert numbers(shown) == ["10002"]
    page = supervisor.get(f"{WORK_LIST}?queue=to_ship&q=1000", follow=True)
    listed = supervisor.get(f"{WORK_LIST}?queue=to_ship")
    assert f"{address(FulfillmentOrder, 'export', 'csv')}?queue=to_ship" in listed.content.decode()
    assert page.status_code == 200


def test_excel_gets_numbers_and_times_as_such(supervisor: Client, house: House) -> None:
    order = rows.order(house.reno, number="00123")
    answer = export(supervisor, FulfillmentOrder, "xlsx")
    head, row = load_workbook(io.BytesIO(answer.content)).active.iter_rows(values_only=True)
    found = dict(zip(head, row, strict=True))
    assert found["Order"] == "00123", "text keeps its leading zeros"
    assert found["Open problems"] == 0
    assert found["Received"] == order.recorded_at.replace(tzinfo=None, microsecond=0)


def test_selected_rows_can_be_taken_along(supervisor: Client, house: House) -> None:
    one, two = rows.order(house.reno), rows.order(house.reno)
    theirs = rows.order(house.erie)
    chosen = {"action": "export_csv", "_selected_action": [one.pk, theirs.pk], "index": "0"}
    found = numbers(table(supervisor.post(f"{WORK_LIST}?queue=all", chosen)))
    assert found == [one.order.ref]
    assert two.order.ref not in found


@pytest.mark.parametrize("kind", KINDS)
def test_a_formula_stays_text(supervisor: Client, house: House, kind: str) -> None:
    evil = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "<b>&amp;", "a\x01b"]
    for name in evil:
        rows.order(house.reno, recipient=name)
    answer = export(supervisor, FulfillmentOrder, kind)
    if kind == "csv":
        found = {row["Recipient"] for row in table(answer)}
        assert found == {"'=1+1", "'+1", "'-1", "'@SUM(A1)", "'\t=1", "'\r=1", "<b>&amp;", "ab"}
    else:
        sheet = load_workbook(io.BytesIO(answer.content)).active
        assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "n", "d"}


def test_too_many_rows_are_refused_with_what_to_do(
    supervisor: Client, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    small = {key: replace(kind, most_rows=2) for key, kind in KINDS.items()}
    monkeypatch.setattr(exports, "KINDS", small)
    rows.many(3, house.reno)
    answer = export(supervisor, FulfillmentOrder, query="queue=to_decide")
    assert answer["Location"] == f"{WORK_LIST}?queue=to_decide"
    said = text(supervisor.get(answer["Location"]))
    assert "The list has more than 2 rows. Narrow it with its filters or the search" in said


@pytest.mark.parametrize("query", ["warehouse__nonsense=1", "p=99999", "o=-99.zz", "q=%00"])
def test_an_odd_query_breaks_nothing(supervisor: Client, house: House, query: str) -> None:
    assert export(supervisor, FulfillmentOrder, query=query).status_code in (200, 302, 400)
    assert supervisor.get(f"{WORK_LIST}export/pdf/").status_code == 404


@pytest.mark.parametrize("who", ["picker", "supervisor", "manager", "without a group"])
@pytest.mark.parametrize("model", LISTS, ids=lambda model: model.__name__)
def test_who_sees_a_list_gets_it_and_nobody_else(
    house: House, model: type[Model], who: str
) -> None:
    client = house.client(who)
    seen = client.get(address(model, "changelist"), {"o": "1"}).status_code
    assert export(client, model).status_code == seen


def everything(house: House, count: int) -> None:
    """So many rows of every list."""
    for each in rows.many(count, house.reno):
        rows.call(each)
        store = StoreFactory(merchant=house.store.merchant)
        store.set_credentials(access_token=TOKEN, webhook_secret=WEBHOOK_SECRET)
        store.save()
        Location.objects.create(store=store, warehouse=WarehouseFactory(), name="Reno")
        product = ProductFactory(merchant=store.merchant)
        stock(product, house.reno.warehouse, 5)
        StockRecordFactory(location=house.reno, sku=product.sku)
        UnknownSku.objects.create(merchant=store.merchant, sku=each.ref)
        goods.inbound(house.reno, TENT=1)
        goods.count(house.reno.warehouse, Product.objects.first())
        tent = Product.objects.get(sku="TENT")
        goods.transfer(house.reno.warehouse, house.erie.warehouse, (tent, 1))
        MerchantFactory()
        Alarm.objects.create(store=store, kind="x", message="It does not answer.")
        InboundMessage.objects.create(
            store=store, endpoint="callback", topic="x", dedupe_key="1", body=b"the body"
        )
        importing.preview(b"sku\nMUG\n", "a.csv", "products", by=house.people["manager"])
        imports.preview(b"Order,Tracking\n1,1Z\n", "a.csv", by=house.people["manager"])


def test_a_long_list_takes_as_many_statements_as_a_short_one(house: House) -> None:
    client = house.client("manager")

    def statements(model: type[Model]) -> int:
        with CaptureQueriesContext(connection) as made:
            assert export(client, model).status_code == 200
        return len(made)

    everything(house, 2)
    few = {model: statements(model) for model in LISTS}
    everything(house, 20)
    assert {model: statements(model) for model in LISTS} == few


def test_no_file_holds_a_secret_or_a_body(house: House) -> None:
    client = house.client("superuser")
    everything(house, 1)
    secrets = [TOKEN, WEBHOOK_SECRET, "the body"]
    for store in Store.objects.all():
        secrets += [store.endpoint_key, store.secrets]
    for model in (*LISTS,):
        found = export(client, model).content.decode()
        assert not [secret for secret in secrets if secret in found], model


def test_the_lists_meant_are_all_there() -> None:
    assert set(LISTS) >= {
        FulfillmentOrder,
        TrackingImport,
        Product,
        StockFile,
        StockLevel,
        StockMovement,
        StockRecord,
        UnknownSku,
        Inbound,
        Stocktake,
        Transfer,
        Merchant,
        Warehouse,
        Store,
        Location,
        OutboundCall,
        InboundMessage,
        Exchange,
        Alarm,
    }
