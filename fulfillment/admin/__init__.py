"""The floor's screens: the work list, the page of one order, and what can be done there."""

from fulfillment.admin.imports import TrackingImportAdmin
from fulfillment.admin.methods import ShippingMethodAdmin
from fulfillment.admin.orders import FulfillmentOrderAdmin
from fulfillment.admin.partner_accounts import PartnerAccountAdmin
from fulfillment.admin.partner_exchanges import PartnerExchangeAdmin
from fulfillment.admin.partner_jobs import PartnerJobAdmin

__all__ = [
    "FulfillmentOrderAdmin",
    "PartnerAccountAdmin",
    "PartnerExchangeAdmin",
    "PartnerJobAdmin",
    "ShippingMethodAdmin",
    "TrackingImportAdmin",
]
