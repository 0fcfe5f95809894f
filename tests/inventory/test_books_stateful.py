"""Whatever is done with stock and orders, in whatever order: units are conserved, books add up."""

import uuid
from typing import Any

from django.db import transaction
from django.db.models import F, Sum
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)

from fulfillment import allocation, changes, decisions, edits, shipments, stock_news
from fulfillment.models import FulfillmentOrder, Line, ShipmentLine
from fulfillment.shipments import Leaving
from inventory import bookkeeping, counting, receiving, transferring
from inventory.models import (
    Allocation,
    Kind,
    Product,
    StockLevel,
    StockMovement,
    Transfer,
    TransferLine,
    TransferState,
)
from inventory.receiving import Returned
from platforms.errors import Refusal
from platforms.records import RejectReason, RequestStatus
from relay import outbox
from tests import store_says
from tests.books import assert_books_are_right, change, receive
from tests.dock import parcel
from tests.inventory.small_world import SmallWorld, line_record

WHICH = st.integers(min_value=0, max_value=99)
PRODUCT = st.integers(min_value=0, max_value=2)
PLACE = st.integers(min_value=0, max_value=1)
UNITS = st.integers(min_value=1, max_value=6)
FEW = st.lists(st.integers(min_value=0, max_value=3), min_size=3, max_size=3)
CONDITION = st.sampled_from([*receiving.CONDITIONS])
FIGURE = st.sampled_from(["on_hand", "damaged", "quarantine", "safety", "buffer"])
ENDS = st.sampled_from([RequestStatus.PENDING, RequestStatus.REJECTED, RequestStatus.CLOSED])
WORKABLE = (RequestStatus.ACCEPTED, RequestStatus.CANCEL_REJECTED)
AGAIN = (RequestStatus.PENDING, RequestStatus.REJECTED, RequestStatus.CANCEL_ACCEPTED)


class Books(RuleBasedStateMachine):
    """One example is one transaction, which is undone in the end."""

    def __init__(self) -> None:
        super().__init__()
        self.example = transaction.atomic()
        self.example.__enter__()
        self.world = SmallWorld()
        self.brought = dict.fromkeys(range(3), 0)
        for number in (0, 1):
            self.receive(number, 0, 6, "", back=False)
        # Begin in the middle: one order is ours to ship, and one waits.
        for units in ([2, 2, 1], [1, 2, 0]):
            self.ask(0, units)
        self.accept(0, forced=False, told=True)

    def teardown(self) -> None:
        try:
            # Movements stay as they are, so their chains are read once.
            assert_books_are_right()
        finally:
            transaction.set_rollback(True)
            self.example.__exit__(None, None, None)

    def product(self, number: int) -> Product:
        return self.world.products[number]

    def place(self, number: int) -> Any:
        return self.world.places[number].warehouse

    def some(self, which: int, *statuses: str) -> FulfillmentOrder | None:
        """One of the orders that stand there and wait for nothing else."""
        orders = [order for order in self.world.orders() if not order.pending_answer]
        found = [order for order in orders if order.request_status in statuses]
        return found[which % len(found)] if found else None

    # What comes, and what is counted.

    @rule(product=PRODUCT, place=PLACE, units=UNITS, condition=CONDITION, back=st.booleans())
    def receive(self, product: int, place: int, units: int, condition: str, back: bool) -> None:
        """Announced goods, or units that come back; some of them broken."""
        what, where = self.product(product), self.place(place)
        if back:
            receiving.take_back(where, [Returned(what, units, condition)], by=None)
        else:
            receive(what, where, units, damaged=1 if condition else 0)
        self.brought[product] += units

    @rule(product=PRODUCT, place=PLACE, figure=FIGURE, by=st.integers(-4, 4).filter(bool))
    def adjust(self, product: int, place: int, figure: str, by: int) -> None:
        try:
            change(self.product(product), self.place(place), **{figure: by})
        except Refusal:
            assert by < 0
        else:
            self.brought[product] += by if figure == "on_hand" else 0

    @rule(place=PLACE, counted=FEW)
    def count(self, place: int, counted: list[int]) -> None:
        stocktake = counting.begin(self.place(place), products=self.world.products, by=None)
        lines = list(stocktake.lines.select_related("level").order_by("level__product"))
        figures = {line.pk: n for line, n in zip(lines, counted, strict=True)}
        counting.note(stocktake.pk, figures, by=None)
        counting.finish(stocktake.pk, by=None)
        counting.post(stocktake.pk, by=None)
        for number, line in enumerate(lines):
            self.brought[number] += counted[number] - line.level.on_hand

    @rule(units=FEW, back=st.booleans())
    def send_elsewhere(self, units: list[int], back: bool) -> None:
        source, target = self.place(int(back)), self.place(int(not back))
        transfer = Transfer.objects.create(
            merchant=self.world.store.merchant, source=source, target=target
        )
        TransferLine.objects.bulk_create(
            TransferLine(transfer=transfer, product=self.product(number), quantity=n)
            for number, n in enumerate(units)
            if n
        )
        try:
            transferring.send(transfer.pk, by=None)
        except Refusal:
            transferring.cancel(transfer.pk, by=None)

    @rule(which=WHICH, lost=st.integers(0, 2))
    def arrive(self, which: int, lost: int) -> None:
        sent = list(Transfer.objects.filter(state=TransferState.SENT).order_by("pk"))
        if sent:
            transfer = sent[which % len(sent)]
            came = {line.pk: max(0, line.quantity - lost) for line in transfer.lines.all()}
            transferring.receive(transfer.pk, came, by=None)

    # What the merchant wants.

    @rule(place=PLACE, units=FEW.filter(any))
    def ask(self, place: int, units: list[int]) -> None:
        wanted = {self.product(n).sku: count for n, count in enumerate(units) if count}
        self.world.ask(self.world.places[place], wanted)

    @rule(which=WHICH)
    def ask_again(self, which: int) -> None:
        if order := self.some(which, *AGAIN):
            again = {"request_status": RequestStatus.REQUESTED, "asked": order.asked + 1}
            self.world.says(self.world.record(order, **again))

    @rule(which=WHICH)
    def ask_to_cancel(self, which: int) -> None:
        if order := self.some(which, *WORKABLE):
            asked = self.world.record(order, request_status=RequestStatus.CANCEL_REQUESTED)
            self.world.says(asked)

    @rule(which=WHICH, end=ENDS)
    def end_at_the_store(self, which: int, end: RequestStatus) -> None:
        if order := self.some(which, RequestStatus.REQUESTED, RequestStatus.ACCEPTED):
            self.world.says(self.world.record(order, request_status=end))

    @rule(which=WHICH, units=UNITS, elsewhere=st.booleans())
    def edit(self, which: int, units: int, elsewhere: bool) -> None:
        """The store changes what it has asked for, and we take it over."""
        if order := self.some(which, *WORKABLE):
            lines = self.world.record(order).lines
            first = line_record(lines[0].ref, lines[0].sku, units)
            place = self.world.places[int(elsewhere)].ref
            self.world.says(self.world.record(order, lines=(first, *lines[1:]), location_ref=place))
            edits.take_over([order.pk], by=self.world.person)

    @rule(which=WHICH)
    def hear_again(self, which: int) -> None:
        """What we know already changes nothing."""
        if order := self.some(which, *WORKABLE):
            before = StockMovement.objects.count()
            recounting = Product.objects.filter(recount_promises=True).exists()
            self.world.says(self.world.record(order))
            assert recounting or StockMovement.objects.count() == before

    # What we do.

    def tell(self, order: FulfillmentOrder, now: bool) -> None:
        """The store says yes to what it is told: at once, or it is left waiting."""
        order.refresh_from_db()
        if now and store_says.waiting_calls(order):
            self.world.confirm(order)

    @rule(which=WHICH, forced=st.booleans(), told=st.booleans())
    def accept(self, which: int, forced: bool, told: bool) -> None:
        if order := self.some(which, RequestStatus.REQUESTED):
            decisions.accept({order.pk: None}, by=None, forced=forced)
            self.tell(order, told)

    @rule(which=WHICH, told=st.booleans())
    def reject(self, which: int, told: bool) -> None:
        if order := self.some(which, RequestStatus.REQUESTED):
            reason = RejectReason.OUT_OF_STOCK
            decisions.reject({order.pk: None}, by=None, reason=reason, message="None left")
            self.tell(order, told)

    @rule(which=WHICH, stop=st.booleans(), told=st.booleans())
    def answer_cancellation(self, which: int, stop: bool, told: bool) -> None:
        if order := self.some(which, RequestStatus.CANCEL_REQUESTED):
            if stop:
                decisions.accept_cancellation({order.pk: None}, by=None)
            else:
                decisions.reject_cancellation({order.pk: None}, by=None, message="Too late")
            self.tell(order, told)

    @rule(which=WHICH, whole=st.booleans(), told=st.booleans())
    def ship(self, which: int, whole: bool, told: bool) -> None:
        """All that is open, or one unit of one line."""
        if order := self.some(which, *WORKABLE):
            left = {line.pk: line.open for line in order.lines.filter(open__gt=0)}
            units = left if whole else dict.fromkeys([*left][:1], 1)
            leaving = Leaving(units, [parcel(uuid.uuid4().hex)], True, uuid.uuid4())
            try:
                shipments.ship(order.pk, leaving, by=None)
            except Refusal:
                return
            self.tell(order, told)

    @rule(which=WHICH, told=st.booleans())
    def close_short(self, which: int, told: bool) -> None:
        if order := self.some(which, *WORKABLE):
            changes.close_short([order.pk], by=self.world.person, message="Lost")
            self.tell(order, told)

    @rule(which=WHICH, told=st.booleans())
    def split(self, which: int, told: bool) -> None:
        order = self.some(which, RequestStatus.REQUESTED, RequestStatus.ACCEPTED)
        line = order and order.lines.filter(open__gt=0).first()
        if order and line:
            changes.split(order.pk, by=self.world.person, units={line.pk: 1})
            self.tell(order, told)

    @rule(which=WHICH, whole=st.booleans(), told=st.booleans())
    def move(self, which: int, whole: bool, told: bool) -> None:
        order = self.some(which, RequestStatus.REQUESTED, *AGAIN)
        line = order and order.lines.filter(open__gt=0).first()
        if order and line:
            [other] = [p for p in self.world.places if p.ref != order.location_ref]
            lines = () if whole else (line.pk,)
            place = {"to_ref": other.ref, "to_name": other.name}
            changes.move(order.pk, by=self.world.person, line_ids=lines, **place)
            self.tell(order, told)

    @rule(which=WHICH)
    def confirm(self, which: int) -> None:
        """The store says yes to what it was told."""
        waiting = [order for order in self.world.orders() if store_says.waiting_calls(order)]
        if waiting:
            self.world.confirm(waiting[which % len(waiting)])

    @rule(which=WHICH)
    def give_up(self, which: int) -> None:
        calls = [call for order in self.world.orders() for call in store_says.waiting_calls(order)]
        if calls:
            outbox.give_up(calls[which % len(calls)].pk, "The merchant rang.")

    @rule()
    def follow(self) -> None:
        stock_news.follow()
        assert not Product.objects.filter(recount_promises=True).exists()

    # What holds all the time.

    @invariant()
    def levels_follow_from_movements_and_promises(self) -> None:
        assert [drift.words for drift in bookkeeping.drifts()] == []

    @invariant()
    def units_of_a_line_are_conserved(self) -> None:
        spent = F("open") + F("shipped") + F("cancelled") + F("short")
        assert not Line.objects.exclude(ordered=spent).exists()
        left = {
            each["line"]: each["units"]
            for each in ShipmentLine.objects.values("line").annotate(units=Sum("quantity"))
        }
        for line in Line.objects.all():
            assert line.shipped == left.get(line.pk, 0)

    @invariant()
    def lines_hold_what_is_promised_and_nothing_else(self) -> None:
        held = {row.line_id: row for row in Allocation.objects.select_related("level")}
        counted = {p.sku: p.recount_promises for p in Product.objects.filter(counted=True)}
        for order in self.world.orders():
            for line in order.lines.all():
                row = held.pop(line.pk, None)
                units = row.held if row else 0
                assert units <= line.open
                promised = allocation.is_promised(order) and line.sku in counted
                if not counted.get(line.sku):
                    assert units == (line.open if promised else 0), (order, line)
                assert row is None or row.level.warehouse_id == order.warehouse_id
        assert not held, "for lines that are gone"

    @invariant()
    def no_unit_of_the_world_is_lost(self) -> None:
        for number in (0, 1):
            assert self.units_somewhere(number) == self.brought[number] + self.corrected(number)

    def units_somewhere(self, number: int) -> int:
        """On a shelf, on its way between warehouses, lost on it, or shipped."""
        product = self.product(number)
        there = StockLevel.objects.filter(product=product).aggregate(n=Sum("on_hand"))["n"]
        moving = TransferLine.objects.filter(product=product)
        on_its_way = moving.filter(transfer__state=TransferState.SENT)
        lost = moving.filter(transfer__state=TransferState.RECEIVED)
        shipped = Line.objects.filter(sku=product.sku).aggregate(n=Sum("shipped", default=0))
        return int(
            there
            + on_its_way.aggregate(n=Sum("quantity", default=0))["n"]
            + lost.aggregate(n=Sum(F("quantity") - F("received"), default=0))["n"]
            + shipped["n"]
        )

    def corrected(self, number: int) -> int:
        """What left and was not in the books."""
        movements = StockMovement.objects.filter(
            kind=Kind.CORRECTED, level__product=self.product(number)
        )
        return int(movements.aggregate(n=Sum("on_hand", default=0))["n"])


def test_whatever_happens_units_are_conserved_and_the_books_add_up(db: None) -> None:
    run_state_machine_as_test(
        Books,
        settings=settings(
            max_examples=15,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=[*HealthCheck],
        ),
    )
