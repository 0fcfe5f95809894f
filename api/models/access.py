"""Login, what a user may do for a merchant; ApiKey; Use and Tries: who called how often, when."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from locations.models import Merchant


class Login(models.Model):
    """A user who may call the API for a merchant. What is not ticked is refused with 403."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="api_logins"
    )
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="api_logins")
    creates_orders = models.BooleanField("place and cancel orders, announce returns", default=False)
    reads_inventory = models.BooleanField("read inventory", default=False)
    is_partner = models.BooleanField(
        "ship as a partner",
        default=False,
        help_text="Sets the status of the merchant’s orders, and ships them. Only for a warehouse "
        "that works for us.",
    )
    made_at = models.DateTimeField("made", default=timezone.now, editable=False)

    class Meta:
        verbose_name = "API login"
        ordering = ["merchant", "user"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "merchant"],
                name="api_login_once",
                violation_error_message="This user has a login for this merchant already.",
            )
        ]
        permissions = [("manage_access", "Can issue and revoke API clients, tokens and keys")]

    def __str__(self) -> str:
        return f"{self.user} for {self.merchant}"


class ApiKey(models.Model):
    """A key that opens tracking, and nothing else. Only its digest is kept."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="api_keys"
    )
    begins = models.CharField("begins with", max_length=8, editable=False)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    made_at = models.DateTimeField("issued", default=timezone.now, editable=False)
    revoked_at = models.DateTimeField("revoked", null=True, editable=False)

    class Meta:
        verbose_name = "tracking key"
        ordering = ["-id"]
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.begins}… of {self.user}"


class Use(models.Model):
    """How often somebody called through one client or key: in all, and in the latest minute."""

    caller = models.CharField(max_length=80, unique=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="api_uses"
    )
    client = models.CharField(max_length=255)
    calls = models.BigIntegerField(default=0)
    minute = models.DateTimeField()
    calls_in_minute = models.PositiveIntegerField(default=0)
    refused = models.BigIntegerField("refused as too many", default=0)
    first_at = models.DateTimeField("first call", default=timezone.now)
    last_at = models.DateTimeField("last call")

    class Meta:
        verbose_name = "API use"
        ordering = ["-last_at"]
        default_permissions = ("view",)

    def __str__(self) -> str:
        return f"{self.user} through {self.client}"


class Tries(models.Model):
    """How often tokens were tried for within a minute, in one of a fixed number of slots."""

    slot = models.PositiveIntegerField(primary_key=True)
    begun_at = models.DateTimeField()
    tries = models.PositiveIntegerField()

    class Meta:
        verbose_name_plural = "tries"
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.tries} since {self.begun_at:%Y-%m-%d %H:%M:%S}"
