"""The proof of an order as it goes through the main job, from what was really exchanged."""

from fulfillment.models import FulfillmentOrder
from fulfillment.proof import Proof, proof_of
from relay import outbox
from relay.models import CallState, Exchange
from tests.dock import Dock
from tests.fulfillment.test_merchant import edit_address, read_again
from tests.work import work

CREATE = "fulfillmentsCreate"
TENT = "TENT-2P-GRN"


def proof(dock: Dock, order: FulfillmentOrder) -> Proof:
    return proof_of(dock.again(order), with_exchanges=True)


def finding(dock: Dock, order: FulfillmentOrder) -> str:
    return proof(dock, order).verdict.finding


def test_the_main_job_is_in_step_whenever_nothing_is_on_its_way(dock: Dock) -> None:
    order = dock.place()
    assert finding(dock, order) == "waits_for_us"
    dock.accept(order)
    assert finding(dock, order) == "on_its_way"
    work()
    assert finding(dock, order) == "in_step"
    dock.ship(order)
    shown = proof(dock, order)
    assert (shown.verdict.finding, shown.confirmed, len(shown.untold)) == ("on_its_way", 0, 1)
    assert not shown.alerts
    work()
    shown = proof(dock, order)
    assert (shown.verdict.finding, shown.confirmed, len(shown.untold)) == ("in_step", 1, 0)
    read_again(dock, order.ref)
    shown = proof(dock, order)
    assert (shown.verdict.finding, shown.outdated) == ("in_step", False)


def test_a_part_that_left_is_in_step_before_and_after_it_is_read_again(dock: Dock) -> None:
    order = dock.accepted(lines=[{"sku": TENT, "quantity": 3}])
    dock.ship(order, "1Z-PART", units={TENT: 2})
    work()
    shown = proof(dock, order)
    assert (shown.verdict.finding, shown.outdated) == ("in_step", True)
    assert [row.there for row in shown.lines] == [None], "what it said before is no proof"
    read_again(dock, order.ref)
    shown = proof(dock, order)
    assert shown.verdict.finding == "in_step"
    assert [(row.there, row.line.open, row.line.shipped) for row in shown.lines] == [(1, 1, 2)]


def test_a_store_that_still_shows_what_it_confirmed_is_a_conflict(dock: Dock) -> None:
    order = dock.accepted(lines=[{"sku": TENT, "quantity": 3}])
    dock.ship(order, "1Z-PART", units={TENT: 2})
    work()
    line = dock.shop.service.order(int(order.ref))["line_items"][0]["id"]
    dock.shop.press(int(order.ref), "edit-lines", lines=[{"id": line, "quantity": 3}])
    read_again(dock, order.ref)
    shown = proof(dock, order)
    assert (shown.verdict.finding, shown.alerts) == ("shown_as_open", True)


def test_an_address_edited_after_acceptance_is_seen_once_it_was_read(dock: Dock) -> None:
    order = dock.accepted()
    edit_address(dock, order.ref, line1="77 Fresh St")
    read_again(dock, order.ref)
    assert finding(dock, order) == "changed"


def test_what_went_wrong_on_the_way_is_told_apart(dock: Dock) -> None:
    order = dock.accepted()
    dock.shop.fault("error_500_after", CREATE, times=1)
    dock.ship(order, "1Z-LEFT")
    work()
    assert finding(dock, order) == "in_doubt"
    calls = dock.store.calls.filter(verb="create_fulfillment")
    calls.update(state=CallState.FAILED)
    assert finding(dock, order) == "failed"
    calls.update(state=CallState.REFUSED)
    assert finding(dock, order) == "refused"
    outbox.give_up(calls.get().pk, "By phone (kim)")
    assert finding(dock, order) == "given_up"


def test_the_stores_own_list_of_shipments_is_kept_when_it_was_looked_at(dock: Dock) -> None:
    order = dock.accepted()
    dock.shop.fault("error_500_after", CREATE, times=1)
    dock.ship(order, "1Z-LEFT")
    work()
    assert dock.again(order).shipments_there == []
    dock.later()
    now = dock.again(order)
    assert now.shipments_read_at
    assert now.shipments_there == [
        {"ref": "70210", "status": "success", "codes": ["1Z-LEFT"], "units": 1}
    ]


def test_every_exchange_about_an_order_is_found_whoever_had_it(dock: Dock) -> None:
    order, other = dock.accepted(), dock.accepted()
    read_again(dock, order.ref, other.ref)
    dock.ship(order)
    work()
    said = proof(dock, order).exchanges
    assert [(each.exchange.method, each.who) for each in reversed(said)] == [
        ("GET", "Accept request, by kim"),
        ("POST", "Accept request, by kim"),
        ("GET", "test"),
        ("GET", "Create fulfillment, by kim"),
        ("POST", "Create fulfillment, by kim"),
    ]
    assert all(each.exchange.about == order.ref for each in said)
    assert '"tracking_code": "1Z999AA10123456784"' in said[0].request
    assert dock.shop.token not in str(list(Exchange.objects.values()))
