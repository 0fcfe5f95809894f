"""Request and Problem: what a merchant asked, what was wrong with it, and how we answered."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from fulfillment.models.orders import FulfillmentOrder, Line
from fulfillment.models.status import StatusCode
from platforms.records import RejectReason, RequestKind
from relay.models import OutboundCall

KINDS = [(RequestKind.FULFILL, "Fulfillment"), (RequestKind.CANCEL, "Cancellation")]
REASONS = [
    (RejectReason.ADDRESS, "Address missing or wrong"),
    (RejectReason.UNDELIVERABLE, "No carrier goes there"),
    (RejectReason.OUT_OF_STOCK, "Out of stock"),
    (RejectReason.PRODUCT, "Product unknown or not shippable"),
    (RejectReason.OTHER, "Other"),
]


class Decision(models.TextChoices):
    """How a request ended."""

    ACCEPTED = "accepted", "Accepted"
    REJECTED = "rejected", "Rejected"
    WITHDRAWN = "withdrawn", "Withdrawn by the merchant"
    ELSEWHERE = "elsewhere", "Answered at the store"


class RuleVerdict(models.TextChoices):
    """What the automatic rule would have done with a request."""

    ACCEPT = "accept", "Accept"
    REJECT = "reject", "Reject"
    LEAVE = "leave", "Leave it to a person"


class Request(models.Model):
    """One thing the merchant asked, and our answer. The same order may be asked for again.

    `decided_at` is when we made up our mind, `told_at` when the store confirmed that it knows.
    `rule_verdict` is what the store's rule would have done while it was in the shadow.
    """

    fulfillment_order = models.ForeignKey(
        FulfillmentOrder, on_delete=models.CASCADE, related_name="requests"
    )
    kind = models.CharField(max_length=20, choices=KINDS)
    cycle = models.PositiveSmallIntegerField()
    message = models.TextField(blank=True)
    notify = models.BooleanField(default=True)
    snapshot = models.JSONField(default=dict)
    received_at = models.DateTimeField(default=timezone.now)
    suggestion = models.CharField(max_length=20, blank=True)
    suggested_reason = models.CharField(max_length=20, choices=REASONS, blank=True)
    suggested_message = models.TextField(blank=True)
    decision = models.CharField(max_length=20, choices=Decision.choices, blank=True)
    reason = models.CharField(max_length=20, choices=REASONS, blank=True)
    answer_message = models.TextField(blank=True)
    decisions_made = models.PositiveSmallIntegerField(default=0)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    rule_verdict = models.CharField(max_length=20, choices=RuleVerdict.choices, blank=True)
    rule_reason = models.TextField(blank=True)
    told_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["fulfillment_order", "kind", "cycle"], name="request_cycle_once"
            ),
            models.UniqueConstraint(
                fields=["fulfillment_order", "kind"],
                condition=Q(closed_at__isnull=True),
                name="request_open_once",
            ),
        ]
        indexes = [
            models.Index(fields=["received_at"], name="request_received"),
            models.Index(
                fields=["-decided_at"],
                condition=Q(decided_by__isnull=False) & ~Q(rule_verdict=""),
                name="request_compared",
            ),
        ]
        permissions = [("compare_rules", "Can compare the rules with what people decided")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} request {self.cycle}"


class Source(models.TextChoices):
    """Who found a problem."""

    TRIAGE = "triage", "Check on arrival"
    STORE = "store", "Store"
    FLOOR = "floor", "Floor"
    CHANGED = "changed", "Change at the store"
    RACE = "race", "Shipment and cancellation at once"
    STOCK = "stock", "Stock"
    BY_HAND = "by_hand", "To be done by hand"
    PARTNER = "partner", "Partner warehouse"


class Problem(models.Model):
    """Something wrong with a fulfillment order, open until it is settled.

    `call` is the one that the store refused, where that is the problem.
    """

    fulfillment_order = models.ForeignKey(
        FulfillmentOrder, on_delete=models.CASCADE, related_name="problems"
    )
    line = models.ForeignKey(Line, null=True, on_delete=models.CASCADE, related_name="problems")
    status_code = models.ForeignKey(
        StatusCode, null=True, on_delete=models.PROTECT, related_name="+"
    )
    source = models.CharField(max_length=20, choices=Source.choices)
    call = models.ForeignKey(OutboundCall, null=True, on_delete=models.SET_NULL, related_name="+")
    detail = models.TextField()
    reject_reason = models.CharField(max_length=20, choices=REASONS, blank=True)
    found_at = models.DateTimeField(default=timezone.now)
    settled_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    settled_how = models.TextField(blank=True)

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(
                fields=["fulfillment_order"],
                condition=Q(settled_at__isnull=True),
                name="problem_open",
            )
        ]

    def __str__(self) -> str:
        return self.detail
