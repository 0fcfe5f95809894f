"""What the API answers. Contract fulfillment_com, section 7; used for our document only."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

Whole = serializers.IntegerField
Text = serializers.CharField
Flag = serializers.BooleanField
Moment = serializers.DateTimeField
Serializer = serializers.Serializer[Any]


def maybe(kind: Any, **options: Any) -> Any:
    """Return a node that is left out where it has no value."""
    return kind(required=False, **options)


def digits(number: int, **options: Any) -> Any:
    """Return a code of so many digits."""
    return serializers.RegexField(f"^[0-9]{{{number}}}$", **options)


class ErrorStandardV2(Serializer):
    """Something was not done."""

    message = Text()


@extend_schema_field(
    {"oneOf": [{"type": "object"}, {"type": "array", "items": {"type": "object"}}]}
)
class Context(serializers.Field[Any, Any, Any, Any]):
    """What an error is about."""


class ErrorStandardWithContextV2(Serializer):
    """Something was not done, because of this."""

    message = Text()
    context = Context()  # type: ignore[assignment]


class PaginationV2(Serializer):
    """Where in a list a page is."""

    total = Whole()
    count = Whole()
    currentPage = Whole()
    totalPages = Whole()


class MetaV2(Serializer):
    """What stands beside a list."""

    pagination = PaginationV2()


class UserV2(Serializer):
    """Somebody."""

    id = Whole()


class MerchantV2(Serializer):
    """Whose it is."""

    id = Whole()
    name = Text()


class WarehouseV2(Serializer):
    """Which warehouse ships it."""

    id = Whole()


class IsoCountryV2(Serializer):
    """A country."""

    id = maybe(Whole)
    iso2 = serializers.RegexField("^[A-Z]{2}$", required=False)
    name = maybe(Text)


class ConsigneeV2(Serializer):
    """A recipient."""

    id = Whole()
    companyName = maybe(Text)
    firstName = Text()
    lastName = Text()
    address1 = Text()
    address2 = maybe(Text)
    addressLocality = Text()
    addressRegion = Text()
    postalCode = Text()
    country = Text()
    phone = maybe(Text)
    email = maybe(Text)
    iso = maybe(IsoCountryV2)
    updatedAt = maybe(Moment)
    updatedBy = maybe(UserV2)


class CarrierV2(Serializer):
    """A carrier; more than its id only when asked for."""

    id = Whole()
    name = maybe(Text)
    symbol = maybe(Text)
    includePeripherals = maybe(Flag)
    enabled = maybe(Flag)
    canReprintPostage = maybe(Flag)
    requiresDimensions = maybe(Flag)
    internalRatesOnly = maybe(Flag)


class TrackingNumberV2(Serializer):
    """The number of a parcel."""

    value = maybe(Text)
    barcodeScanValue = maybe(Text)
    carrier = maybe(CarrierV2)


class StatusPartV2(Serializer):
    """Two digits of a status, and what they say."""

    code = digits(2, required=False)
    name = maybe(Text)


class ActionRequiredByV2(Serializer):
    """Who has to act."""

    id = maybe(Whole)
    name = maybe(Text)


class StatusTypeV2(Serializer):
    """A row of the status table. Two codes stand twice: stage and detail tell them apart."""

    id = maybe(Whole)
    code = digits(6)
    state = StatusPartV2()
    stage = StatusPartV2()
    detailCode = digits(2)
    detail = maybe(Text)
    actionRequiredBy = maybe(ActionRequiredByV2)
    isClosed = maybe(Flag)
    name = maybe(Text)
    reason = maybe(Text)


class StatusEventV2(Serializer):
    """A status that an order has, since when and why."""

    id = Whole()
    status = maybe(StatusTypeV2)
    reason = maybe(Text)
    date = maybe(Moment)
    createdBy = maybe(UserV2)


class LineDetailsV2(Serializer):
    """The product of a line."""

    id = maybe(Whole)
    name = maybe(Text)
    description = maybe(Text)
    externalSku = maybe(Text)
    totalQuantity = maybe(Whole)


class RequestedSkuV2(Serializer):
    """What was asked for."""

    id = maybe(Whole)
    sku = maybe(Text)
    declaredValue = serializers.RegexField("^[0-9.]+$", required=False)
    quantity = maybe(Whole)


class InventoryDetailV2(Serializer):
    """Which lot was taken."""

    lotNum = maybe(Text)
    quantity = maybe(Whole)
    expirationDate = maybe(serializers.DateField)
    serialNum = maybe(Text)


class LineItemV2(Serializer):
    """A line of an order."""

    id = maybe(Whole)
    lineDetails = maybe(LineDetailsV2)
    requestedSkuData = maybe(RequestedSkuV2)
    inventoryDetails = maybe(InventoryDetailV2, many=True)


class ParentOrderV2(Serializer):
    """The order that this one was grouped under."""

    id = maybe(Whole)


class OrderResponseV2(Serializer):
    """An order."""

    id = Whole()
    merchantOrderId = Text()
    merchantShippingMethod = Text()
    purchaseOrderNum = maybe(Text)
    merchant = MerchantV2()
    warehouse = maybe(WarehouseV2)
    parentOrder = maybe(ParentOrderV2)
    currentStatus = StatusEventV2()
    recordedOn = Moment()
    dispatchDate = maybe(Moment)
    departDate = maybe(Moment)
    originalConsignee = ConsigneeV2()
    validatedConsignee = ConsigneeV2()
    trackingNumbers = maybe(TrackingNumberV2, many=True)
    integrator = maybe(Text)
    lineItems = maybe(LineItemV2, many=True)


class OrdersArrayV2(Serializer):
    """A page of orders."""

    data = OrderResponseV2(many=True)  # type: ignore[assignment]
    meta = MetaV2()


class OrderResponseSimpleV2(Serializer):
    """An order in short."""

    id = maybe(Whole)
    merchantOrderId = maybe(Text)
    parentOrderId = maybe(Whole)
    warehouseId = maybe(Whole)
    firstPrintDate = maybe(Moment)
    departDate = maybe(Moment)
    deliveryDate = maybe(Moment)
    carrier = maybe(Text)
    trackingNumbers = maybe(serializers.ListField, child=Text())


class OrdersSimpleArrayV2(Serializer):
    """A page of orders in short."""

    data = OrderResponseSimpleV2(many=True)  # type: ignore[assignment]
    meta = MetaV2()
