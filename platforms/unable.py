"""What a client answers where its platform has no such call: no, in words, and nothing sent."""

from collections.abc import Sequence
from datetime import datetime
from typing import NoReturn

from platforms.desk import Shown
from platforms.errors import Refused
from platforms.records import (
    AssignedQueue,
    Destination,
    Dispatch,
    Divided,
    FulfillmentOrderRecord,
    FulfillmentRecord,
    HoldReason,
    LineQuantity,
    LocationRecord,
    OrderRecord,
    Page,
    Progress,
    RejectReason,
    Reported,
    ShippingMethodRecord,
    StockEntry,
    StockPage,
    TrackingEventRecord,
    WebhookRecord,
)


class Unable:
    """The base of a client: every call that it does not override is refused."""

    label = ""

    def fetch_locations(self) -> list[LocationRecord]:
        """Refuse."""
        self._refuse("fetch locations")

    def create_location(self, location: LocationRecord) -> LocationRecord:
        """Refuse."""
        self._refuse("create location")

    def update_location(self, location: LocationRecord) -> LocationRecord:
        """Refuse."""
        self._refuse("update location")

    def fetch_assigned(
        self, queue: AssignedQueue, page: str | None = None, since: datetime | None = None
    ) -> Page:
        """Refuse."""
        self._refuse("fetch assigned")

    def fetch_fulfillment_order(self, ref: str) -> FulfillmentOrderRecord:
        """Refuse."""
        self._refuse("fetch fulfillment order")

    def accept_request(self, ref: str, message: str) -> FulfillmentOrderRecord:
        """Refuse."""
        self._refuse("accept request")

    def reject_request(
        self, ref: str, reason: RejectReason, message: str
    ) -> FulfillmentOrderRecord:
        """Refuse."""
        self._refuse("reject request")

    def accept_cancellation(self, ref: str, message: str) -> FulfillmentOrderRecord:
        """Refuse."""
        self._refuse("accept cancellation")

    def reject_cancellation(self, ref: str, message: str) -> FulfillmentOrderRecord:
        """Refuse."""
        self._refuse("reject cancellation")

    def create_fulfillment(self, ref: str, dispatch: Dispatch) -> FulfillmentRecord:
        """Refuse."""
        self._refuse("create fulfillment")

    def fetch_fulfillments(self, ref: str, order_ref: str) -> list[FulfillmentRecord]:
        """Refuse."""
        self._refuse("fetch fulfillments")

    def hold(self, ref: str, reason: HoldReason, message: str) -> FulfillmentOrderRecord:
        """Refuse."""
        self._refuse("hold")

    def release_hold(self, ref: str) -> FulfillmentOrderRecord:
        """Refuse."""
        self._refuse("release hold")

    def close_short(self, ref: str, message: str) -> FulfillmentOrderRecord:
        """Refuse."""
        self._refuse("close short")

    def report_progress(self, ref: str, progress: Progress) -> None:
        """Refuse."""
        self._refuse("report progress")

    def report_final(self, ref: str, shipped: Sequence[LineQuantity]) -> None:
        """Refuse."""
        self._refuse("report final")

    def update_tracking(
        self, ref: str, fulfillment_ref: str, dispatch: Dispatch
    ) -> FulfillmentRecord:
        """Refuse."""
        self._refuse("update tracking")

    def push(self, shown: Sequence[Shown]) -> None:
        """Refuse."""
        self._refuse("push")

    def complete_fulfillment(self, ref: str, fulfillment_ref: str) -> FulfillmentRecord:
        """Refuse."""
        self._refuse("complete fulfillment")

    def cancel_fulfillment(self, ref: str, fulfillment_ref: str) -> FulfillmentRecord:
        """Refuse."""
        self._refuse("cancel fulfillment")

    def fetch_destinations(self, ref: str) -> list[Destination]:
        """Refuse."""
        self._refuse("fetch destinations")

    def move(self, ref: str, location_ref: str, line_refs: Sequence[str]) -> Divided:
        """Refuse."""
        self._refuse("move")

    def split(self, ref: str, units: Sequence[LineQuantity]) -> Divided:
        """Refuse."""
        self._refuse("split")

    def fetch_order_group(self, order_ref: str) -> list[FulfillmentOrderRecord]:
        """Refuse."""
        self._refuse("fetch order group")

    def fetch_order(self, order_ref: str) -> OrderRecord:
        """Refuse."""
        self._refuse("fetch order")

    def fetch_shipping_methods(self) -> list[ShippingMethodRecord]:
        """Refuse."""
        self._refuse("fetch shipping methods")

    def fetch_tracking_events(
        self, order_ref: str, fulfillment_ref: str
    ) -> list[TrackingEventRecord]:
        """Refuse."""
        self._refuse("fetch tracking events")

    def create_tracking_event(
        self, about: Reported, event: TrackingEventRecord
    ) -> TrackingEventRecord:
        """Refuse."""
        self._refuse("create tracking event")

    def fetch_stock(self, location_refs: Sequence[str], page: str | None = None) -> StockPage:
        """Refuse."""
        self._refuse("fetch stock")

    def fetch_stock_entry(self, ref: str) -> StockEntry:
        """Refuse."""
        self._refuse("fetch stock entry")

    def set_stock(self, ref: str, level: int) -> StockEntry:
        """Refuse."""
        self._refuse("set stock")

    def fetch_webhooks(self) -> list[WebhookRecord]:
        """Refuse."""
        self._refuse("fetch webhooks")

    def create_webhook(self, target: str, events: tuple[str, ...], secret: str) -> WebhookRecord:
        """Refuse."""
        self._refuse("create webhook")

    def update_webhook(
        self, ref: str, target: str, events: tuple[str, ...], secret: str
    ) -> WebhookRecord:
        """Refuse."""
        self._refuse("update webhook")

    def delete_webhook(self, ref: str) -> None:
        """Refuse."""
        self._refuse("delete webhook")

    def _refuse(self, what: str) -> NoReturn:
        raise Refused(f"{self.label} has no call to {what}. Nothing was sent.")
