"""The main job in a real browser, at a desk and on a scanner: decide, pick, pack, ship, repair."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, expect
from pytest_django.live_server_helper import LiveServer

from fulfillment.models import FulfillmentOrder, Shipment
from locations.models import Store
from platforms.records import RejectReason
from relay.models import CallState
from tests.dock import Dock
from tests.engine_fixtures import engine, no_clock
from tests.factories import member
from tests.fulfillment.conftest import dock
from tests.sandbox.stage import Stage
from tests.screens.browser import WIDTHS, Screen, aside, needs_chromium, running, work_aside

__all__ = ["dock", "engine", "no_clock"]

pytestmark = [pytest.mark.browser, needs_chromium]
PASSWORD = "open the dock door"
CODE = "1Z999AA10123456784"
WORK_LIST = "/admin/fulfillment/fulfillmentorder/"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with running() as started:
        yield started


@pytest.fixture
def people(dock: Dock) -> None:
    """Staff of the warehouse, who know their password."""
    warehouse = dock.store.locations.get().warehouse
    for name in ("shipper", "supervisor", "manager"):
        user = member(name, warehouse, username=name)
        user.set_password(PASSWORD)
        user.save()


@pytest.fixture
def screen_of(
    browser: Browser, live_server: LiveServer, people: None
) -> Iterator[Callable[[str, str], Screen]]:
    """Log somebody in at a window of this width; at the end nothing may have gone wrong in it."""
    opened: list[Screen] = []

    def log_in(who: str, where: str) -> Screen:
        width, height = WIDTHS[where]
        context = browser.new_context(viewport={"width": width, "height": height})
        screen = Screen(context.new_page(), live_server.url, where)
        opened.append(screen)
        screen.listen()
        screen.log_in(who, PASSWORD)
        return screen

    yield log_in
    for screen in opened:
        screen.page.context.close()
        assert screen.complaints == []


ScreenOf = Callable[[str, str], Screen]


def take_in(dock: Dock, count: int) -> list[FulfillmentOrder]:
    """Have orders placed at the store, and take them in."""
    refs = [dock.shop.place() for _ in range(count)]
    aside(dock.pull)
    return [dock.order(ref) for ref in refs]


def path_of(order: FulfillmentOrder) -> str:
    return f"{WORK_LIST}{order.pk}/change/"


@pytest.mark.parametrize("where", WIDTHS)
def test_a_supervisor_decides_and_a_shipper_ships(
    dock: Dock, screen_of: ScreenOf, where: str
) -> None:
    good, bad = take_in(dock, 2)
    desk = screen_of("supervisor", where)
    desk.page.get_by_role("link", name=re.compile("To decide")).locator("visible=true").last.click()
    desk.check()
    desk.page.get_by_role("link", name=good.order.ref, exact=True).click()
    desk.press("Accept")
    desk.press_button("Accept")
    desk.reads("Accepted, and being told to the store: 1.")
    desk.reads("Accepted: being told")

    desk.open(path_of(bad))
    desk.press("Reject")
    desk.page.get_by_label("Reason").select_option(RejectReason.ADDRESS)
    desk.page.get_by_label("Message to the merchant").fill("The street is wrong.")
    desk.press_button("Reject")
    desk.reads("Rejected, and being told to the store: 1.")
    work_aside()
    assert dock.state_there(good) == ("processing", "accepted")
    assert dock.state_there(bad) == ("open", "rejected")

    floor = screen_of("shipper", where)
    floor.scan(good.order.ref)
    for step in ("Start picking", "Picked", "Packed"):
        floor.press(step)
        floor.press_button(step)
    floor.press("Ship")
    floor.page.get_by_label("Carrier", exact=True).select_option("ups")
    floor.page.get_by_label("Tracking code", exact=True).focus()
    floor.page.keyboard.type(CODE)
    floor.page.keyboard.press("Enter")
    floor.reads("Shipped, and being told to the store: 1.")
    floor.reads("Waiting to be told to the store")
    work_aside()
    floor.scan(CODE)
    floor.reads("Confirmed by the store")
    assert dock.state_there(good) == ("closed", "closed")
    [told] = dock.shop.effects("fulfillment", int(good.ref))
    assert told["detail"]["tracking_codes"] == [CODE]


def test_a_cancellation_is_answered(dock: Dock, screen_of: ScreenOf) -> None:
    [order] = take_in(dock, 1)
    aside(lambda: dock.accept(order))
    work_aside()
    dock.shop.press(int(order.ref), "ask-cancel", message="Changed my mind")
    aside(dock.pull)
    desk = screen_of("supervisor", "scanner")
    desk.open(f"{WORK_LIST}?queue=cancellations")
    desk.page.get_by_role("link", name=order.order.ref, exact=True).click()
    desk.reads("Changed my mind")
    desk.press("Accept cancellation")
    desk.press_button("Accept cancellation")
    desk.reads("Cancellation accepted, and being told to the store: 1.")
    work_aside()
    assert dock.state_there(order) == ("canceled", "cancel_accepted")


def test_the_keyboard_alone_decides_and_ships(dock: Dock, screen_of: ScreenOf) -> None:
    [order] = take_in(dock, 1)
    keys = screen_of("supervisor", "desk")
    keys.type_and_enter(order.order.ref)
    keys.tab_to("Accept")
    keys.tab_to("Accept")
    keys.reads("being told to the store: 1.")
    work_aside()
    keys.type_and_enter(order.order.ref)
    keys.tab_to("Ship")
    keys.page.keyboard.type(CODE)
    keys.page.keyboard.press("Enter")
    keys.reads("Choose the carrier of this parcel.")
    keys.page.keyboard.type("UPS")
    keys.tab_to("Ship")
    keys.reads("Shipped, and being told to the store: 1.")
    work_aside()
    assert dock.state_there(order) == ("closed", "closed")


def test_several_are_decided_from_the_list(dock: Dock, screen_of: ScreenOf) -> None:
    take_in(dock, 3)
    desk = screen_of("supervisor", "desk")
    desk.open(f"{WORK_LIST}?queue=to_decide")
    desk.page.locator("#action-toggle").check()
    desk.page.locator("select[name=action]").select_option(label="Accept")
    desk.page.get_by_role("button", name="Run").click()
    desk.reads("This will happen to 3")
    desk.press_button("Accept: 3")
    desk.reads("Accepted, and being told to the store: 3.")
    desk.reads("No request waits for an answer.")


def test_a_scanner_goes_from_order_to_order_and_sends_nothing_by_itself(
    dock: Dock, screen_of: ScreenOf
) -> None:
    orders = take_in(dock, 3)
    for order in orders:
        aside(lambda order=order: dock.accept(order))
    work_aside()
    floor = screen_of("shipper", "scanner")
    floor.open(f"{WORK_LIST}act/ship/?" + "&".join(f"id={order.pk}" for order in orders))
    fields = floor.page.locator("[data-scan]").locator("visible=true")
    for number in range(3):
        expect(fields.nth(number)).to_be_focused()
        floor.page.keyboard.type(f"1Z-{number}")
        for _ in range(2):  # some scanners end a code with two of them
            floor.page.keyboard.press("Enter")
    expect(floor.page.locator(".xd-confirm .xd-buttons")).to_be_focused()
    assert [fields.nth(number).input_value() for number in range(3)] == ["1Z-0", "1Z-1", "1Z-2"]
    assert not Shipment.objects.exists(), "a code more than there are orders sends nothing"
    for select in floor.page.get_by_label("Carrier", exact=True).all():
        select.select_option("ups")
    floor.press_button("Ship: 3")
    floor.reads("Shipped, and being told to the store: 3.")


def test_a_file_is_sent_looked_at_and_shipped(dock: Dock, screen_of: ScreenOf) -> None:
    [order] = take_in(dock, 1)
    aside(lambda: dock.accept(order))
    work_aside()
    floor = screen_of("shipper", "scanner")
    floor.open("/admin/fulfillment/trackingimport/")
    floor.page.get_by_role("link", name="Send a file").click()
    floor.check()
    content = f"Order,Tracking,Carrier\n{order.order.ref},{CODE},UPS\n0,1,\n".encode()
    floor.page.get_by_label("CSV or Excel file").set_input_files(
        {"name": "evening.csv", "mimeType": "text/csv", "buffer": content}
    )
    floor.press_button("Show what would happen")
    floor.reads("No order 0 is known here")
    floor.press_button("Ship: 1 order")
    floor.reads("Files started: 1.")
    work_aside()
    assert dock.state_there(order) == ("closed", "closed")
    floor.open("/admin/fulfillment/trackingimport/")
    floor.reads("evening.csv")


def test_an_operator_pauses_resumes_and_retries(dock: Dock, screen_of: ScreenOf) -> None:
    [order] = take_in(dock, 1)
    dock.shop.fault("html_404", "fulfillmentRequestAccept", times=1)
    aside(lambda: dock.accept(order))
    work_aside()
    call = dock.call(order, "accept_request")
    assert call.state in (CallState.REFUSED, CallState.FAILED)

    desk = screen_of("manager", "scanner")
    desk.open(f"/admin/locations/store/{dock.store.pk}/change/")
    desk.press("Pause")
    desk.page.get_by_label("Reason").fill("Stocktaking")
    desk.press_button("Pause")
    desk.reads("Stocktaking (manager)")
    desk.press("Resume")
    desk.press_button("Resume")
    desk.reads("Resumed: 1.")

    desk.open(f"/admin/relay/outboundcall/{call.pk}/change/")
    desk.press("Retry now")
    desk.press_button("Retry now")
    desk.reads("To be made now: 1.")
    work_aside()
    assert dock.state(order) == ("accepted", "allocated")


def test_a_store_is_connected_with_a_pasted_token_that_is_never_shown_again(
    dock: Dock, shop: Stage, screen_of: ScreenOf
) -> None:
    account, base_url, merchant = dock.store.account, dock.store.base_url, dock.store.merchant
    Store.objects.filter(pk=dock.store.pk).update(account="before", base_url="https://before.test/")
    desk = screen_of("manager", "desk")
    desk.open("/admin/locations/store/add/")
    desk.page.locator("#id_merchant").select_option(label=str(merchant))
    desk.page.locator("#id_name").fill("Pasted")
    desk.page.locator("#id_account").fill(account)
    desk.page.locator("#id_base_url").fill(base_url)
    token = desk.page.locator("#id_credential_next29_access_token")
    expect(token).to_have_attribute("type", "password")
    token.fill(shop.token)
    desk.page.locator("[name=_continue]").click()
    desk.page.wait_for_url(re.compile(r"/store/\d+/change/"))
    assert shop.token not in desk.page.content()
    expect(desk.page.locator("#id_credential_next29_access_token")).to_have_value("")
    work_aside()
    desk.page.reload()
    store = Store.objects.get(name="Pasted")
    assert store.paused_at is None, store.check_result
    desk.reads(store.check_result)


def test_every_page_of_the_floor_fits_a_scanner_in_the_dark(
    dock: Dock, browser: Browser, screen_of: ScreenOf
) -> None:
    order, *_ = take_in(dock, 2)
    narrow = screen_of("manager", "scanner")
    narrow.page.emulate_media(color_scheme="dark")
    pages = ["/admin/", f"{WORK_LIST}?queue=all", path_of(order)]
    pages += [f"{WORK_LIST}act/{name}/?id={order.pk}" for name in ("reject_request", "ship")]
    pages += [f"/admin/{name}/" for name in ("locations/store", "relay/exchange", "relay/alarm")]
    pages += ["/admin/locations/store/add/", "/admin/relay/outboundcall/"]
    for path in pages:
        narrow.open(path)
