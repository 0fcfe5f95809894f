"""Writes the timeline: what happened, and who did it."""

from collections.abc import Iterable

from django.contrib.auth.models import User

from fulfillment.models import Actor, Event, FulfillmentOrder


def event(
    order: FulfillmentOrder,
    text: str,
    *,
    actor: Actor = Actor.CROSSDOCK,
    by: User | None = None,
) -> Event:
    """Return a line of the timeline that is not saved yet."""
    return Event(fulfillment_order=order, text=text, user=by, actor=Actor.STAFF if by else actor)


def write(events: Iterable[Event]) -> None:
    """Save lines of the timeline."""
    Event.objects.bulk_create(events)


def note(
    order: FulfillmentOrder,
    text: str,
    *,
    actor: Actor = Actor.CROSSDOCK,
    by: User | None = None,
) -> None:
    """Write one line of the timeline."""
    write([event(order, text, actor=actor, by=by)])
