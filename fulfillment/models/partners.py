"""PartnerAccount, PartnerJob and PartnerExchange: work that another warehouse's system does."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.utils import timezone
from encrypted_fields.fields import EncryptedTextField

from fulfillment.models.orders import FulfillmentOrder
from locations.models import Merchant, Warehouse, check_base_url
from platforms import partner_registry
from platforms.partners import Partner


class PartnerAccount(models.Model):
    """A merchant's account at the partner who runs a warehouse of ours.

    `methods` names the partner's shipping method for what a store calls it; anything else goes by
    `usual_method`. `unit_value` is what one unit is declared to be worth, in US dollars.
    `begins_with` stands before our number, so that two sites of ours never share one there.
    `stock_seen` is by how much the partner's stock differed from ours when it was last read.
    `pasted` are credentials that somebody has pasted and nobody has tried yet; `failing_since` is
    since when the partner could not be reached.
    """

    warehouse = models.ForeignKey(
        Warehouse, on_delete=models.PROTECT, related_name="partner_accounts"
    )
    merchant = models.ForeignKey(
        Merchant, on_delete=models.PROTECT, related_name="partner_accounts"
    )
    partner_key = models.CharField("partner", max_length=40)
    base_url = models.URLField("API address", max_length=500, blank=True)
    secrets = EncryptedTextField(default="{}", editable=False)
    pasted = EncryptedTextField(default="{}", editable=False)
    options = models.JSONField(default=dict, blank=True)
    begins_with = models.CharField("our numbers begin with", max_length=20, blank=True)
    methods = models.JSONField(default=dict, blank=True)
    usual_method = models.CharField("shipping method", max_length=100, default="Ground")
    unit_value = models.DecimalField(
        max_digits=10, decimal_places=2, default=0, validators=[MinValueValidator(0)]
    )
    requests_per_second = models.FloatField(
        null=True, blank=True, validators=[MinValueValidator(0.1)]
    )
    follows_stock = models.BooleanField("our stock follows the partner’s", default=False)
    stock_seen = models.JSONField(default=dict, editable=False)
    returns_read_at = models.DateTimeField(null=True, blank=True, editable=False)
    paused_at = models.DateTimeField(null=True, blank=True, editable=False)
    pause_reason = models.TextField(blank=True, editable=False)
    checked_at = models.DateTimeField("last tried", null=True, blank=True, editable=False)
    check_result = models.TextField("what its login opens", blank=True, editable=False)
    failing_since = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        ordering = ["warehouse__name", "merchant__name"]
        default_permissions = ("add", "change", "view")
        permissions = [("run_partner", "Can try, pause and resume a partner account")]
        constraints = [
            models.UniqueConstraint(fields=["warehouse", "merchant"], name="partner_account_once")
        ]

    def __str__(self) -> str:
        return f"{self.partner.label} at {self.warehouse}"

    def clean(self) -> None:
        """Fill in the partner's usual address and refuse one that no secret may be sent to."""
        try:
            self.base_url = self.base_url or self.partner.base_url
            self.partner.check_url(self.base_url)
            for option in self.partner.options:
                value = self.options.get(option.name, option.default)
                if option.check:
                    option.check(value)
        except (LookupError, ValueError) as error:
            raise ValidationError(str(error)) from error
        given = [str(value) for value in self.options.values()]
        for url in (self.base_url, *(each for each in given if each.startswith("http"))):
            check_base_url(url)

    @property
    def partner(self) -> Partner:
        """What kind of partner it is."""
        return partner_registry.get(self.partner_key)

    @property
    def credentials(self) -> Mapping[str, str]:
        """The decrypted credentials; for a client, never for a page or a log."""
        return dict(json.loads(self.secrets or "{}"))

    @property
    def filled_options(self) -> dict[str, Any]:
        """What was set for this account; usual values where nothing is."""
        return self.partner.filled_in(self.options)

    @property
    def seconds_apart(self) -> float:
        """The least time between two requests."""
        return 1 / (self.requests_per_second or self.partner.requests_per_second)

    def set_credentials(self, **values: str) -> None:
        """Replace the named credentials, keep the others; an empty one is forgotten.

        The caller saves.
        """
        kept = {name: value for name, value in {**self.credentials, **values}.items() if value}
        self.secrets = json.dumps(kept)

    @property
    def has_pasted(self) -> bool:
        """Tell whether credentials wait to be tried."""
        return bool(json.loads(self.pasted or "{}"))

    def paste(self, **values: str) -> None:
        """Keep what somebody has pasted until it was tried. The caller saves."""
        self.pasted = json.dumps(values)

    def take_pasted(self) -> None:
        """Have the pasted credentials take the place of those that we had, and drop all tokens.

        Nothing is saved.
        """
        names = {field.name for field in self.partner.credentials}
        former = {name: value for name, value in self.credentials.items() if name in names}
        self.secrets = json.dumps(former | json.loads(self.pasted or "{}"))

    @property
    def has_jobs(self) -> bool:
        """Tell whether an order was ever to go there: then our numbers stay as they begin."""
        return self.pk is not None and self.jobs.exists()


class JobState(models.TextChoices):
    """Where a hand-over stands."""

    WAITING = "waiting", "Waiting to be handed over"
    SENDING = "sending", "Being handed over"
    IN_DOUBT = "in_doubt", "In doubt: perhaps the partner has it"
    GIVEN = "given", "With the partner"
    DONE = "done", "Done"
    REFUSED = "refused", "Not taken by the partner"
    CANCELLED = "cancelled", "Cancelled"


LIVE = (JobState.WAITING, JobState.SENDING, JobState.IN_DOUBT, JobState.GIVEN)
# The partner was asked for it, and has not said that it will not ship it.
CLAIMED = (JobState.SENDING, JobState.IN_DOUBT, JobState.GIVEN)


class PartnerJob(models.Model):
    """One order of ours that the partner is to ship. The same order may be asked for again.

    `reference` is our number for it at the partner; from it, the partner knows a repeat. `ref` is
    the partner's. What the partner says is kept as it came. `stop_refused` is the cycle of the
    cancellation for which the partner said that it is too late. `tries` are those in a row.
    `back_wanted_at` is when somebody here wanted it back; `attempt` counts how often it was given:
    what was stopped there goes by a new number.
    """

    fulfillment_order = models.ForeignKey(
        FulfillmentOrder, on_delete=models.PROTECT, related_name="partner_jobs"
    )
    account = models.ForeignKey(PartnerAccount, on_delete=models.PROTECT, related_name="jobs")
    cycle = models.PositiveSmallIntegerField()
    reference = models.CharField("our number", max_length=64)
    ref = models.CharField("number at the partner", max_length=64, blank=True)
    state = models.CharField(max_length=20, choices=JobState.choices, default=JobState.WAITING)
    attempt = models.PositiveSmallIntegerField(default=1)
    reason = models.TextField(blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    run_after = models.DateTimeField("next try", default=timezone.now)
    upstream_code = models.CharField("status code there", max_length=20, blank=True)
    upstream_status = models.TextField("status there", blank=True)
    upstream_reason = models.TextField("reason there", blank=True)
    upstream_needs = models.CharField("it waits for", max_length=100, blank=True)
    tracking = models.JSONField(default=list)
    dispatched_at = models.DateTimeField("begun there", null=True)
    departed_at = models.DateTimeField("left there", null=True)
    back_wanted_at = models.DateTimeField("wanted back since", null=True)
    stop_refused = models.PositiveSmallIntegerField(null=True)
    raw = models.JSONField(default=dict)
    created_at = models.DateTimeField("found", default=timezone.now)
    given_at = models.DateTimeField("handed over", null=True)
    read_at = models.DateTimeField("last read", null=True)

    class Meta:
        verbose_name = "handed-over order"
        ordering = ["id"]
        default_permissions = ("view",)
        permissions = [("hand_over", "Can hand an order over again, and ask a partner about it")]
        constraints = [
            models.UniqueConstraint(fields=["fulfillment_order", "cycle"], name="partner_job_once"),
            models.UniqueConstraint(fields=["account", "reference"], name="partner_number_once"),
        ]
        indexes = [
            models.Index(
                fields=["account", "run_after"],
                condition=models.Q(state__in=LIVE),
                name="partner_job_due",
            ),
            models.Index(fields=["account", "state"], name="partner_job_state"),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def is_theirs(self) -> bool:
        """Tell whether the order is in the partner's hands: asked for there, and not left yet."""
        return self.state in CLAIMED and self.departed_at is None


class PartnerExchange(models.Model):
    """One request to a partner and its answer, without secrets. Written as soon as it ended."""

    account = models.ForeignKey(PartnerAccount, on_delete=models.PROTECT, related_name="exchanges")
    job = models.ForeignKey(
        PartnerJob, null=True, on_delete=models.SET_NULL, related_name="exchanges"
    )
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
        default_permissions = ("view",)
        indexes = [
            models.Index(fields=["at"], name="partner_exchange_at"),
            models.Index(fields=["account", "-id"], name="partner_exchange_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.method} {urlsplit(self.url).path} → {self.status or 'no answer'}"
