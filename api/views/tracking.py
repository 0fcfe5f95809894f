"""Where a parcel is. Contract fulfillment_com, operations 15 and 16: two forms, one truth."""

from collections.abc import Sequence
from datetime import datetime

from rest_framework.request import Request
from rest_framework.response import Response

from api import carriers, errors
from api.authentication import BearerAuthentication, KeyAuthentication
from api.schema import describe
from api.scope import Scope
from api.shapes.common import maybe, moment
from api.trackwords import CATEGORIES, CODES, DELIVERED, TRANSIT
from api.views.base import ApiView
from fulfillment.models import Parcel, TrackingEvent

NO_PARCEL = "Parcel not found"


class TrackView(ApiView):
    """Says where a parcel is."""

    authentication_classes = (KeyAuthentication, BearerAuthentication)

    @describe.track
    def get(self, request: Request, **path: str) -> Response:
        """Return what its carrier said, the latest first."""
        parcel = _parcel(self.scope, path["trackingNumber"])
        events = list(parcel.events.all())
        first, delivered = _first(events), _delivered(events)
        return Response(
            {
                "trackingNumber": parcel.tracking_code,
                "carrier": carriers.of(parcel).name,
                "service": parcel.fulfillment_order.shipping_name,
                "status": {
                    "code": CODES[parcel.tracking_status],
                    "description": _words(parcel, events),
                },
                **maybe(
                    firstTransitEvent=moment(first) if first else None,
                    deliveryEvent=moment(delivered) if delivered else None,
                ),
                "events": [
                    {
                        "code": CODES[event.status],
                        "location": event.place,
                        "timestamp": moment(event.happened_at),
                        "status": event.message or event.words,
                    }
                    for event in events
                ],
            }
        )


class TrackByQueryView(ApiView):
    """Says where a parcel is, in the form that was published until 2025."""

    authentication_classes = (KeyAuthentication, BearerAuthentication)

    @describe.track_by_query
    def get(self, request: Request) -> Response:
        """Return what its carrier said, the latest first."""
        number = request.query_params.get("trackingNumber", "").strip()
        if not number:
            raise errors.bad_request("trackingNumber is required")
        parcel = _parcel(self.scope, number)
        events = list(parcel.events.all())
        first, code = _first(events), CODES[parcel.tracking_status]
        last = events[0] if events else None
        return Response(
            {
                "trackingNumber": {
                    "value": parcel.tracking_code,
                    "carrier": {"id": carriers.of(parcel).id},
                },
                "fdcOrderId": parcel.fulfillment_order_id,
                "status": code,
                "statusMessage": _words(parcel, events),
                "statusCategoryCode": CATEGORIES[code],
                **maybe(
                    statusDateTime=moment(last.happened_at) if last else None,
                    firstTransitEvent=moment(first) if first else None,
                    lastUpdatedDateTime=moment(last.recorded_at) if last else None,
                ),
                "trackedEvents": [
                    {
                        "eventSource": "internal" if event.source == "staff" else "carrier",
                        "eventDateTime": moment(event.happened_at),
                        "eventCategoryCode": CATEGORIES[CODES[event.status]],
                        "eventCategory": CODES[event.status],
                        "eventStatus": event.message or event.words,
                    }
                    for event in events
                ],
            }
        )


def _parcel(scope: Scope, number: str) -> Parcel:
    """Return the latest parcel with this number; raises 404."""
    if "\x00" in number:
        raise errors.missing(NO_PARCEL)
    rows = scope.parcels().filter(tracking_code__iexact=number)
    rows = rows.select_related("fulfillment_order").prefetch_related("events")
    if found := rows.order_by("-pk").first():
        return found
    raise errors.missing(NO_PARCEL)


def _first(events: Sequence[TrackingEvent]) -> datetime | None:
    return min((e.happened_at for e in events if CODES[e.status] == TRANSIT), default=None)


def _delivered(events: Sequence[TrackingEvent]) -> datetime | None:
    return max((e.happened_at for e in events if CODES[e.status] == DELIVERED), default=None)


def _words(parcel: Parcel, events: Sequence[TrackingEvent]) -> str:
    return (
        (events[0].message or events[0].words) if events else parcel.get_tracking_status_display()
    )
