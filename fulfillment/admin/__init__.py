"""The floor's screens: the work list, the page of one order, and what can be done there."""

from fulfillment.admin.imports import TrackingImportAdmin
from fulfillment.admin.methods import ShippingMethodAdmin
from fulfillment.admin.orders import FulfillmentOrderAdmin

__all__ = ["FulfillmentOrderAdmin", "ShippingMethodAdmin", "TrackingImportAdmin"]
