"""What the contract calls the ways of a parcel. Contract fulfillment_com, section 7."""

from collections.abc import Mapping

from platforms.records import TrackingStatus

PRE, TRANSIT, ACTION = "Pre Transit", "In Transit", "Action Required"
DELIVERED, RETURNING, RETURNED = "Delivered", "Returning", "Returned"
CODES: Mapping[str, str] = {
    TrackingStatus.UNKNOWN: PRE,
    TrackingStatus.LABEL_CREATED: PRE,
    TrackingStatus.PICKED_UP: TRANSIT,
    TrackingStatus.IN_TRANSIT: TRANSIT,
    TrackingStatus.DELAYED: TRANSIT,
    TrackingStatus.OUT_FOR_DELIVERY: TRANSIT,
    TrackingStatus.AVAILABLE_FOR_PICKUP: ACTION,
    TrackingStatus.ATTEMPT_FAILED: ACTION,
    TrackingStatus.DELIVERED: DELIVERED,
    TrackingStatus.RETURNING: RETURNING,
    TrackingStatus.RETURNED: RETURNED,
    TrackingStatus.EXCEPTION: ACTION,
    TrackingStatus.LOST: ACTION,
    TrackingStatus.CANCELLED: ACTION,
    TrackingStatus.EXPIRED: ACTION,
}
# Published is only that 5 is delivered; the others are ours.
CATEGORIES = {PRE: 1, TRANSIT: 2, ACTION: 3, RETURNING: 4, DELIVERED: 5, RETURNED: 6}
