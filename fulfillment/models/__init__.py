"""The facts of fulfillment: orders, requests and answers, problems, shipments, the timeline."""

from fulfillment.models.imports import ImportState, TrackingImport
from fulfillment.models.methods import ShippingMethod
from fulfillment.models.orders import FulfillmentOrder, Line, Order, WorkStatus
from fulfillment.models.partners import JobState, PartnerAccount, PartnerExchange, PartnerJob
from fulfillment.models.requests import Decision, Problem, Request, RuleVerdict, Source
from fulfillment.models.returns import Return, ReturnLine
from fulfillment.models.shipments import (
    Parcel,
    Shipment,
    ShipmentLine,
    ShipmentState,
)
from fulfillment.models.status import StatusCode
from fulfillment.models.timeline import Actor, Event, Hold
from fulfillment.models.tracking import TrackingEvent, TrackingSource
from platforms.records import TrackingStatus

__all__ = [
    "Actor",
    "Decision",
    "Event",
    "FulfillmentOrder",
    "Hold",
    "ImportState",
    "JobState",
    "Line",
    "Order",
    "Parcel",
    "PartnerAccount",
    "PartnerExchange",
    "PartnerJob",
    "Problem",
    "Request",
    "Return",
    "ReturnLine",
    "RuleVerdict",
    "Shipment",
    "ShipmentLine",
    "ShipmentState",
    "ShippingMethod",
    "Source",
    "StatusCode",
    "TrackingEvent",
    "TrackingImport",
    "TrackingSource",
    "TrackingStatus",
    "WorkStatus",
]
