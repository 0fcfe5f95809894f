"""Delivers shipments: what the courier asks about one, and what its end means for us."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.utils import timezone

from fulfillment import (
    completing,
    conversation,
    intake,
    policies,
    problems,
    status,
    timeline,
    unread,
)
from fulfillment.answers import FOUND, Seen
from fulfillment.content import units
from fulfillment.mirror import mirror_shipments
from fulfillment.models import (
    Actor,
    FulfillmentOrder,
    Shipment,
    ShipmentState,
    Source,
    WorkStatus,
)
from fulfillment.shipments import comparable
from fulfillment.subject import order_of, ref_of
from inventory import mirror as stock_mirror
from platforms.errors import UnknownCarrier
from platforms.interface import Client
from platforms.records import (
    OTHER_CARRIER,
    Dispatch,
    FulfillmentOrderRecord,
    FulfillmentRecord,
    LineQuantity,
    ParcelRecord,
    Reported,
    RequestStatus,
    UpstreamState,
)
from relay import alarms
from relay.delivery import Already, Later, Send, Stop, Verdict
from relay.models import OutboundCall

SHIPPABLE = (RequestStatus.ACCEPTED, RequestStatus.CANCEL_REJECTED)


@dataclass(frozen=True, slots=True)
class SeenShipments:
    """The order, and the shipments the store has of it; None where nobody looked at them."""

    order: Seen
    fulfillments: tuple[FulfillmentRecord, ...] | None


class ShipmentDelivery:
    """Tells a store what left, exactly once."""

    def look(self, client: Client, call: OutboundCall) -> SeenShipments | None:
        """Fetch the order; and its shipments, unless this is a first try on an order as expected.

        Before the first try nothing of ours can be there, and a request saved is a request that
        another parcel gets (four a second are all a store allows). Nothing is returned where the
        store cannot be asked; such a store knows a parcel by its tracking code.
        """
        if unread.is_unread(call):
            return None
        at = timezone.now()
        record = client.fetch_fulfillment_order(ref_of(call))
        record = conversation.heard(call.subject_id, record)
        if call.attempts.count() == 1 and _is_shippable(record):
            return SeenShipments(Seen(record, at), None)
        found = client.fetch_fulfillments(record.ref, record.order_ref)
        return SeenShipments(Seen(record, at), tuple(found))

    def judge(self, call: OutboundCall, seen: SeenShipments | None) -> Verdict:
        """Send only if the store has no shipment with our tracking and still wants the units."""
        shipment, order = _shipment(call), order_of(call)
        if seen is None:
            return unread.verdict(order)
        if seen.fulfillments is not None:
            mirror_shipments(order, seen.fulfillments, seen.order.at)
        if match := matching(shipment, seen.fulfillments or ()):
            return Already({"ref": match.ref, "pending": match.is_pending}, FOUND)
        record = seen.order.record
        if record.request_status == RequestStatus.CANCEL_REQUESTED:
            return self._answer_first(order, seen.order)
        if record.state == UpstreamState.ON_HOLD:
            return Stop("The merchant has put the order on hold, but the parcel has left.")
        if not _is_shippable(record):
            return Stop(
                "The parcel has left, but the store says "
                f"“{record.upstream_status}” / “{record.upstream_request_status}”."
            )
        return _units_wanted(shipment, seen.order)

    def _answer_first(self, order: FulfillmentOrder, seen: Seen) -> Verdict:
        """What has left cannot be cancelled: that answer goes first, in the same lane."""
        for taken in intake.take_in(order.store, [seen.record], seen.at):
            policies.settle_cancellations([taken])
        return Later("The merchant asked to cancel meanwhile. That is answered first.", seconds=2)

    def send(self, client: Client, call: OutboundCall) -> dict[str, Any]:
        """Report the shipment. The client raises Uncertain unless our tracking is confirmed.

        A carrier that the store does not take is sent once more, by its name only (contract
        next29, section 12). Nothing was made by the refused one.
        """
        ref, shipment = ref_of(call), _shipment(call)
        dispatch = _dispatch(shipment)
        try:
            made = client.create_fulfillment(ref, dispatch)
            return {"ref": made.ref, "pending": made.is_pending}
        except UnknownCarrier:
            by_name = _by_name(dispatch, shipment.fulfillment_order.store.carriers)
            if by_name == dispatch:
                raise
            made = client.create_fulfillment(ref, by_name)
            return {"ref": made.ref, "by_name": [p.carrier_name for p in by_name.parcels]}

    def settled(self, call: OutboundCall, result: dict[str, Any]) -> None:
        """The store knows the tracking."""
        order = order_of(call)
        problems.settle_about(call, "The store has confirmed it.")
        shipment = _shipment(call)
        confirm(order, shipment, str(result.get("ref", "")))
        if result.get("pending"):
            completing.follow(order, shipment)
        if names := result.get("by_name"):
            _say_unlisted(order, sorted(set(names)))

    def refused(self, call: OutboundCall, reason: str) -> None:
        """A person must decide: the parcel is on its way and the store does not know."""
        self._untold(call, ShipmentState.REFUSED, reason)
        order = order_of(call)
        detail = f"The store did not take the shipment: {reason}"
        problems.open_one(order, Source.STORE, detail, call=call)
        timeline.note(order, detail, actor=Actor.STORE)

    def dropped(self, call: OutboundCall, reason: str) -> None:
        """The store is not told."""
        self._untold(call, ShipmentState.UNTOLD, reason)
        order = order_of(call)
        problems.settle_about(call, reason)
        timeline.note(order, f"Gave up telling the store of the shipment: {reason}")
        status.refresh([order])

    given_up = dropped

    def _untold(self, call: OutboundCall, state: ShipmentState, reason: str) -> None:
        Shipment.objects.filter(pk=call.payload["shipment_id"]).update(state=state, remark=reason)


def confirm(order: FulfillmentOrder, shipment: Shipment, ref: str = "") -> None:
    """Note that the store knows a shipment. The caller has locked the order."""
    now = timezone.now()
    shipment.state, shipment.ref = ShipmentState.CONFIRMED, ref
    shipment.confirmed_at, shipment.remark = now, ""
    shipment.save(update_fields=["state", "ref", "confirmed_at", "remark"])
    order.told_at = now
    if _all_told(order):
        order.request_status = RequestStatus.CLOSED
    order.save(update_fields=["told_at", "request_status"])
    codes = ", ".join(parcel.tracking_code for parcel in shipment.parcels.all())
    timeline.note(order, f"The store confirmed the tracking: {codes}.", actor=Actor.STORE)
    # It may have lowered its own figures when it was told.
    stock_mirror.doubt(order.store, order.lines.values_list("sku", flat=True))
    status.refresh([order])


def _is_shippable(record: FulfillmentOrderRecord) -> bool:
    return record.request_status in SHIPPABLE and record.state == UpstreamState.IN_PROGRESS


def _shipment(call: OutboundCall) -> Shipment:
    shipments = Shipment.objects.select_related("fulfillment_order__store")
    return shipments.prefetch_related("parcels", "lines__line").get(pk=call.payload["shipment_id"])


def matching(
    shipment: Shipment, fulfillments: tuple[FulfillmentRecord, ...]
) -> FulfillmentRecord | None:
    """Return the store's record of this shipment: our tracking codes, and our units where it says.

    Codes alone do not do: two fulfillment orders of one order may leave in one box, and a merchant
    may have typed our code beside other units.
    """
    codes = {comparable(parcel.tracking_code) for parcel in shipment.parcels.all()}
    ours = _units_by_order_line(shipment)
    for made in fulfillments:
        known = {comparable(code) for code in made.tracking_codes}
        if codes <= known and _are_the_same(ours, made.quantities):
            return made
    return None


def _units_by_order_line(shipment: Shipment) -> Counter[str]:
    found = Counter[str]()
    for entry in shipment.lines.all():
        found[entry.line.order_line_ref] += entry.quantity
    del found[""]
    return found


def _are_the_same(ours: Mapping[str, int], there: Mapping[str, int]) -> bool:
    """Tell whether the units are the same; a line that is left out there could not be read."""
    common = ours.keys() & there.keys()
    if not ours or not there:
        return True
    return bool(common) and all(ours[ref] == there[ref] for ref in common)


def _units_wanted(shipment: Shipment, seen: Seen) -> Verdict:
    wanted = {line.ref: units(line) for line in seen.record.lines}
    for entry in shipment.lines.all():
        there = wanted.get(entry.line.ref, 0)
        if entry.quantity > there:
            return Stop(
                f"The store wants {there} of “{entry.line.sku}” now, but {entry.quantity} left. "
                "Perhaps the merchant has shipped it by hand."
            )
    return Send()


def reported(shipment: Shipment) -> Reported:
    """Return a shipment that the store knows as a client names it."""
    order = shipment.fulfillment_order
    return Reported(order.order.ref, order.ref, shipment.ref, _dispatch(shipment))


def _dispatch(shipment: Shipment) -> Dispatch:
    return Dispatch(
        lines=tuple(LineQuantity(entry.line.ref, entry.quantity) for entry in shipment.lines.all()),
        parcels=tuple(
            ParcelRecord(
                parcel.carrier, parcel.tracking_code, parcel.tracking_link, parcel.carrier_name
            )
            for parcel in shipment.parcels.all()
        ),
        notify=shipment.notify,
    )


def _by_name(dispatch: Dispatch, carriers: Mapping[str, str]) -> Dispatch:
    """Return the same parcels, with carriers that the store need not know."""
    parcels = [
        replace(
            parcel,
            carrier=OTHER_CARRIER,
            carrier_name=parcel.carrier_name or carriers.get(parcel.carrier, parcel.carrier),
        )
        for parcel in dispatch.parcels
    ]
    return replace(dispatch, parcels=tuple(parcels))


def _say_unlisted(order: FulfillmentOrder, names: Sequence[str]) -> None:
    """Tell the operator: without a listed carrier, the store follows no parcel."""
    carriers = ", ".join(names)
    text = f"The store does not take the carrier {carriers}: it was told by its name only."
    timeline.note(order, text)
    alarms.raise_alarm(
        order.store,
        f"{alarms.CARRIER}:{carriers}"[:40],
        f"{text} It shows customers no tracking unless the parcel has a tracking link.",
    )


def _all_told(order: FulfillmentOrder) -> bool:
    """Tell whether nothing is left to say; a store that wants the final count is told that yet."""
    if order.store.platform.capabilities.wants_final_count:
        return False
    untold = order.shipments.exclude(state=ShipmentState.CONFIRMED).exists()
    return order.work_status in (WorkStatus.SHIPPED, WorkStatus.CLOSED) and not untold
