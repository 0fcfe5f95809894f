"""The platform's vocabulary: statuses and the ways between them, events, methods, countries."""

FULFILLABLE = "order_fulfillable"
CANCELLATION = "order_cancelled"
EVENTS = (FULFILLABLE, CANCELLATION)

PLACED = "order_placed"
PREPARED = "preparing_items_complete"
IN_TRANSIT = "in_transit"
DELIVERED = "delivered"
CANCELLED = "cancelled"
WAY = (PLACED, "received_by_fulfiller", "preparing_items", PREPARED, IN_TRANSIT)
"""Steps forward; each but the last may be skipped."""
SENDABLE = (*WAY[1:], DELIVERED)
"""What a fulfiller may say of a fulfillment; `cancelled` is not among it."""

SHIPPED = "shipped"
PARCEL_WAY = ("created", SHIPPED, DELIVERED)

SENT_TO_FULFILLER = "sent_to_fulfiller"
COMPLETED = "completed"
METHODS = ("carrier_delivery", "local_delivery", "in_store_pickup")
CARRIERS = ("fedex", "ups")


def may_follow(before: str, after: str) -> bool:
    """Whether a fulfiller may lead a fulfillment from one status to another."""
    if after == DELIVERED:
        return before == IN_TRANSIT
    if before not in WAY or after not in WAY:
        return False
    return WAY.index(before) < WAY.index(after)


def parcel_may_follow(before: str | None, after: str) -> bool:
    """Whether a parcel may be told so; a first `shipped` needs no `created` before it."""
    if before is None:
        return after != DELIVERED
    return PARCEL_WAY.index(after) == PARCEL_WAY.index(before) + 1
