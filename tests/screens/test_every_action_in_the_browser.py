"""Every action of every screen in a real browser: its button, its page in between, its message.

A person of the least role that may take it does so, with the mouse at a desk and with a finger on a
scanner. Of each kind of form one is also filled in and sent with the keyboard alone. An action that
is new has to be added to `CASES`.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from django.db.models import Model
from django.utils import timezone
from playwright.sync_api import Locator, expect

from backoffice.actions import ConfirmedAction
from fulfillment import changes, decisions, holds, imports
from fulfillment.content import Content
from fulfillment.models import FulfillmentOrder, Shipment, ShipmentState, TrackingImport
from inventory import adjusting, counting, importing, mirror
from inventory.models import (
    Inbound,
    Product,
    StockFile,
    StockLevel,
    StockRecord,
    Stocktake,
    Transfer,
    UnknownSku,
)
from locations.models import Location, Store
from platforms.records import HoldReason, RequestStatus
from relay.models import Alarm, CallState, InboundMessage, MessageState, OutboundCall
from tests.engine_fixtures import no_clock
from tests.factories import (
    LocationFactory,
    ProductFactory,
    StockRecordFactory,
    StoreFactory,
    stock,
)
from tests.inventory import rows as goods
from tests.inventory.shelf import put
from tests.screens import access_rows, partner_rows, rows
from tests.screens.browser import WIDTHS, Screen, needs_chromium
from tests.screens.conftest import ROLES, House
from tests.screens.looks import look
from tests.screens.open_house import (
    OpenHouse,
    django_db_serialized_rollback,
    open_house,
    transactional_db,
)
from tests.screens.pages import address
from tests.screens.test_who_sees_what import ACTIONS, DOES

__all__ = ["django_db_serialized_rollback", "no_clock", "open_house", "transactional_db"]

pytestmark = [pytest.mark.browser, needs_chromium]
TWO = ("TENT-2P-GRN", "MUG-RED-350")


@dataclass(frozen=True)
class Case:
    """How an action becomes possible, what its page says, what is filled in, what is said then.

    `fill` goes by the labels of the fields: a text is typed, or chosen where there is a choice; a
    box that is named with an empty text is ticked or unticked. `cursor` is the field where one
    types first; nothing means the title, where nothing must be filled in.
    """

    make: Callable[[House], Model]
    effect: str
    said: str
    fill: Mapping[str, str] = field(default_factory=dict)
    cursor: str = ""


# --- rows for which an action is possible ----------------------------------------------------


def requested(house: House) -> FulfillmentOrder:
    return rows.order(house.reno, skus=TWO, units=3)


def short_of_stock(house: House) -> FulfillmentOrder:
    scarce = product(house)
    put(scarce, house.reno.warehouse, 2)
    return rows.order(house.reno, skus=(scarce.sku,), units=3)


def with_problem(house: House) -> FulfillmentOrder:
    order = requested(house)
    rows.problem(order)
    return order


def cancelling(house: House) -> FulfillmentOrder:
    return rows.cancelling(house.reno)


def accepted(house: House) -> FulfillmentOrder:
    return rows.accepted(house.reno, skus=TWO, units=3)


def picked(house: House) -> FulfillmentOrder:
    order = rows.accepted(house.reno)
    return changed(order, work_status="picked")


def shipped(house: House) -> FulfillmentOrder:
    order = rows.accepted(house.reno)
    rows.shipped(order)
    return order


def told(house: House) -> FulfillmentOrder:
    """A parcel left, and the store knows it."""
    order = rows.accepted(house.reno)
    Shipment.objects.filter(pk=rows.shipped(order).pk).update(state=ShipmentState.CONFIRMED)
    return order


def told_to_haravan(house: House) -> FulfillmentOrder:
    """A parcel that a shop knows which takes shipments back."""
    shop = StoreFactory(platform_key="haravan", base_url="https://apis.haravan.com/")
    order = rows.accepted(house.reno, store=shop)
    known = rows.shipped(order)
    Shipment.objects.filter(pk=known.pk).update(state=ShipmentState.CONFIRMED, ref="9001")
    return order


def rejected_untold(house: House) -> FulfillmentOrder:
    """Rejected, at a store that waits for no answer."""
    order = rows.order(house.reno, store=quiet(house), request_status=RequestStatus.REJECTED)
    order.requests.update(decision="rejected", closed_at=timezone.now())
    return order


def quiet(house: House) -> Store:
    return StoreFactory(platform_key="spresso", base_url="https://api.spresso.com/")


def held_here(house: House) -> FulfillmentOrder:
    order = rows.accepted(house.reno)
    person = house.people["supervisor"]
    holds.place({order.pk: None}, by=person, reason=HoldReason.OTHER, message="Wet")
    return order


def rejected(house: House) -> FulfillmentOrder:
    return changed(rows.order(house.reno), request_status=RequestStatus.REJECTED)


def held_at_store(house: House) -> FulfillmentOrder:
    return changed(rows.order(house.reno, asks=None), request_status="pending", on_hold=True)


def movable(house: House) -> FulfillmentOrder:
    if not Location.objects.filter(name="Sparks").exists():
        LocationFactory(store=house.store, name="Sparks")
    return requested(house)


def edited(house: House) -> FulfillmentOrder:
    """An order that the merchant has sent elsewhere after we had accepted it."""
    order = rows.accepted(house.reno)
    there = Content(
        address=replace(rows.DANA, line1="14 Fir Street"),
        shipping_code=order.shipping_code,
        shipping_name=order.shipping_name,
        location_ref=order.location_ref,
        location_name=order.location_name,
        lines=(),
    )
    return changed(order, edits=there.as_json())


def with_refused_change(house: House) -> FulfillmentOrder:
    order = rows.accepted(house.reno)
    changes.close_short([order.pk], by=house.people["supervisor"], message="Broken")
    return refused(order)


def with_refused_answer(house: House) -> FulfillmentOrder:
    order = requested(house)
    decisions.accept({order.pk: None}, by=house.people["supervisor"])
    return refused(order)


def refused(order: FulfillmentOrder) -> FulfillmentOrder:
    """The store refuses what it is being told of the order."""
    calls = OutboundCall.objects.filter(subject_id=order.pk)
    calls.update(state=CallState.REFUSED, reason="The store said no.")
    return order


def with_new_sku(house: House) -> FulfillmentOrder:
    return rows.order(house.reno, skus=(f"NEW-{FulfillmentOrder.objects.count()}",))


def changed(order: FulfillmentOrder, **columns: Any) -> FulfillmentOrder:
    FulfillmentOrder.objects.filter(pk=order.pk).update(**columns)
    return FulfillmentOrder.objects.get(pk=order.pk)


def store(house: House) -> Store:
    """A store of its own: what is done to it must not touch the other tests."""
    return StoreFactory()


def paused(house: House) -> Store:
    return StoreFactory(paused_at=timezone.now(), pause_reason="Stocktaking")


def refused_call(house: House) -> OutboundCall:
    order = with_refused_answer(house)
    return OutboundCall.objects.get(subject_id=order.pk, verb="accept_request")


def failed_message(house: House) -> InboundMessage:
    return InboundMessage.objects.create(
        store=house.store,
        endpoint="callback",
        topic="order.updated",
        dedupe_key=f"message {InboundMessage.objects.count()}",
        body=b"{}",
        state=MessageState.FAILED,
        reason="It could not be read.",
    )


def alarm(house: House) -> Alarm:
    Alarm.objects.update(cleared_at=timezone.now())
    return Alarm.objects.create(store=house.store, kind="silent", message="It does not answer.")


def file(house: House) -> TrackingImport:
    order = rows.accepted(house.reno)
    content = f"Order,Tracking,Carrier\n{order.order.ref},1Z-{order.pk},UPS\n0,1,\n"
    return imports.preview(content.encode(), "evening.csv", by=house.people["shipper"])


def inbound(house: House) -> Inbound:
    return goods.inbound(house.reno, TENT=3, MUG=2)


def inbound_closed(house: House) -> Inbound:
    return goods.received(inbound(house))


def counted(house: House) -> Stocktake:
    """A count that has a figure, and is not handed over."""
    row = count_of_three(house)
    counting.note(row.pk, {line.pk: 3 for line in row.lines.all()}, by=None)
    return row


def count_of_three(house: House) -> Stocktake:
    item = goods.product(house.store.merchant, f"SHELF-{Stocktake.objects.count()}")
    goods.stock(house.reno.warehouse, item, 5)
    return goods.count(house.reno.warehouse, item)


def to_review(house: House) -> Stocktake:
    return goods.counted(count_of_three(house), 3)


def outgoing(house: House) -> Transfer:
    tent = goods.product(house.store.merchant, "TENT")
    goods.stock(house.reno.warehouse, tent, 9)
    return goods.transfer(house.reno.warehouse, house.erie.warehouse, (tent, 2))


def incoming(house: House) -> Transfer:
    tent = goods.product(house.store.merchant, "TENT")
    goods.stock(house.erie.warehouse, tent, 9)
    return goods.sent(goods.transfer(house.erie.warehouse, house.reno.warehouse, (tent, 2)))


def away(house: House) -> FulfillmentOrder:
    """All of it has left; its product is counted."""
    tent = goods.product(house.store.merchant, "TENT")
    goods.stock(house.reno.warehouse, tent, 1)
    order = rows.accepted(house.reno, skus=("TENT",), units=2)
    order.lines.update(open=0, shipped=2)
    return changed(order, work_status="shipped")


def product(house: House) -> Product:
    made: Product = ProductFactory(merchant=house.store.merchant)
    return made


def level(house: House) -> StockLevel:
    return stock(product(house), house.reno.warehouse, 10)


def level_with_damage(house: House) -> StockLevel:
    row = level(house)
    words = {"reason": "Wet", "seen": row.moves, "by": None}
    adjusting.set_aside(level_id=row.pk, where="damaged", units=4, **words)
    return row


def unknown(house: House) -> UnknownSku:
    number = UnknownSku.objects.count()
    row: UnknownSku = UnknownSku.objects.create(
        merchant=house.store.merchant, sku=f"UNKNOWN-{number}", title="A lamp"
    )
    return row


def waiting_record(house: House) -> StockRecord:
    record: StockRecord = StockRecordFactory(location=house.reno, waits=True)
    return record


def stock_file(house: House) -> StockFile:
    content = f"merchant,sku\n{house.store.merchant},FROM-FILE-{StockFile.objects.count()}\n"
    sender = house.people["manager"]
    return importing.preview(content.encode(), "mugs.csv", "products", by=sender)


def unclear_record(house: House) -> StockRecord:
    made = product(house)
    record: StockRecord = StockRecordFactory(location=house.reno, sku=made.sku)
    StockRecordFactory(location=house.reno, sku=made.sku.lower())
    mirror.map_records(house.store)
    return record


# --- what is done ----------------------------------------------------------------------------

TO_MERCHANT = "Message to the merchant"
CASES: Mapping[str, Case] = {
    "accept_request": Case(
        requested,
        "You promise to ship it. Acme Outdoors is told.",
        "Accepted, and being told to the store: 1.",
        {TO_MERCHANT: "It leaves today."},
    ),
    "accept_short": Case(
        short_of_stock,
        "You promise what is not there. Not enough stock in Reno",
        "Accepted short of stock, and being told to the store: 1.",
        {TO_MERCHANT: "The rest comes on Monday."},
    ),
    "reject_request": Case(
        with_problem,
        "It will not be shipped. Acme Outdoors is told.",
        "Rejected, and being told to the store: 1.",
        {"Reason": "Address missing or wrong", TO_MERCHANT: "The city is missing."},
        cursor="Reason",
    ),
    "accept_cancellation": Case(
        cancelling,
        "Work on it stops. Acme Outdoors is told.",
        "Cancellation accepted, and being told to the store: 1.",
        {TO_MERCHANT: "Nothing leaves."},
    ),
    "reject_cancellation": Case(
        cancelling,
        "It will be shipped all the same.",
        "Cancellation rejected, and being told to the store: 1.",
        {TO_MERCHANT: "It is on the truck."},
        cursor=TO_MERCHANT,
    ),
    "start_picking": Case(accepted, "Somebody is picking it.", "Picking started: 1."),
    "finish_picking": Case(accepted, "All its units are picked.", "Picked: 1."),
    "begin_anew": Case(picked, "It is ready to pick again.", "Put back before picking: 1."),
    "pack": Case(picked, "It is packed and waits for its label.", "Packed: 1."),
    "ship": Case(
        accepted,
        "The parcel leaves. Acme Outdoors is told.",
        "Shipped, and being told to the store: 1.",
        {"Tracking code": "1Z999AA10123456784", "Carrier": "UPS", TWO[1]: "2"},
        cursor="Tracking code",
    ),
    "record_tracking": Case(
        shipped,
        "The parcel’s story goes on here.",
        "Recorded: 1.",
        {"What the carrier said": "Delivered", "In the carrier’s words": "At the back door"},
        cursor="What the carrier said",
    ),
    "correct_tracking": Case(
        told,
        "29 Next cannot change it.",
        "Corrected: 1.",
        {"Tracking code": "1Z999AA10123456785", "Carrier": "UPS"},
        cursor="Tracking code",
    ),
    "take_shipment_back": Case(
        told_to_haravan,
        "is asked to take it back.",
        "The store is being asked to take it back: 1.",
        {"Shipment": "1Z999AA10123456784"},
        cursor="Shipment",
    ),
    "reconsider": Case(
        rejected_untold, "It waits for a decision again.", "Rejection taken back: 1."
    ),
    "take_over": Case(edited, "Address and lines become those of the store", "Taken over: 1."),
    "hold": Case(
        accepted,
        "Nobody picks, packs, ships or accepts it until it is released.",
        "Put on hold here: 1.",
        {
            "Reason": "Goods missing or damaged",
            "What should the next person know?": "The box is wet.",
        },
        cursor="Reason",
    ),
    "release": Case(held_here, "The work goes on where it stopped.", "Released: 1."),
    "close_short": Case(
        accepted,
        "The units still open will not be shipped.",
        "Closed short, and being told to the store: 1.",
        {TO_MERCHANT: "One mug is broken."},
        cursor=TO_MERCHANT,
    ),
    "split": Case(
        accepted,
        "Some units go on in an order of their own.",
        "The store is being asked to split it: 1.",
        {f"Of 3 × {TWO[0]}, into an order of their own": "1"},
        cursor=f"Of 3 × {TWO[0]}, into an order of their own",
    ),
    "move": Case(
        movable,
        "It closes here and goes on at another place.",
        "The store is being asked to move it: 1.",
        {"To": "Sparks", f"3 × {TWO[1]}": ""},
        cursor="To",
    ),
    "ask_destinations": Case(
        requested, "Acme Outdoors is asked for the places that could take it.", "Being asked: 1."
    ),
    "hold_at_store": Case(
        rejected,
        "Nobody is asked to ship it until it is released.",
        "The store is being asked to hold it: 1.",
        {"Reason": "Address not right", TO_MERCHANT: "Which flat?"},
        cursor="Reason",
    ),
    "release_at_store": Case(
        held_at_store,
        "The merchant can ask for it again.",
        "The store is being asked to release it: 1.",
    ),
    "take_back": Case(
        with_refused_change,
        "The store is not asked again; the order can be worked on.",
        "Taken back: 1.",
    ),
    "add_products": Case(
        with_new_sku, "known to us from now on.", "Orders whose SKUs are products now: 1."
    ),
    "check_again": Case(
        requested, "Address, SKUs and location are checked as on arrival.", "Checked again: 1."
    ),
    "tell_again": Case(
        with_refused_answer,
        "The store is looked at first; nothing is done there twice.",
        "Being told again: 1.",
    ),
    "settle_problems": Case(
        with_problem,
        "Open problems that are marked as settled: 1.",
        "Problems settled: 1.",
        {"How was it settled?": "The customer gave the city by phone."},
        cursor="How was it settled?",
    ),
    "read_again": Case(requested, "Acme Outdoors is asked how it stands.", "Being read again: 1."),
    "ship_file": Case(file, "Orders that leave: 1. Their stores are told.", "Files started: 1."),
    "enter_stock": Case(
        product,
        "From now on only what is there is promised.",
        "Stock entered: 1.",
        {"Warehouse": "Reno", "Units on hand": "47", "Reason": "Moved in"},
        cursor="Warehouse",
    ),
    "adjust_stock": Case(
        level,
        "10 on hand, 0 promised, nothing set aside now.",
        "Adjusted: 1.",
        {"What do you know?": "How many more or fewer", "Units": "-3", "Reason": "Broken"},
        cursor="Units",
    ),
    "set_aside": Case(
        level,
        "Units stay on hand and are no longer for sale",
        "Set aside: 1.",
        {"As": "In quarantine", "Units": "3", "Reason": "A recall"},
        cursor="Units",
    ),
    "put_back": Case(
        level_with_damage,
        "Units are for sale again: 4 damaged now.",
        "Put back for sale: 1.",
        {"As": "Damaged", "Units": "3", "Reason": "Dried"},
        cursor="Units",
    ),
    "set_buffer": Case(
        level,
        "The buffer is 0 now. Its stores are told what changes.",
        "Buffer set: 1.",
        {"Buffer": "2", "Reason": "It sells fast"},
        cursor="Buffer",
    ),
    "create_products": Case(
        unknown, "It becomes a product “A lamp”", "Known to us from now on: 1."
    ),
    "map_sku": Case(
        unknown,
        "It becomes another SKU “A lamp”",
        "Mapped: 1.",
        {"Product": "TENT-2P-GRN"},
        cursor="Product",
    ),
    "tell_stock": Case(
        waiting_record,
        "Acme Outdoors is told that there is none.",
        "Being told to the store: 1.",
    ),
    "apply_file": Case(
        stock_file, "New: 1. Changed: 0. All of it, or nothing.", "Files applied: 1."
    ),
    "choose_record": Case(unclear_record, "is told the stock from now on.", "Chosen: 1."),
    "read_stock": Case(
        store, "What it believes to be in stock is read", "Stock records being read: 1."
    ),
    "test": Case(store, "It is asked what its credentials open", "Being tested: 1."),
    "pull": Case(store, "All that waits there for an answer is read.", "Being asked for work: 1."),
    "read_methods": Case(
        store, "What it offers its shoppers is read.", "Shipping methods being read: 1."
    ),
    "register": Case(
        store,
        "The store is told of a warehouse of ours.",
        "Being registered: 1.",
        {"Warehouse": "Reno"},
        cursor="Warehouse",
    ),
    "assign": Case(
        quiet,
        "What it wants shipped from that location is asked of us.",
        "Assigned: 1.",
        {"Warehouse": "Reno", "Number or name of the location at the store": "67cf-1"},
        cursor="Warehouse",
    ),
    "subscribe": Case(store, "The store is told to announce changes to us", "Being subscribed: 1."),
    "pause": Case(
        store,
        "Nothing is sent or asked until it is resumed.",
        "Paused: 1.",
        {"Reason": "Stocktaking"},
        cursor="Reason",
    ),
    "resume": Case(paused, "Waiting calls are made", "Resumed: 1."),
    "retry": Case(
        refused_call, "The store is looked at first; nothing is done there twice.", "now: 1."
    ),
    "give_up": Case(
        refused_call,
        "Acme Outdoors will not be told.",
        "Given up: 1.",
        {"Reason": "The merchant was told by phone."},
        cursor="Reason",
    ),
    "replay": Case(
        failed_message, "It is read once more, as if it had just come.", "To be read again: 1."
    ),
    "clear": Case(alarm, "It is raised again if it happens again.", "Cleared: 1."),
    "receive_goods": Case(
        inbound,
        "What came is on hand in Reno, and can be promised.",
        "Received: 1.",
        {"TENT": "3", "Damaged of TENT": "1", "MUG": "2"},
        cursor="Scan a code",
    ),
    "close_inbound": Case(
        inbound, "Nothing more of it is expected. Missing: 3 of TENT, 2 of MUG.", "Closed: 1."
    ),
    "book_return": Case(
        away,
        "What came back is booked in Reno.",
        "Return booked: 1.",
        {"TENT": "1", "Condition of TENT": "Damaged", "Note": "Torn"},
        cursor="Scan a code",
    ),
    "send_transfer": Case(outgoing, "2 units leave Reno.", "On their way: 1."),
    "receive_transfer": Case(
        incoming,
        "What arrived is on hand in Reno.",
        "Arrived: 1.",
        {"TENT": "2"},
        cursor="Scan a code",
    ),
    "cancel_transfer": Case(outgoing, "Nothing leaves.", "Given up: 1."),
    "finish_count": Case(counted, "1 of 1 lines are counted.", "Handed over for review: 1."),
    "post_count": Case(
        to_review, "Differences that are booked: 1. Units more: 0, fewer: 2.", "Posted: 1."
    ),
    "count_again": Case(
        to_review,
        "It goes back to the floor.",
        "Back on the floor: 1.",
        {"Which lines are forgotten": "All that were counted"},
        cursor="Which lines are forgotten",
    ),
    "drop_count": Case(to_review, "Nothing of it is booked.", "Given up: 1."),
    "reopen_inbound": Case(inbound_closed, "More of it can be received.", "Open again: 1."),
    "take_from_partner": Case(
        partner_rows.with_partner,
        "The partner is asked to stop it.",
        "Taken back, or being asked for: 1.",
    ),
    "try_partner": Case(
        partner_rows.account, "The partner is asked what it opens", "Being tried: 1."
    ),
    "pause_partner": Case(
        partner_rows.account,
        "Nothing is handed over or asked until it is resumed.",
        "Paused: 1.",
        {"Reason": "Stocktaking"},
        cursor="Reason",
    ),
    "resume_partner": Case(
        partner_rows.paused,
        "Its login is tried. If it works, what waits is handed over.",
        "Being tried, and resumed if its login works: 1.",
    ),
    "ask_partner": Case(partner_rows.job, "The partner is asked how it stands", "Being asked: 1."),
    "hand_over_again": Case(
        partner_rows.refused,
        "The partner is asked first whether it has it",
        "To be handed over again: 1.",
    ),
    "go_on_alone": Case(
        partner_rows.silent,
        "It is ready to pick here, although the partner may ship it too",
        "Ours again: 1.",
        {"Reason": "Nobody answers"},
        cursor="Reason",
    ),
    "issue_key": Case(
        access_rows.login,
        "shopper can ask for parcels with it, and for nothing else.",
        "Shown this once, so copy it now. shopper: ",
    ),
    "revoke_key": Case(access_rows.key, "Calls with it are refused from now on.", "Revoked: 1."),
    "renew_secret": Case(
        access_rows.client,
        "The old secret gets no more tokens; those that were given stay good.",
        "The secret of Northwind shop, shown this once: ",
    ),
    "revoke_all_tokens": Case(
        access_rows.client,
        "It has to ask for new tokens before it can call again.",
        "Revoked: 1.",
    ),
    "revoke_token": Case(
        access_rows.token, "It, and its refresh token, are refused from now on.", "Revoked: 1."
    ),
    "process": Case(
        access_rows.announced_return,
        "The merchant sees that it came, and can change it no more.",
        "Processed: 1.",
    ),
}
FILES = ("ship_file", "apply_file")
BY_NAME = {action.name: (model, action) for model, action in ACTIONS}
# One action for each set of questions: the keyboard alone must do.
KINDS = {tuple(case.fill): name for name, case in CASES.items() if name not in FILES}


def least_role(name: str) -> str:
    """The least of the roles that may take this action."""
    return next(role for role in ROLES if name in DOES[role])


def test_every_action_has_its_case() -> None:
    assert CASES.keys() == BY_NAME.keys()


@pytest.mark.parametrize("where", WIDTHS)
@pytest.mark.parametrize("name", CASES)
def test_an_action_is_taken(open_house: OpenHouse, name: str, where: str) -> None:
    (model, action), case = BY_NAME[name], CASES[name]
    screen = open_house.screen(least_role(name), where)
    row = case.make(open_house.house)
    to_the_page_in_between(screen, model, action, row)
    is_explained(screen, action, case)
    for label, value in case.fill.items():
        fill(screen, label, value)
    press(screen, send_button(screen, action))
    screen.reads(case.said)
    look(screen)
    assert screen.complaints == []


@pytest.mark.parametrize("name", KINDS.values())
def test_the_keyboard_alone_takes_an_action(open_house: OpenHouse, name: str) -> None:
    (model, action), case = BY_NAME[name], CASES[name]
    screen = open_house.screen(least_role(name), "desk")
    row = case.make(open_house.house)
    screen.open(address(model, "change", row.pk))
    if action.rare and model is FulfillmentOrder:
        walk_to(screen, more(screen))
        screen.page.keyboard.press("Enter")
    walk_to(screen, button(screen, action))
    enter(screen)
    is_explained(screen, action, case)
    for label, value in case.fill.items():
        control = labelled(screen, label)
        walk_to(screen, control)
        screen.page.keyboard.type(value or " ")
    walk_to(screen, send_button(screen, action))
    enter(screen)
    screen.reads(case.said)
    assert screen.complaints == []


# --- how it is done --------------------------------------------------------------------------


def to_the_page_in_between(
    screen: Screen, model: type[Model], action: ConfirmedAction, row: Model
) -> None:
    """Go there from the row's own page; of a file, whose own page is one, from the list."""
    if model in (TrackingImport, StockFile):
        return choose_in_list(screen, model, action, row)
    screen.open(address(model, "change", row.pk))
    look(screen)
    if action.rare and model is FulfillmentOrder:
        expect(button(screen, action)).to_be_hidden()
        touch(screen, more(screen))
    return press(screen, button(screen, action))


def choose_in_list(screen: Screen, model: type[Model], action: ConfirmedAction, row: Model) -> None:
    screen.open(address(model, "changelist"))
    look(screen)
    screen.page.locator(f"[name=_selected_action][value='{row.pk}']").check()
    screen.page.locator("select[name=action]").select_option(label=action.label)
    press(screen, screen.page.get_by_role("button", name="Run"))


def is_explained(screen: Screen, action: ConfirmedAction, case: Case) -> None:
    """The page in between says what it is for and what will happen, and waits where one types."""
    page = screen.page
    expect(page.get_by_role("heading", level=1, name=action.label, exact=True)).to_be_visible()
    screen.reads("This will happen")
    screen.reads(case.effect)
    focused = labelled(screen, case.cursor) if case.cursor else page.locator("h1.xd-title")
    expect(focused).to_be_focused()
    look(screen)


def button(screen: Screen, action: ConfirmedAction) -> Locator:
    """The button on the row's page."""
    buttons = screen.page.get_by_role("navigation", name="What can be done")
    return buttons.get_by_role("link", name=action.label, exact=True)


def send_button(screen: Screen, action: ConfirmedAction) -> Locator:
    return screen.page.locator(".xd-confirm").get_by_role("button", name=action.label, exact=True)


def more(screen: Screen) -> Locator:
    return screen.page.locator("summary").get_by_text("More", exact=True)


def labelled(screen: Screen, label: str) -> Locator:
    """The field that a person finds by this label; beside a SKU stands what it is."""
    whole = re.compile(rf"^\s*{re.escape(label)}\s*(A thing)?\s*$")
    return screen.page.locator(".xd-confirm").get_by_label(whole)


def touch(screen: Screen, what: Locator) -> None:
    """With a finger on a scanner, with the mouse at a desk."""
    if screen.where == "scanner":
        what.tap()
    else:
        what.click()


def press(screen: Screen, what: Locator) -> None:
    """Press what leads to another page."""
    with screen.page.expect_navigation():
        touch(screen, what)
    screen.check()


def enter(screen: Screen) -> None:
    with screen.page.expect_navigation():
        screen.page.keyboard.press("Enter")
    screen.check()


def fill(screen: Screen, label: str, value: str) -> None:
    """Answer one question as a person does."""
    control = labelled(screen, label)
    if control.evaluate("e => e.matches('select')"):
        control.select_option(label=value)
        return
    touch(screen, control)
    if value:
        screen.page.keyboard.press("Control+A")
        screen.page.keyboard.type(value)


# A manager walks past every link of the menu.
STEPS = 60


def walk_to(screen: Screen, what: Locator) -> None:
    """Walk there with Tab, unless the cursor is there already."""
    for _ in range(STEPS):
        if what.evaluate("e => e.contains(document.activeElement)"):
            return
        screen.page.keyboard.press("Tab")
    raise AssertionError(f"Not reached within {STEPS} steps at {screen.page.url}: {what}")
