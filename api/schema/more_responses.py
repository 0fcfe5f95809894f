"""What the API answers beside orders: stock, returns, fees, tracking and people."""

from rest_framework import serializers

from api.schema.requests import RmaItemRequestV2
from api.schema.responses import (
    ConsigneeV2,
    Flag,
    MetaV2,
    Moment,
    Serializer,
    Text,
    TrackingNumberV2,
    UserV2,
    Whole,
    maybe,
)
from api.trackwords import CODES


class SkuReferenceV2(Serializer):
    """A product."""

    id = maybe(Whole)
    skuReference = maybe(Text)


class MerchantNameV2(Serializer):
    """Whose it is, by name."""

    name = maybe(Text)


class NamedV2(Serializer):
    """Something with a name."""

    id = maybe(Whole)
    name = maybe(Text)


class TotalV2(Serializer):
    """What a new order can use, and what lies there."""

    availableToPromise = maybe(Whole)
    onHand = maybe(Whole)


class QuantityV2(Serializer):
    """How much there is."""

    total = maybe(TotalV2)


class ItemInventoryV2(Serializer):
    """How much of a product there is."""

    item = maybe(SkuReferenceV2)
    merchant = maybe(MerchantNameV2)
    quantity = maybe(QuantityV2)


class ItemInventoryArrayV2(Serializer):
    """A page of products."""

    data = ItemInventoryV2(many=True)  # type: ignore[assignment]
    meta = MetaV2()


class InventoryFullV2(Serializer):
    """How much of a product a warehouse can ship."""

    id = maybe(Whole)
    availableToPromise = maybe(Whole)
    warehouse = maybe(NamedV2)
    item = maybe(SkuReferenceV2)
    merchant = maybe(NamedV2)


class InventoryArrayV2(Serializer):
    """A page of levels."""

    data = InventoryFullV2(many=True)  # type: ignore[assignment]
    meta = MetaV2()


class IdTitleV2(Serializer):
    """A word of a list."""

    id = Whole()
    title = Text()


class NonRestockedReasonV2(Serializer):
    """Why units are not for sale again."""

    id = maybe(Whole)
    title = maybe(Text)


class ReturnedItemV2(Serializer):
    """A product that came back."""

    id = maybe(Whole)
    sku = maybe(Text)
    name = maybe(Text)


class RmaItemV2(Serializer):
    """Units that are expected back, or came."""

    id = maybe(Whole)
    item = maybe(ReturnedItemV2)
    quantityExpected = maybe(Whole, allow_null=True)
    quantityShipped = maybe(Whole)
    quantityReturned = maybe(Whole)
    quantityRestocked = maybe(Whole)
    nonRestockedReason = maybe(NonRestockedReasonV2, allow_null=True)
    comments = maybe(Text, allow_null=True)


class ReturnedOrderV2(Serializer):
    """The order of which something came back."""

    id = maybe(Whole)
    merchantId = maybe(Whole)
    merchantOrderId = maybe(Text)


class ReturnV2(Serializer):
    """A return."""

    id = Whole()
    order = maybe(ReturnedOrderV2, allow_null=True)
    rmaNumber = maybe(Text, allow_null=True)
    status = IdTitleV2()
    reason = IdTitleV2()
    returnedBy = maybe(Text, allow_null=True)
    comments = maybe(Text, allow_null=True)
    rmaItems = maybe(RmaItemV2, many=True)
    createdAt = Moment()
    createdBy = UserV2()
    updatedAt = Moment()
    updatedBy = UserV2()


class ReturnsArrayV2(Serializer):
    """A page of returns."""

    data = ReturnV2(many=True)  # type: ignore[assignment]
    meta = MetaV2()


class RmaResponseV2(Serializer):
    """A return that was announced."""

    rmaNumber = Text()
    merchantOrderId = maybe(Text)
    recipient = ConsigneeV2()
    items = RmaItemRequestV2(many=True)
    message = maybe(Text)


class InvoicedOrderV2(Serializer):
    """The order that was invoiced."""

    id = maybe(Whole)
    merchantOrderId = maybe(Text)
    recordedDate = maybe(serializers.DateField)
    invoiceDate = maybe(serializers.DateField)


class ShortNameV2(Serializer):
    """A warehouse in short."""

    id = maybe(Whole)
    shortName = maybe(Text)


class FeesV2(Serializer):
    """What was charged, in US dollars."""

    fulfillment = maybe(serializers.FloatField)
    picking = maybe(serializers.FloatField)
    envelope = maybe(serializers.FloatField)
    insert = maybe(serializers.FloatField)
    kitting = maybe(serializers.FloatField)
    print = maybe(serializers.FloatField)
    box = maybe(serializers.FloatField)
    postage = maybe(serializers.FloatField)
    total = maybe(serializers.FloatField)


class InvoicedItemV2(Serializer):
    """Units that were invoiced."""

    id = Whole(min_value=1, required=False)
    name = maybe(Text)
    quantity = Whole(min_value=1, required=False)
    wmsItemId = maybe(Text)


class AccountingV2(Serializer):
    """The fees of an order."""

    order = maybe(InvoicedOrderV2)
    merchant = maybe(NamedV2)
    warehouse = maybe(ShortNameV2)
    fees = maybe(FeesV2)
    itemCount = maybe(Whole)
    items = maybe(InvoicedItemV2, many=True)


class AccountingArrayV2(Serializer):
    """A page of fees."""

    data = AccountingV2(many=True)  # type: ignore[assignment]
    meta = MetaV2()


class TrackStatusV2(Serializer):
    """Where a parcel is."""

    code = maybe(Text)
    description = maybe(Text)


class TrackEventV2(Serializer):
    """Something that a carrier said."""

    code = serializers.ChoiceField(sorted(set(CODES.values())), required=False)
    location = maybe(Text)
    timestamp = maybe(Moment)
    status = maybe(Text)


class TrackResponseV2(Serializer):
    """What is known of a parcel."""

    trackingNumber = maybe(Text)
    carrier = maybe(Text)
    service = maybe(Text)
    status = maybe(TrackStatusV2)
    firstTransitEvent = maybe(Moment)
    deliveryEvent = maybe(Moment)
    events = maybe(TrackEventV2, many=True)


class TrackedEventV2(Serializer):
    """Something that a carrier, or we, said. Where it was is left out."""

    eventSource = serializers.ChoiceField(["carrier", "internal"], required=False)
    eventDateTime = maybe(Moment)
    eventCategoryCode = maybe(Whole)
    eventCategory = maybe(Text)
    eventStatus = maybe(Text)


class TrackByQueryResponseV2(Serializer):
    """What is known of a parcel, in the older form."""

    trackingNumber = maybe(TrackingNumberV2)
    fdcOrderId = maybe(Whole)
    status = maybe(Text)
    statusMessage = maybe(Text)
    statusCategoryCode = maybe(Whole)
    statusDateTime = maybe(Moment)
    firstTransitEvent = maybe(Moment)
    firstCheckedDateTime = maybe(Moment)
    lastCheckedDateTime = maybe(Moment)
    lastUpdatedDateTime = maybe(Moment)
    trackedEvents = maybe(TrackedEventV2, many=True)


class MyMerchantV2(Serializer):
    """For whom a user may call."""

    id = maybe(Whole)


class UserContactV2(Serializer):
    """A user."""

    id = Whole()
    name = maybe(Text)
    username = maybe(Text)
    status = maybe(Flag)
    merchant = maybe(MyMerchantV2)
    createDate = maybe(Moment)
    updatedAt = maybe(Moment)
