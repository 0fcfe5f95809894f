"""The facts of fulfillment: orders, requests and answers, problems, shipments, the timeline."""

from fulfillment.models.imports import ImportState, TrackingImport
from fulfillment.models.orders import FulfillmentOrder, Line, Order, WorkStatus
from fulfillment.models.requests import Decision, Problem, Request, Source
from fulfillment.models.shipments import (
    Parcel,
    Shipment,
    ShipmentLine,
    ShipmentState,
    TrackingStatus,
)
from fulfillment.models.status import StatusCode
from fulfillment.models.timeline import Actor, Event, Hold

__all__ = [
    "Actor",
    "Decision",
    "Event",
    "FulfillmentOrder",
    "Hold",
    "ImportState",
    "Line",
    "Order",
    "Parcel",
    "Problem",
    "Request",
    "Shipment",
    "ShipmentLine",
    "ShipmentState",
    "Source",
    "StatusCode",
    "TrackingImport",
    "TrackingStatus",
    "WorkStatus",
]
