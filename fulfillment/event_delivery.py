"""Delivers what carriers say: what the courier asks about an event, and what its end means."""

from typing import Any

from django.utils import timezone

from fulfillment import problems, progress, status, timeline, unread
from fulfillment.answers import FOUND
from fulfillment.departures import reported
from fulfillment.models import (
    Actor,
    FulfillmentOrder,
    Parcel,
    Shipment,
    ShipmentState,
    Source,
    TrackingEvent,
)
from fulfillment.subject import order_of
from platforms.interface import Client
from platforms.records import Progress, RequestStatus, TrackingEventRecord, TrackingStatus
from relay import outbox
from relay.delivery import Already, Later, Send, Stop, Verdict
from relay.models import OutboundCall

SOON = 60.0
MUCH_LATER = 3600.0


class EventDelivery:
    """Tells a store what a carrier said about a shipment that the store knows, exactly once."""

    def look(self, client: Client, call: OutboundCall) -> list[TrackingEventRecord]:
        """Fetch the events of the shipment; none where the store cannot know or show any."""
        shipment = _event(call).parcel.shipment
        if not shipment.ref or unread.is_unread(call):
            return []
        return client.fetch_tracking_events(_order_ref(shipment), shipment.ref)

    def judge(self, call: OutboundCall, seen: list[TrackingEventRecord]) -> Verdict:
        """Send only what belongs to a known shipment, and is not among its events."""
        event = _event(call)
        shipment = event.parcel.shipment
        if not shipment.ref:
            return _without_shipment(shipment)
        if unread.is_unread(call):
            return _unread(order_of(call))
        word = call.store.platform.tracking_words.get(TrackingStatus(event.status))
        for known in seen:
            at = known.happened_at.replace(microsecond=0)
            if (known.upstream_status, at) == (word, event.happened_at):
                return Already({"ref": known.ref}, FOUND)
        return Send()

    def send(self, client: Client, call: OutboundCall) -> dict[str, Any]:
        """Tell the event. The client raises Uncertain unless the answer shows it."""
        event = _event(call)
        shipment = event.parcel.shipment
        made = client.create_tracking_event(reported(shipment), _as_record(event))
        return {"ref": made.ref}

    def settled(self, call: OutboundCall, result: dict[str, Any]) -> None:
        """The store knows what the carrier said."""
        order, event = order_of(call), _event(call)
        event.ref, event.told_at, event.untold_why = str(result.get("ref", "")), timezone.now(), ""
        event.save(update_fields=["ref", "told_at", "untold_why"])
        problems.settle_about(call, "The store has confirmed it.")
        code = event.parcel.tracking_code
        text = f"The store knows that parcel {code} is at “{event.words}”."
        timeline.note(order, text, actor=Actor.STORE)
        status.refresh([order])
        _tell_arrival(order)

    def refused(self, call: OutboundCall, reason: str) -> None:
        """A person must decide: the store does not know what the carrier said."""
        order = order_of(call)
        _note_untold(call, reason)
        detail = f"The store did not take what the carrier said: {reason}"
        problems.open_one(order, Source.STORE, detail, call=call)
        timeline.note(order, detail, actor=Actor.STORE)

    def dropped(self, call: OutboundCall, reason: str) -> None:
        """The store is not told."""
        order = order_of(call)
        _note_untold(call, reason)
        problems.settle_about(call, reason)
        timeline.note(order, f"Gave up telling the store what the carrier said: {reason}")
        status.refresh([order])

    given_up = dropped


def _without_shipment(shipment: Shipment) -> Verdict:
    """The store cannot be told of a shipment that it does not know."""
    match shipment.state:
        case ShipmentState.UNTOLD:
            return Stop("The store was never told of the shipment; that was given up.", moot=True)
        case ShipmentState.CONFIRMED:
            return Stop("The store has given the shipment no number to tell it by.")
        case ShipmentState.REFUSED:
            return Later("The store has not taken the shipment; that is settled first.", MUCH_LATER)
        case _:
            return Later("The store is told of the shipment first.", SOON)


def _unread(order: FulfillmentOrder) -> Verdict:
    """A store that wants the final count has it before it hears that a parcel has arrived."""
    wants = order.store.platform.capabilities.wants_final_count
    if wants and order.request_status != RequestStatus.CLOSED:
        return Later("The store is told the final count first.", SOON)
    return unread.verdict(order)


def _event(call: OutboundCall) -> TrackingEvent:
    return TrackingEvent.objects.select_related("parcel__shipment__fulfillment_order__order").get(
        pk=call.payload["event_id"]
    )


def _order_ref(shipment: Shipment) -> str:
    return shipment.fulfillment_order.order.ref


def _note_untold(call: OutboundCall, reason: str) -> None:
    TrackingEvent.objects.filter(pk=call.payload["event_id"]).update(untold_why=reason)


def _tell_arrival(order: FulfillmentOrder) -> None:
    """Tell that the order has arrived, when the store knows it of every parcel."""
    parcels = Parcel.objects.filter(fulfillment_order=order)
    arrived = TrackingEvent.objects.filter(
        parcel__in=parcels, status=TrackingStatus.DELIVERED, told_at__isnull=False
    )
    if arrived.values("parcel").distinct().count() == parcels.count():
        outbox.push(progress.tellings([order], Progress.DELIVERED))


def _as_record(event: TrackingEvent) -> TrackingEventRecord:
    return TrackingEventRecord(
        happened_at=event.happened_at,
        status=TrackingStatus(event.status),
        message=event.message,
        city=event.city,
        region=event.region,
        postcode=event.postcode,
        country=event.country,
    )
