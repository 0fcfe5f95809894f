"""Walks through every page of the admin as every kind of user: what each may see and do."""

from collections.abc import Iterator

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group, User
from django.db.models import Model
from django.urls import reverse
from django.utils import timezone
from oauth2_provider.models import get_access_token_model, get_application_model

from api import keys
from api.models import ApiKey, Charge, ExpectedReturn, Login, MerchantOrder, Use
from backoffice.actions import ConfirmedAction
from fulfillment import imports
from fulfillment.models import (
    FulfillmentOrder,
    PartnerAccount,
    PartnerExchange,
    PartnerJob,
    ShippingMethod,
    TrackingEvent,
    TrackingImport,
)
from inventory import counting, importing
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
from tests.api.caller import body, open_program
from tests.factories import MerchantFactory, StockRecordFactory, stock
from tests.inventory import rows as goods
from tests.screens import partner_rows, rows
from tests.screens.conftest import ROLES, TOKEN, WEBHOOK_SECRET, House

Client, Token = get_application_model(), get_access_token_model()
BOOKS = {StockLevel, StockMovement}
FLOOR = {FulfillmentOrder, Warehouse, Product} | BOOKS
STOCK_OFFICE = {UnknownSku, StockRecord}
IMPORTS = {StockFile}
OPERATOR = {Store, Location, OutboundCall, InboundMessage, Exchange, Alarm, ShippingMethod}
OPERATOR |= {PartnerAccount, PartnerJob, PartnerExchange}
LETS_IN = {Login, Client, Charge}
CALLED = {ApiKey, Token, Use, MerchantOrder, ExpectedReturn}
SHIPS_BY_FILE = {TrackingImport}
GOODS = {Inbound, Stocktake, Transfer}
BEGINS = {Stocktake}
ANNOUNCES = {Inbound, Transfer, *BEGINS}
PLACES = {Product, Merchant, Store, Warehouse, PartnerAccount}
SEES = {
    "picker": FLOOR,
    "shipper": FLOOR | SHIPS_BY_FILE | GOODS,
    "supervisor": FLOOR | SHIPS_BY_FILE | GOODS | STOCK_OFFICE,
    "manager": FLOOR
    | SHIPS_BY_FILE
    | GOODS
    | STOCK_OFFICE
    | IMPORTS
    | OPERATOR
    | LETS_IN
    | CALLED
    | {Merchant},
    "superuser": set(admin.site._registry),
    "without a group": set(),
}
ADDS = {
    "picker": set(),
    "shipper": SHIPS_BY_FILE | BEGINS,
    "supervisor": SHIPS_BY_FILE | ANNOUNCES | {Product},
    "manager": SHIPS_BY_FILE | ANNOUNCES | IMPORTS | LETS_IN | PLACES,
    "superuser": SHIPS_BY_FILE | ANNOUNCES | IMPORTS | LETS_IN | PLACES | {User, Group},
    "without a group": set(),
}
DELETES = {"manager": {Login}}
PICKS = {"start_picking", "finish_picking", "begin_anew", "read_again", "hold", "release"}
SHIPS = PICKS | {"pack", "ship", "record_tracking", "correct_tracking", "book_return"}
DECIDES = SHIPS | {
    "accept_request",
    "reject_request",
    "accept_cancellation",
    "reject_cancellation",
    "reconsider",
    "tell_again",
    "settle_problems",
    "add_products",
    "check_again",
    "take_over",
    "close_short",
    "split",
    "move",
    "ask_destinations",
    "hold_at_store",
    "release_at_store",
    "take_back",
    "take_shipment_back",
    "take_from_partner",
}
STOCK = {"enter_stock", "adjust_stock", "set_aside", "put_back", "set_buffer", "create_products"}
FILES = {"ship_file"}
RECEIVES = {"receive_goods", "close_inbound", "reopen_inbound", "finish_count"}
RECEIVES |= {"send_transfer", "receive_transfer", "cancel_transfer"}
REVIEWS = {"post_count", "count_again", "drop_count"}
PUBLISHES = {"accept_short", "apply_file", "map_sku", "tell_stock", "choose_record"}
STORE = {"test", "pull", "read_methods", "read_stock", "register", "assign", "subscribe"}
STORE |= {"pause", "resume"}
PARTNER = {
    "try_partner",
    "pause_partner",
    "resume_partner",
    "ask_partner",
    "hand_over_again",
    "go_on_alone",
}
ACCESS = {"issue_key", "revoke_key", "renew_secret", "revoke_all_tokens", "revoke_token", "process"}
GOODS_AND_BOOKS = RECEIVES | REVIEWS | STOCK
OPERATES = (
    DECIDES
    | FILES
    | GOODS_AND_BOOKS
    | PUBLISHES
    | STORE
    | ACCESS
    | PARTNER
    | {"retry", "give_up", "replay", "clear"}
)
DOES = {
    "picker": PICKS,
    "shipper": SHIPS | FILES | RECEIVES,
    "supervisor": DECIDES | FILES | GOODS_AND_BOOKS,
    "manager": OPERATES,
    "superuser": OPERATES,
    "without a group": set(),
}
EVERYBODY = tuple(SEES)
STRANGERS = ("not staff", "anonymous")
ODD_QUERIES = (
    "q=%00",
    "q=%C2%B2",
    "q=%27%22%3C",
    "q=" + "9" * 300,
    "queue=nonsense",
    "queue=to_ship&p=abc",
    "queue=all&p=99999",
    "queue=all&o=-99.zz",
    "queue=all&store=²&warehouse=99999999999999999999999",
    "queue=all&work_status__exact=nonsense",
    "queue=all&all=1",
    "queue=all&e=1",
    "queue=all&nonsense=1",
)


def url(model: type[Model], page: str, *args: object) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


def actions() -> Iterator[tuple[type[Model], ConfirmedAction]]:
    for model, screen in admin.site._registry.items():
        for action in getattr(screen, "confirmed_actions", ()):
            yield model, action


ACTIONS = list(actions())
ACTION_NAMES = [action.name for _, action in ACTIONS]


@pytest.fixture
def full(house: House) -> House:
    """A house with a row of every kind."""
    order = rows.order(house.reno)
    rows.problem(order)
    rows.cancelling(house.reno)
    rows.shipped(rows.accepted(house.reno))
    rows.call(order, attempts=2)
    rows.order(None, store=house.store)
    rows.events(order, 3)
    goods.received(goods.inbound(house.reno, TENT=3), 1)
    counting.begin(house.reno.warehouse, by=None)
    tent = Product.objects.get(sku="TENT")
    goods.transfer(house.reno.warehouse, house.erie.warehouse, (tent, 1))
    MerchantFactory()
    ShippingMethod.objects.create(store=house.store, code="ground", name="Ground")
    InboundMessage.objects.create(
        store=house.store, endpoint="callback", topic="x", dedupe_key="1", body=b"\xff{}"
    )
    Alarm.objects.create(store=house.store, kind="x", message="It does not answer.")
    partner_rows.job(house)
    stock(tent, house.reno.warehouse, 5)
    StockRecordFactory(location=house.reno, sku="OLD")
    UnknownSku.objects.create(merchant=house.store.merchant, sku="OLD")
    called_for_a_merchant()
    for person in house.people.values():
        imports.preview(b"Order,Tracking\n1,1Z\n", "evening.csv", by=person)
        importing.preview(b"sku\nMUG\n", "mugs.csv", "products", by=person)
    return house


def called_for_a_merchant() -> None:
    """A program has placed an order and announced a return, and was charged."""
    program = open_program()
    placed = program.placed().as_placed
    assert program.call("PUT", "returns", body("rma_request", merchantOrderId="")).status == 201
    keys.issue(program.user)
    Charge.objects.create(order=placed, invoiced_on=timezone.localdate())


def first(model: type[Model], who: str) -> Model | None:
    """The first row; of what belongs to one person, this person's."""
    rows = model._default_manager.order_by("pk")
    return (
        rows.filter(uploaded_by__username=who) if model in (TrackingImport, StockFile) else rows
    ).first()


def test_no_action_shares_its_name_with_another_one_of_its_screen() -> None:
    assert len(ACTION_NAMES) == len(set(ACTION_NAMES))
    assert set(ACTION_NAMES) == OPERATES


@pytest.mark.parametrize("who", EVERYBODY)
def test_lists_searches_and_pages_open_for_those_who_may_look(full: House, who: str) -> None:
    client = full.client(who)
    for model in admin.site._registry:
        for query in ("q=zzz", "o=1.-2"):
            answer = client.get(f"{url(model, 'changelist')}?{query}")
            assert answer.status_code == (200 if model in SEES[who] else 403), model
        if row := first(model, full.people[who].username):
            answer = client.get(url(model, "change", row.pk))
            assert answer.status_code in ((200,) if model in SEES[who] else (403, 404)), model


@pytest.mark.parametrize("who", EVERYBODY)
def test_only_some_may_add_and_nobody_may_delete_what_is_history(full: House, who: str) -> None:
    client = full.client(who)
    for model in admin.site._registry:
        expected = 200 if model in ADDS[who] else 403
        assert client.get(url(model, "add")).status_code == expected, model
        assert client.post(url(model, "add"), {}).status_code == expected, model
        row = model._default_manager.first()
        if who != "superuser" and row and model not in DELETES.get(who, set()):
            answer = client.post(url(model, "delete", row.pk), {"post": "yes"})
            assert answer.status_code in (403, 302), model
            assert model._default_manager.filter(pk=row.pk).exists()


@pytest.mark.parametrize(
    "model",
    sorted({FulfillmentOrder, Product, *BOOKS, *STOCK_OFFICE, *GOODS, *OPERATOR, *CALLED}, key=str),
)
def test_not_even_a_superuser_deletes_history(full: House, model: type[Model]) -> None:
    row = model._default_manager.first()
    assert row
    answer = full.client("superuser").post(url(model, "delete", row.pk), {"post": "yes"})
    assert answer.status_code == 403
    assert model._default_manager.filter(pk=row.pk).exists()


@pytest.mark.parametrize("who", STRANGERS)
def test_strangers_are_asked_to_log_in_everywhere(full: House, who: str) -> None:
    client = full.client(who)
    pages = [reverse("admin:index"), *(url(model, "changelist") for model in admin.site._registry)]
    pages += [url(model, "act", action.name) for model, action in ACTIONS]
    for path in pages:
        for answer in (client.get(path), client.post(path, {"confirmed": "1", "seen": "1:"})):
            assert answer.status_code == 302, path
            assert answer.url.startswith("/admin/login/"), path


@pytest.mark.parametrize("who", EVERYBODY)
def test_the_page_of_an_action_opens_for_those_who_may_act(full: House, who: str) -> None:
    client = full.client(who)
    for model, action in ACTIONS:
        row = first(model, full.people[who].username)
        assert row
        answer = client.get(url(model, "act", action.name), {"id": row.pk})
        expected = 200 if action.name in DOES[who] else 404
        assert answer.status_code == expected, (who, action.name)


@pytest.mark.parametrize("who", EVERYBODY)
def test_a_forged_post_does_nothing_for_those_who_may_not_act(full: House, who: str) -> None:
    client = full.client(who)
    before = everything()
    for model, action in ACTIONS:
        if action.name in DOES[who]:
            continue
        seen = " ".join(f"{pk}:" for pk in model._default_manager.values_list("pk", flat=True))
        sent = {"confirmed": "1", "seen": seen, "reason": "address", "message": "No", "how": "No"}
        assert client.post(url(model, "act", action.name), sent).status_code == 404
        chosen = {"action": action.name, "_selected_action": seen.replace(":", "").split()}
        answer = client.post(url(model, "changelist"), chosen)
        assert answer.status_code in (200, 302, 403)
        assert b'name="confirmed"' not in answer.content
    assert everything() == before


@pytest.mark.parametrize("who", EVERYBODY)
def test_an_action_without_rows_or_with_nonsense_says_so(full: House, who: str) -> None:
    client = full.client(who)
    for model, action in ACTIONS:
        if action.name not in DOES[who]:
            continue
        path = url(model, "act", action.name)
        for nonsense in ("", "x:y 99999999999999999999: ² :", "0:", "900000012 :: 900000005:x"):
            answer = client.post(path, {"confirmed": "1", "seen": nonsense}, follow=True)
            assert "Nothing was selected, or it is not yours" in answer.content.decode(), path
        answer = client.get(path, {"id": ["²", "x", "99999999999999999999"]}, follow=True)
        assert "Nothing was selected, or it is not yours" in answer.content.decode(), path


@pytest.mark.parametrize("who", ["picker", "manager"])
def test_no_query_breaks_the_work_list(full: House, who: str) -> None:
    client = full.client(who)
    for query in ODD_QUERIES:
        answer = client.get(f"{url(FulfillmentOrder, 'changelist')}?{query}", follow=True)
        assert answer.status_code == 200, query


@pytest.mark.parametrize("who", [*ROLES, "superuser"])
def test_nothing_secret_stands_on_any_page(full: House, who: str) -> None:
    client = full.client(who)
    secrets = (TOKEN, WEBHOOK_SECRET, full.store.endpoint_key, full.store.secrets)
    secrets += (partner_rows.PASSWORD,)
    for model in admin.site._registry:
        row = model._default_manager.first()
        paths = [url(model, "changelist"), url(model, "add")]
        paths += [url(model, "change", row.pk), url(model, "history", row.pk)] if row else []
        for path in [reverse("admin:index"), *paths]:
            text = client.get(path, follow=True).content.decode()
            assert not [secret for secret in secrets if secret in text], path


@pytest.mark.parametrize("who", EVERYBODY)
def test_the_sidebar_leads_nowhere_that_is_closed(full: House, who: str) -> None:
    client = full.client(who)
    answer = client.get(reverse("admin:index"))
    links = [
        str(item["link"])
        for group in answer.context["sidebar_navigation"]
        for item in group["items"]
        if not str(item["link"]).endswith("?queue=all")
    ]
    assert bool(links) == bool(SEES[who])
    for link in links:
        assert client.get(link).status_code == 200, link


def test_who_has_no_group_yet_is_told_what_to_do(house: House) -> None:
    page = house.client("without a group").get(reverse("admin:index")).content.decode()
    assert "Ask a manager to add you" in page


def everything() -> list[object]:
    """What an action could have changed."""
    return [
        list(FulfillmentOrder.objects.order_by("pk").values()),
        list(Store.objects.order_by("pk").values("paused_at", "pause_reason")),
        list(OutboundCall.objects.order_by("pk").values("state", "run_after")),
        list(InboundMessage.objects.order_by("pk").values("state")),
        list(Alarm.objects.order_by("pk").values("cleared_at")),
        list(PartnerAccount.objects.order_by("pk").values("paused_at")),
        list(PartnerJob.objects.order_by("pk").values("state", "run_after", "back_wanted_at")),
        list(TrackingImport.objects.order_by("pk").values("state")),
        list(Product.objects.order_by("pk").values()),
        list(StockFile.objects.order_by("pk").values("state")),
        list(StockLevel.objects.order_by("pk").values()),
        list(StockRecord.objects.order_by("pk").values()),
        list(UnknownSku.objects.order_by("pk").values()),
        list(Inbound.objects.order_by("pk").values("state")),
        list(Stocktake.objects.order_by("pk").values("state")),
        list(Transfer.objects.order_by("pk").values("state")),
        list(ApiKey.objects.order_by("pk").values("revoked_at")),
        list(Client.objects.order_by("pk").values("client_secret")),
        list(Token.objects.order_by("pk").values("pk")),
        list(ExpectedReturn.objects.order_by("pk").values("processed_at")),
        StockMovement.objects.count(),
        Location.objects.count(),
        TrackingEvent.objects.count(),
    ]
