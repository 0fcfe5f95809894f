"""What can be sent to the API. Contract fulfillment_com, section 7."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from api.schema.fields import Choice, Number, Text, Value, Whole
from platforms.own_api.wire import LONGEST_NUMBER

# Contract, openapi.json: the sales channels that are known.
INTEGRATORS = [
    "1ShoppingCart",
    "3dCart",
    "AdobeBC",
    "AmazonAU",
    "AmazonEU",
    "AmazonNA",
    "BigCommerce",
    "BrandBoom",
    "BrightPearl",
    "BuyGoods",
    "Celery",
    "ChannelAdvisor",
    "Clickbank",
    "CommerceHub",
    "Custom",
    "Demandware",
    "Ebay",
    "Ecwid",
    "Etsy",
    "FoxyCart",
    "Goodsie",
    "Infusionsoft",
    "Konnektive",
    "LimeLight",
    "Linio",
    "Linnworks",
    "Magento",
    "Netsuite",
    "NewEgg",
    "Nexternal",
    "NuOrder",
    "Opencart",
    "OrderWave",
    "osCommerce1",
    "Overstock",
    "PayPal",
    "PrestaShop",
    "Pricefalls",
    "Quickbooks",
    "Rakuten",
    "Sears",
    "Sellbrite",
    "SellerCloud",
    "Shipstation",
    "Shopify",
    "Skubana",
    "SolidCommerce",
    "SparkPay",
    "SpreeCommerce",
    "spsCommerce",
    "StitchLabs",
    "StoneEdge",
    "TradeGecko",
    "UltraCart",
    "Volusion",
    "VTEX",
    "Walmart",
    "WooCommerce",
    "Yahoo",
]
MOST_ITEMS = 1000
Serializer = serializers.Serializer[Any]


class ConsigneeNewV2(Serializer):
    """A recipient. E-mail and phone are asked for always."""

    companyName = Text(required=False)
    firstName = Text()
    lastName = Text()
    address1 = Text()
    address2 = Text(required=False)
    addressLocality = Text()
    addressRegion = Text()
    postalCode = Text(64, required=False)
    country = Text()
    phone = Text(64)
    email = Text(254)


class OrderItemRequestV2(Serializer):
    """So many units of a SKU, and what one of them is worth in US dollars."""

    sku = Text(blank=False)
    quantity = Whole(min_value=1)
    declaredValue = Value()


class WarehouseWantedV2(Serializer):
    """The warehouse that is to ship."""

    id = Whole(required=False)


class OrderRequestV2(Serializer):
    """An order to be shipped."""

    merchantId = Whole(required=False)
    merchantOrderId = Text(LONGEST_NUMBER, blank=False)
    shippingMethod = Text(128)
    recipient = ConsigneeNewV2()
    items = serializers.ListField(
        child=OrderItemRequestV2(),
        allow_empty=False,
        min_length=1,
        max_length=MOST_ITEMS,
    )
    warehouse = WarehouseWantedV2(required=False)
    integrator = Choice(INTEGRATORS, required=False)
    notes = Text(5000, required=False)


class OrderShipV2(Serializer):
    """How an order left a partner's warehouse."""

    trackingNumber = Text(100, blank=False)
    weightOverride = Number(required=False)


@extend_schema_field({"type": "string", "pattern": "^[0-9]{6}$"})
class Code(Text):
    """Six digits; others are unknown."""


class StatusWantedV2(Serializer):
    """A status, by its code alone."""

    code = Code(64, blank=False)


class StatusTypeSimpleV2(Serializer):
    """A new status of an order, and why."""

    status = StatusWantedV2()
    reason = Text(500)


class RmaItemRequestV2(Serializer):
    """So many units of a SKU that are expected back."""

    sku = Text(blank=False)
    quantityExpected = Whole(min_value=1)


class RmaRequestV2(Serializer):
    """A return that the merchant announces."""

    rmaNumber = Text(64, blank=False)
    merchantOrderId = Text(LONGEST_NUMBER, required=False)
    recipient = ConsigneeNewV2()
    items = serializers.ListField(
        child=RmaItemRequestV2(),
        allow_empty=False,
        min_length=1,
        max_length=MOST_ITEMS,
    )
