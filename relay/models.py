"""Messages in (InboundMessage), calls out (OutboundCall), and the proof of what was said."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from locations.models import Merchant, Store, Warehouse
from relay.correlation import MAX_LENGTH
from relay.enquiries import Enquiry as Enquiry
from relay.enquiries import Showing as Showing


def correlation_column() -> "models.CharField[str, str]":
    """Return the column of what a row was made for. A former release leaves it empty."""
    return models.CharField(max_length=MAX_LENGTH, blank=True, default="", db_default="")


class MessageState(models.TextChoices):
    """What became of a message."""

    RECEIVED = "received", "Received"
    DONE = "done", "Done"
    FAILED = "failed", "Failed"


class InboundMessage(models.Model):
    """One message from a store, kept as it came. The body is the untouched bytes.

    Where the message was a question, `answer` is what we said, with `answer_status`; then the body
    is without its secrets, for nobody reads it again.
    """

    store = models.ForeignKey(Store, on_delete=models.PROTECT, related_name="messages")
    endpoint = models.CharField(max_length=40)
    topic = models.CharField(max_length=100)
    dedupe_key = models.CharField(max_length=200)
    headers = models.JSONField(default=dict)
    body = models.BinaryField()
    remark = models.TextField(blank=True)
    state = models.CharField(
        max_length=20, choices=MessageState.choices, default=MessageState.RECEIVED
    )
    reason = models.TextField(blank=True)
    received_at = models.DateTimeField(default=timezone.now)
    worked_at = models.DateTimeField(null=True)
    answer_status = models.PositiveSmallIntegerField("status of our answer", null=True)
    answer = models.TextField("our answer", blank=True, default="", db_default="")
    correlation_id = correlation_column()

    class Meta:
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["store", "dedupe_key"], name="message_once")]
        indexes = [
            models.Index(
                fields=["store", "id"], condition=Q(state="received"), name="message_to_do"
            ),
            models.Index(fields=["-id"], condition=Q(state="failed"), name="message_failed"),
            models.Index(fields=["correlation_id"], name="message_correlation"),
        ]
        permissions = [("replay_message", "Can replay a message")]

    def __str__(self) -> str:
        return f"{self.topic} of {self.received_at:%Y-%m-%d %H:%M:%S}"


class CallState(models.TextChoices):
    """Where a call stands. The first five keep the calls behind it in its lane waiting."""

    WAITING = "waiting", "Waiting"
    SENDING = "sending", "Being sent"
    IN_DOUBT = "in_doubt", "In doubt"
    REFUSED = "refused", "Refused"
    FAILED = "failed", "Failed"
    DONE = "done", "Done"
    CANCELLED = "cancelled", "Given up"


OPEN_STATES = (
    CallState.WAITING,
    CallState.SENDING,
    CallState.IN_DOUBT,
    CallState.REFUSED,
    CallState.FAILED,
)
DUE_STATES = (CallState.WAITING, CallState.IN_DOUBT)
STUCK_STATES = (CallState.REFUSED, CallState.FAILED)


class Priority(models.IntegerChoices):
    """Which calls of a store go first; the smallest number."""

    ANSWER = 10
    SHIPMENT = 20
    SETUP = 30
    TRACKING = 40
    STOCK = 50


class OutboundCallQuerySet(models.QuerySet["OutboundCall"]):
    """Which calls."""

    def due(self, now: datetime) -> "OutboundCallQuerySet":
        """Those to be made now: nothing open stands before them in their lane."""
        before = OutboundCall.objects.filter(
            Q(priority__lt=OuterRef("priority"))
            | Q(priority=OuterRef("priority"), id__lt=OuterRef("id")),
            store=OuterRef("store"),
            lane=OuterRef("lane"),
            state__in=OPEN_STATES,
        )
        return self.filter(~Exists(before), state__in=DUE_STATES, run_after__lte=now)

    def stuck(self) -> "OutboundCallQuerySet":
        """Those that wait for a person."""
        return self.filter(state__in=STUCK_STATES)


class OutboundCall(models.Model):
    """One thing to tell a store. The row is written with the change that it tells of.

    `key` is the business fact, so the same fact is queued once. `lane` is what must be told in
    order: usually one fulfillment order.
    """

    store = models.ForeignKey(Store, on_delete=models.PROTECT, related_name="calls")
    key = models.CharField(max_length=200)
    verb = models.CharField(max_length=40)
    subject = models.CharField(max_length=200)
    subject_id = models.BigIntegerField()
    lane = models.CharField(max_length=100)
    priority = models.SmallIntegerField(choices=Priority.choices)
    payload = models.JSONField(default=dict)
    state = models.CharField(max_length=20, choices=CallState.choices, default=CallState.WAITING)
    run_after = models.DateTimeField(default=timezone.now)
    attempts_made = models.PositiveIntegerField("attempts", default=0)
    reason = models.TextField(blank=True)
    result = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    correlation_id = correlation_column()

    objects = OutboundCallQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["store", "key"], name="call_once")]
        indexes = [
            models.Index(
                fields=["store", "lane", "priority", "id"],
                condition=Q(state__in=OPEN_STATES),
                name="call_lane",
            ),
            models.Index(
                fields=["store", "priority", "id"],
                condition=Q(state__in=DUE_STATES),
                name="call_due",
            ),
            models.Index(fields=["verb", "subject_id"], name="call_subject"),
            models.Index(fields=["state", "-id"], name="call_state"),
            models.Index(fields=["correlation_id"], name="call_correlation"),
        ]
        permissions = [
            ("retry_call", "Can retry a call"),
            ("give_up_call", "Can give up a call"),
        ]

    def __str__(self) -> str:
        return f"{self.verb_in_words} · {self.subject}"

    @property
    def verb_in_words(self) -> str:
        """The verb as a person reads it: accept_request → Accept request."""
        return self.verb.replace("_", " ").capitalize()


class Attempt(models.Model):
    """One try to make a call, and how it ended."""

    call = models.ForeignKey(OutboundCall, on_delete=models.CASCADE, related_name="attempts")
    started_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=20, blank=True)
    remark = models.TextField(blank=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.started_at:%Y-%m-%d %H:%M:%S} {self.outcome or 'under way'}"


class Exchange(models.Model):
    """One request to a store and its answer, without secrets. Written as soon as it ended.

    `about` is the store's number of the fulfillment order that the address names, if it does.
    """

    store = models.ForeignKey(Store, on_delete=models.PROTECT, related_name="exchanges")
    attempt = models.ForeignKey(
        Attempt, null=True, on_delete=models.CASCADE, related_name="exchanges"
    )
    purpose = models.CharField(max_length=100)
    about = models.CharField(max_length=64, blank=True)
    at = models.DateTimeField(default=timezone.now)
    seconds = models.FloatField()
    method = models.CharField(max_length=10)
    url = models.TextField()
    request_body = models.JSONField(null=True)
    status = models.PositiveSmallIntegerField(null=True)
    answer = models.TextField(blank=True)
    error = models.TextField(blank=True)
    correlation_id = models.CharField(max_length=64)

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["store", "-id"], name="exchange_store"),
            models.Index(fields=["at"], name="exchange_at"),
            models.Index(fields=["correlation_id"], name="exchange_correlation"),
            models.Index(
                fields=["store", "about", "-id"], condition=~Q(about=""), name="exchange_about"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.method} {self.url} → {self.status or self.error}"


class Pace(models.Model):
    """When the next request to a store may go out, for all workers together."""

    store = models.OneToOneField(
        Store, on_delete=models.CASCADE, related_name="pace", primary_key=True
    )
    next_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.store}: {self.next_at:%H:%M:%S.%f}"


class Tally(models.Model):
    """How often something has happened since ever. `relay/tallies.py` counts and adds up.

    A count is spread over a few slots, so that those who count at once do not wait for each other.
    """

    what = models.CharField(max_length=40)
    kind = models.CharField(max_length=150)
    outcome = models.CharField(max_length=20)
    slot = models.SmallIntegerField()
    count = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["what", "kind", "outcome", "slot"], name="tally_once")
        ]

    def __str__(self) -> str:
        return f"{self.what} {self.kind} {self.outcome}: {self.count}"


class Comparison(models.Model):
    """What a comparison with a store found: order by order, or stock record by stock record.

    `differences` holds the first of them, `found` says how many there were. `persistent` is how
    many of them the comparison before had found too.
    """

    class About(models.TextChoices):
        """What was compared."""

        ORDERS = "orders", "Orders"
        STOCK = "stock", "Stock"

    store = models.ForeignKey(Store, on_delete=models.CASCADE, related_name="comparisons")
    about = models.CharField(
        max_length=20, choices=About.choices, default=About.ORDERS, db_default=About.ORDERS
    )
    started_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(default=timezone.now)
    compared = models.PositiveIntegerField(default=0)
    found = models.PositiveIntegerField(default=0)
    persistent = models.PositiveIntegerField(default=0)
    differences = models.JSONField(default=list)
    failure = models.TextField(blank=True)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["store", "-id"], name="comparison_store")]

    def __str__(self) -> str:
        return f"{self.store}: {self.found} differences in {self.compared} {self.about}"


class Alarm(models.Model):
    """Something that a person must see. One open alarm per kind and what it is about.

    It is about a store, or about a merchant's goods in a warehouse that a partner runs.
    """

    store = models.ForeignKey(Store, null=True, on_delete=models.CASCADE, related_name="alarms")
    warehouse = models.ForeignKey(
        Warehouse, null=True, on_delete=models.CASCADE, related_name="alarms"
    )
    merchant = models.ForeignKey(
        Merchant, null=True, on_delete=models.CASCADE, related_name="alarms"
    )
    kind = models.CharField(max_length=40)
    message = models.TextField()
    raised_at = models.DateTimeField(default=timezone.now)
    cleared_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-raised_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["store", "kind"],
                condition=Q(cleared_at__isnull=True),
                name="alarm_open_once",
            ),
            models.UniqueConstraint(
                fields=["warehouse", "merchant", "kind"],
                condition=Q(cleared_at__isnull=True),
                name="alarm_of_partner_open_once",
            ),
            models.CheckConstraint(
                condition=Q(store__isnull=False, warehouse=None, merchant=None)
                | Q(store=None, warehouse__isnull=False, merchant__isnull=False),
                name="alarm_about_one_thing",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.about}: {self.message}"

    @property
    def about(self) -> str:
        """What it is about, in words."""
        return str(self.store or f"{self.warehouse}, for {self.merchant}")


class SpentCode(models.Model):
    """A code of an installation that we have sent once, by its fingerprint; never sent again."""

    digest = models.CharField(max_length=64, unique=True)
    at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M:%S}"
