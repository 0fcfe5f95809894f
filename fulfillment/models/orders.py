"""Order, FulfillmentOrder and Line: what a merchant wants to have shipped."""

from dataclasses import asdict
from datetime import timedelta
from typing import Any

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.search import SearchVector
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce, NullIf, Upper
from django.utils import timezone

from fulfillment.models.status import StatusCode
from locations.models import (
    Location,
    OfWarehouseQuerySet,
    Store,
    Warehouse,
)
from platforms.records import Address, RequestStatus


class WorkStatus(models.TextChoices):
    """How far the floor is. What the merchant and the carrier say stands elsewhere."""

    NEW = "new", "New"
    ALLOCATED = "allocated", "Ready to pick"
    PICKING = "picking", "Being picked"
    PICKED = "picked", "Picked"
    PACKED = "packed", "Packed"
    PARTLY_SHIPPED = "partly_shipped", "Shipped in part"
    SHIPPED = "shipped", "Shipped"
    CLOSED = "closed", "Closed"
    CANCELLED = "cancelled", "Cancelled"


REQUEST_STATUSES = [
    (RequestStatus.PENDING, "Not requested"),
    (RequestStatus.REQUESTED, "Requested"),
    (RequestStatus.ACCEPTED, "Accepted"),
    (RequestStatus.REJECTED, "Rejected"),
    (RequestStatus.CANCEL_REQUESTED, "Cancellation requested"),
    (RequestStatus.CANCEL_ACCEPTED, "Cancellation accepted"),
    (RequestStatus.CANCEL_REJECTED, "Cancellation rejected"),
    (RequestStatus.CLOSED, "Closed"),
    (RequestStatus.UNKNOWN, "Unknown"),
]


class Order(models.Model):
    """A shopper's order at a store; its fulfillment orders share its number.

    `ref` is what the store's API knows it by, `number` what people do. `cancelled_at` is when a
    store that cannot be asked said that it is cancelled, perhaps before it sent the order: all of
    it, or the fulfillment orders in `cancelled_refs`.
    The rest is known only where the store's orders are read. `is_test` is None as long as the
    store has not said.
    """

    store = models.ForeignKey(Store, on_delete=models.PROTECT, related_name="orders")
    ref = models.CharField("number at the store", max_length=100)
    name = models.CharField(max_length=100, blank=True)
    number = models.GeneratedField(
        expression=Coalesce(NullIf("name", models.Value("")), "ref"),
        output_field=models.CharField(max_length=100),
        db_persist=True,
    )
    cancelled_at = models.DateTimeField("cancelled at the store", null=True)
    cancelled_refs = models.JSONField(default=list)
    email = models.CharField("e-mail", max_length=254, blank=True)
    is_test = models.BooleanField("test order", null=True)
    tags = models.JSONField(default=list)
    metadata = models.JSONField(null=True)
    read_at = models.DateTimeField("last read from the store", null=True)
    read_remark = models.TextField("why it could not be read", blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["store", "ref"], name="order_once")]
        indexes = [
            # Upper: search ignores case. The operator class makes "begins with" use it.
            models.Index(OpClass(Upper("number"), name="text_pattern_ops"), name="order_number")
        ]

    def __str__(self) -> str:
        return self.name or self.ref


class FulfillmentOrderQuerySet(OfWarehouseQuerySet["FulfillmentOrder"]):
    """Which fulfillment orders. One at a location we do not know belongs to no warehouse."""

    def to_decide(self) -> "FulfillmentOrderQuerySet":
        """A request for fulfillment waits for our answer."""
        return self.filter(request_status=RequestStatus.REQUESTED, pending_answer="")

    def cancellations(self) -> "FulfillmentOrderQuerySet":
        """A request to cancel waits for our answer."""
        return self.filter(request_status=RequestStatus.CANCEL_REQUESTED, pending_answer="")

    def to_ship(self) -> "FulfillmentOrderQuerySet":
        """Accepted, and units of it still lie here."""
        return self.filter(
            request_status__in=[RequestStatus.ACCEPTED, RequestStatus.CANCEL_REJECTED],
            work_status__in=FLOOR,
            on_hold=False,
            held_here=False,
        )

    def with_problems(self) -> "FulfillmentOrderQuerySet":
        """Something about it is wrong, and a person has not settled it."""
        return self.filter(open_problems__gt=0)

    def in_transit(self) -> "FulfillmentOrderQuerySet":
        """Left the building; the carrier has not brought it yet."""
        return self.filter(work_status__in=AWAY, arrived_at=None)

    def owed(self) -> "FulfillmentOrderQuerySet":
        """Asked for or promised, and units of it still lie here: the clock runs."""
        return self.filter(OWED)

    def late(self) -> "FulfillmentOrderQuerySet":
        """It should have left by now."""
        return self.owed().filter(fulfill_by__lt=timezone.now())

    def due_today(self) -> "FulfillmentOrderQuerySet":
        """It must leave today, as the clocks of its warehouse count days, and is not late yet."""
        now = timezone.now()
        return self.owed().filter(
            fulfill_by__gte=now, fulfill_by__lt=now + LONGEST_DAY, due_from__lte=now
        )

    def with_partner_jobs(self) -> "FulfillmentOrderQuerySet":
        """Fetch at once what each order's guards ask: who else has it."""
        return self.prefetch_related(PARTNER_JOBS)

    def live(self) -> "FulfillmentOrderQuerySet":
        """The merchant or the floor may still do something about it."""
        return self.exclude(work_status__in=ENDED)


FLOOR = (
    WorkStatus.ALLOCATED,
    WorkStatus.PICKING,
    WorkStatus.PICKED,
    WorkStatus.PACKED,
    WorkStatus.PARTLY_SHIPPED,
)
AWAY = (WorkStatus.SHIPPED, WorkStatus.PARTLY_SHIPPED)
ENDED = (WorkStatus.SHIPPED, WorkStatus.CLOSED, WorkStatus.CANCELLED)
OWED_REQUESTS = (RequestStatus.REQUESTED, RequestStatus.ACCEPTED, RequestStatus.CANCEL_REJECTED)
OWED_WORK = (WorkStatus.NEW, *FLOOR)
OWED = Q(
    request_status__in=OWED_REQUESTS,
    work_status__in=OWED_WORK,
    on_hold=False,
    held_here=False,
)
# Who else has an order, as the guards of its transitions ask.
PARTNER_JOBS = "partner_jobs__account__warehouse"
# Where clocks are set back, a day has more than 24 hours.
LONGEST_DAY = timedelta(hours=27)


class FulfillmentOrder(models.Model):
    """The part of an order that one of our warehouses is asked to ship.

    `request_status` is what the platform last confirmed, never what we wish to tell it;
    `pending_answer` is the answer or the change that is on its way. `revision` grows whenever
    what a person decides on (address, lines, hold) changes, so that nobody decides on something
    stale. `offers` is what the platform says may be done now; `destinations` where it may be
    moved to, as last asked. `edits` is what the store changed after we had accepted: it waits
    for a person. `fulfill_by` is the last moment to leave, counted from `requested_at`; on the
    day that begins at `due_from` it is due today.
    """

    store = models.ForeignKey(Store, on_delete=models.PROTECT, related_name="fulfillment_orders")
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="fulfillment_orders")
    ref = models.CharField("number at the store", max_length=64)
    location_ref = models.CharField(max_length=64, blank=True)
    location_name = models.CharField(max_length=255, blank=True)
    location = models.ForeignKey(
        Location, null=True, on_delete=models.PROTECT, related_name="fulfillment_orders"
    )
    warehouse = models.ForeignKey(
        Warehouse, null=True, on_delete=models.PROTECT, related_name="fulfillment_orders"
    )
    request_status = models.CharField(
        max_length=20, choices=REQUEST_STATUSES, default=RequestStatus.PENDING
    )
    pending_answer = models.CharField(max_length=30, blank=True)
    work_status = models.CharField(
        max_length=20, choices=WorkStatus.choices, default=WorkStatus.NEW
    )
    upstream_status = models.CharField(max_length=60, blank=True)
    upstream_request_status = models.CharField(max_length=60, blank=True)
    on_hold = models.BooleanField("on hold at the store", default=False)
    held_here = models.BooleanField("on hold here", default=False)
    offers = models.JSONField(default=list)
    destinations = models.JSONField(default=list)
    destinations_read_at = models.DateTimeField(null=True)
    edits = models.JSONField(null=True)
    changes_asked = models.PositiveSmallIntegerField(default=0)
    open_problems = models.PositiveSmallIntegerField(default=0)
    status_code = models.ForeignKey(
        StatusCode, null=True, on_delete=models.PROTECT, related_name="+"
    )
    recipient = models.CharField(max_length=520, blank=True)
    address = models.JSONField(null=True)
    shipping_code = models.CharField(max_length=128, blank=True)
    shipping_name = models.CharField("shipping method", max_length=255, blank=True)
    cash_due = models.DecimalField(
        "to collect on delivery", max_digits=26, decimal_places=4, null=True
    )
    cash_currency = models.CharField(max_length=3, blank=True)
    note = models.TextField("note for packers", blank=True)
    raw = models.JSONField(default=dict)
    fingerprint = models.CharField(max_length=64, blank=True)
    revision = models.PositiveIntegerField(default=1)
    asked = models.PositiveSmallIntegerField(default=0)
    recorded_at = models.DateTimeField("received", default=timezone.now)
    requested_at = models.DateTimeField("last asked for", null=True)
    fulfill_by = models.DateTimeField("ship by", null=True)
    due_from = models.DateTimeField(null=True)
    dispatched_at = models.DateTimeField(null=True)
    departed_at = models.DateTimeField(null=True)
    arrived_at = models.DateTimeField("all parcels arrived", null=True)
    tracked_at = models.DateTimeField("deliveries last read from the store", null=True)
    read_at = models.DateTimeField("last read from the store", default=timezone.now)
    told_at = models.DateTimeField("last told to the store", null=True)
    shipments_there = models.JSONField("shipments at the store, as last read", default=list)
    shipments_read_at = models.DateTimeField(null=True)

    objects = FulfillmentOrderQuerySet.as_manager()

    class Meta:
        verbose_name = "order"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["store", "ref"], name="fulfillment_order_once")
        ]
        indexes = [
            # They include what a queue is narrowed and counted by, so that no order is read for it.
            models.Index(
                fields=["-id"],
                include=["warehouse"],
                condition=Q(request_status="requested", pending_answer=""),
                name="fo_to_decide",
            ),
            models.Index(
                fields=["-id"],
                include=["warehouse"],
                condition=Q(request_status="cancel_requested", pending_answer=""),
                name="fo_cancellations",
            ),
            models.Index(
                fields=["-id"],
                include=["warehouse", "request_status", "work_status", "on_hold", "held_here"],
                condition=Q(work_status__in=FLOOR),
                name="fo_on_the_floor",
            ),
            # Begins with the soonest and ends with those that have no deadline, as the floor works.
            models.Index(
                fields=["fulfill_by", "-id"],
                include=["warehouse", "request_status", "work_status", "due_from"],
                condition=OWED,
                name="fo_ship_by",
            ),
            models.Index(fields=["fulfill_by", "-id"], name="fo_soonest_first"),
            models.Index(fields=["-fulfill_by", "-id"], name="fo_latest_first"),
            models.Index(
                fields=["-id"],
                include=["warehouse"],
                condition=Q(open_problems__gt=0),
                name="fo_problems",
            ),
            models.Index(
                fields=["-id"],
                include=["warehouse"],
                condition=Q(work_status__in=AWAY, arrived_at=None),
                name="fo_in_transit",
            ),
            models.Index(
                fields=["store", "tracked_at"],
                condition=Q(work_status__in=AWAY, arrived_at=None),
                name="fo_to_track",
            ),
            models.Index(fields=["warehouse", "-id"], name="fo_warehouse"),
            # The work list can be sorted by it.
            models.Index(fields=["recipient", "-id"], name="fo_by_recipient"),
            GinIndex(SearchVector("recipient", config="simple"), name="fo_recipient"),
            models.Index(fields=["ref"], name="fo_ref"),
        ]
        permissions = [
            ("decide_request", "Can accept or reject a request"),
            ("decide_cancellation", "Can accept or reject a cancellation"),
            ("pick", "Can pick"),
            ("ship", "Can pack and ship"),
            ("hold", "Can put an order on hold here and release it"),
            ("force_stock", "Can accept an order that there is not enough stock for"),
            ("redirect", "Can hold an order at the store, close it short, move and split it"),
            ("settle_problem", "Can settle a problem"),
            ("read_again", "Can have an order read again from the store"),
        ]

    def __str__(self) -> str:
        return f"{self.order} · {self.ref}"

    @property
    def lane(self) -> str:
        """What must be told to the store in order."""
        return f"fulfillment_order:{self.pk}"

    @property
    def is_owed(self) -> bool:
        """Tell whether the clock runs, as `owed` asks it of many."""
        return (
            self.request_status in OWED_REQUESTS
            and self.work_status in OWED_WORK
            and not self.on_hold
        )

    @property
    def postal_address(self) -> Address | None:
        """The shipping address in neutral words, or None when the store gave none."""
        return Address(**self.address) if self.address is not None else None

    def has_untold_shipments(self) -> bool:
        """Tell whether something left that the store has not confirmed."""
        return any(shipment.state != "confirmed" for shipment in self.shipments.all())

    def is_held(self) -> bool:
        """Tell whether anybody stopped it: the store, or we ourselves."""
        return self.on_hold or self.held_here

    def close_after_part(self) -> None:
        """End the work on it: what has left is shipped for good. The caller saves."""
        self.work_status = WorkStatus.CLOSED
        last = self.shipments.order_by("shipped_at").last()
        self.departed_at = self.departed_at or (last.shipped_at if last else None)

    def cancel_open_units(self) -> None:
        """Count the units that are still open as cancelled. The caller has locked the order."""
        self.lines.filter(open__gt=0).update(cancelled=F("cancelled") + F("open"), open=0)

    @staticmethod
    def address_as_json(address: Address | None) -> dict[str, Any] | None:
        """Write an address the way the `address` column keeps it."""
        return asdict(address) if address else None


class Line(models.Model):
    """Units of one SKU. Conserved: ordered = open + shipped + cancelled + short."""

    fulfillment_order = models.ForeignKey(
        FulfillmentOrder, on_delete=models.CASCADE, related_name="lines"
    )
    ref = models.CharField(max_length=64)
    order_line_ref = models.CharField(max_length=64, blank=True)
    sku = models.CharField("SKU", max_length=255, blank=True)
    title = models.CharField(max_length=500, blank=True)
    image_url = models.URLField(max_length=1000, blank=True)
    note = models.TextField(blank=True)
    ordered = models.PositiveIntegerField()
    open = models.PositiveIntegerField()
    shipped = models.PositiveIntegerField(default=0)
    cancelled = models.PositiveIntegerField(default=0)
    short = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["fulfillment_order", "ref"], name="line_once"),
            models.CheckConstraint(
                condition=Q(ordered=F("open") + F("shipped") + F("cancelled") + F("short")),
                name="line_units_conserved",
            ),
        ]
        indexes = [models.Index(Upper("sku"), name="line_sku")]

    def __str__(self) -> str:
        return f"{self.ordered} × {self.sku or self.title}"
