"""All that comes in and goes out by message: who reads a topic, who delivers a verb."""

from collections.abc import Callable, Mapping

from fulfillment import (
    completing,
    corrections,
    final_count,
    notices,
    progress,
    shipments,
    taking_back,
    told,
    tracking,
)
from fulfillment.answers import AnswerDelivery
from fulfillment.change_deliveries import CHANGE_DELIVERIES
from fulfillment.completing import CompletionDelivery
from fulfillment.corrections import CorrectionDelivery
from fulfillment.departures import ShipmentDelivery
from fulfillment.event_delivery import EventDelivery
from fulfillment.final_count import FinalDelivery
from fulfillment.progress import ProgressDelivery
from fulfillment.serving import addresses, reporting, stopping, taking
from fulfillment.serving import stock as levels
from fulfillment.serving.pushing import PushDelivery
from fulfillment.taking_back import TakingBackDelivery
from fulfillment.transitions import ANSWERS
from inventory import sync
from inventory.stock_delivery import StockDelivery
from locations.models import Store
from platforms.desk import Answered, Asked, Operation
from relay import registration, subscription
from relay.delivery import Delivery
from relay.models import InboundMessage

# (platform key, topic) → who reads it. Contract next29, sections 8 and 14.
READERS: Mapping[tuple[str, str], Callable[[InboundMessage], None]] = {
    ("next29", "fulfillment_requested"): notices.ask_for_work,
    ("next29", "cancellation_requested"): notices.ask_for_work,
    ("next29", "unknown"): notices.ask_for_work,
    ("next29", "order.updated"): notices.ask_for_work,
    ("next29", "fulfillment.created"): notices.ask_for_deliveries,
    ("next29", "fulfillment.updated"): notices.ask_for_deliveries,
    ("next29", "app.uninstalled"): notices.stop_store,
    # Contract spresso, section 4.2. What contradicts its address is kept, and read by nobody.
    ("spresso", "order_fulfillable"): told.take_in_message,
    ("spresso", "order_cancelled"): told.take_in_message,
    # Contract haravan, section 14.6. Each is a hint: the orders that have changed are listed.
    **{
        ("haravan", f"orders/{what}"): notices.ask_for_work
        for what in ("create", "updated", "paid", "cancelled", "delete")
    },
    ("haravan", "orders/fulfilled"): notices.ask_for_deliveries,
    ("haravan", "refunds/create"): notices.ask_for_work,
    ("haravan", "app/uninstalled"): notices.stop_store,
    ("haravan", "test"): notices.pass_over,
}

# (platform key, what is asked) → who does it and says what became of it. Contract spree_hub, 7.
ANSWERERS: Mapping[tuple[str, str], Callable[[Store, Asked], Answered]] = {
    ("spree_hub", Operation.TAKE): taking.take,
    ("spree_hub", Operation.CHANGE): taking.take,
    ("spree_hub", Operation.CANCEL): stopping.cancel,
    ("spree_hub", Operation.CHECK_ADDRESS): addresses.check_address,
    ("spree_hub", Operation.SHIPMENTS): reporting.shipments,
    ("spree_hub", Operation.STOCK): levels.stock,
}

DELIVERIES: Mapping[str, Delivery] = {
    **{str(action): AnswerDelivery(action) for action in ANSWERS},
    **{str(action): delivery for action, delivery in CHANGE_DELIVERIES.items()},
    progress.VERB: ProgressDelivery(),
    shipments.VERB: ShipmentDelivery(),
    shipments.PUSH: PushDelivery(),
    final_count.VERB: FinalDelivery(),
    completing.VERB: CompletionDelivery(),
    taking_back.VERB: TakingBackDelivery(),
    corrections.VERB: CorrectionDelivery(),
    tracking.VERB: EventDelivery(),
    sync.VERB: StockDelivery(),
    registration.VERB: registration.LocationDelivery(),
    subscription.VERB: subscription.SubscriptionDelivery(),
}
