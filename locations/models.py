"""Merchant, Store, Warehouse and Location, and which staff work where."""

import ipaddress
import json
import secrets
import zoneinfo
from collections.abc import Mapping
from typing import Any, Self, TypeVar
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from encrypted_fields.fields import EncryptedTextField

from locations.calendar import MONDAY_TO_FRIDAY, check_dates, check_weekdays
from platforms import registry
from platforms.interface import Platform
from platforms.records import Address

ALL_WAREHOUSES = "locations.work_in_all_warehouses"
Row = TypeVar("Row", bound=models.Model)
LOCAL_HOSTS = {"127.0.0.1", "localhost", "::1"}


def new_key() -> str:
    """Return a key that cannot be guessed, for an address that only one store is given."""
    return secrets.token_urlsafe(24)


def check_time_zone(name: str) -> None:
    """Raise ValidationError unless `name` is a time zone such as Europe/Berlin."""
    if name not in zoneinfo.available_timezones():
        raise ValidationError(f"“{name}” is not a time zone. Example: America/Los_Angeles.")


class Merchant(models.Model):
    """Someone whose goods lie in our warehouses and whose orders we ship."""

    name = models.CharField(max_length=200, unique=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class WarehouseQuerySet(models.QuerySet["Warehouse"]):
    """Which warehouses."""

    def worked_by(self, user: AbstractBaseUser | AnonymousUser) -> "WarehouseQuerySet":
        """Those whose work this user may see and change."""
        if works_everywhere(user):
            return self
        return self.filter(staff__in=[user.pk])


def ids_worked_by(user: Any) -> list[int]:
    """Return the ids of the warehouses the user works in; read once for each request's user.

    Ids instead of a subquery: the planner then knows how few rows they stand for.
    """
    known: list[int] | None = vars(user).get("_works_in")
    if known is None:
        known = list(Warehouse.objects.worked_by(user).values_list("pk", flat=True))
        vars(user)["_works_in"] = known
    return known


def works_everywhere(user: Any) -> bool:
    """Tell whether the user may work in every warehouse."""
    return bool(user.has_perm(ALL_WAREHOUSES))


class OfWarehouseQuerySet(models.QuerySet[Row]):
    """Rows that belong to a warehouse by their `warehouse`."""

    def seen_by(self, user: AbstractBaseUser | AnonymousUser) -> Self:
        """Those of the warehouses the user works in.

        One without a warehouse is seen only by those who work in all of them.
        """
        return self if works_everywhere(user) else self.filter(warehouse__in=ids_worked_by(user))


class Warehouse(models.Model):
    """A building of ours that ships.

    `counted_with` says with which of its hours the ship-by times of its open orders were counted.
    """

    name = models.CharField(max_length=128, unique=True)
    line1 = models.CharField("street", max_length=255)
    line2 = models.CharField("street, second line", max_length=255, blank=True)
    city = models.CharField(max_length=255)
    region = models.CharField("state or region", max_length=255, blank=True)
    postcode = models.CharField(max_length=64, blank=True)
    country = models.CharField(max_length=2, help_text="Two letters, such as US.")
    phone = models.CharField(max_length=64, blank=True)
    time_zone = models.CharField(max_length=64, default="UTC", validators=[check_time_zone])
    cutoff = models.TimeField(
        null=True,
        blank=True,
        help_text=(
            "Last time to be on today’s truck, on the clocks there. Empty: orders have no ship-by "
            "time. After a change of hours, open orders are counted anew within a minute."
        ),
    )
    working_days = models.CharField(
        max_length=40, default=MONDAY_TO_FRIDAY, validators=[check_weekdays]
    )
    closed_days = models.TextField(
        blank=True,
        max_length=5000,
        validators=[check_dates],
        help_text="One date a line, such as: 2026-12-25 Christmas",
    )
    handling_days = models.PositiveSmallIntegerField(
        default=0,
        blank=True,
        validators=[MaxValueValidator(60)],
        help_text=(
            "Working days that a request may take. 0: what is asked for before the cutoff ships "
            "that day."
        ),
    )
    counted_with = models.CharField(max_length=64, blank=True, editable=False)
    staff = models.ManyToManyField(
        settings.AUTH_USER_MODEL,
        blank=True,
        related_name="warehouses",
        help_text="Who works here. They see this warehouse's orders and no others.",
    )

    objects = WarehouseQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        permissions = [("work_in_all_warehouses", "Can work in all warehouses")]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Write the country in upper case."""
        self.country = self.country.upper()

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        """The time zone of the clocks there."""
        return zoneinfo.ZoneInfo(self.time_zone)

    @property
    def address(self) -> Address:
        """The address in neutral words."""
        return Address(
            line1=self.line1,
            line2=self.line2,
            city=self.city,
            region=self.region,
            postcode=self.postcode,
            country=self.country,
            phone=self.phone,
        )


class RequestPolicy(models.TextChoices):
    """Who decides on a request for fulfillment; in the shadow, the rule decides nothing."""

    BY_HAND = "by_hand", "A person decides every request"
    SHADOW = "shadow", "A person decides every request, and is compared with the rule"
    ACCEPT_WHEN_CLEAR = "accept_when_clear", "Accept when no problem is found"


class CancellationPolicy(models.TextChoices):
    """Who decides on a request to cancel; in the shadow, the rule decides nothing."""

    BY_HAND = "by_hand", "A person decides every cancellation"
    SHADOW = "shadow", "A person decides every cancellation, and is compared with the rule"
    BY_PHYSICAL_STATE = "by_physical_state", "Accept before picking, reject after shipping"


class StockPolicy(models.TextChoices):
    """Which figure a store is told of the stock that lies here."""

    OFF = "off", "Tell it nothing"
    AVAILABLE = "available", "What can still be promised, to anybody"
    SELLABLE = "sellable", "What can be sold, less what other stores’ orders hold"


class StoreQuerySet(models.QuerySet["Store"]):
    """Which stores."""

    def running(self) -> "StoreQuerySet":
        """Those we may talk to."""
        return self.filter(paused_at__isnull=True)

    def publishing(self) -> "StoreQuerySet":
        """Those that are told of stock."""
        return self.exclude(stock_policy=StockPolicy.OFF)


class Store(models.Model):
    """A merchant's account on one platform, and the credentials we reach it with."""

    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="stores")
    name = models.CharField(max_length=200, unique=True)
    platform_key = models.CharField("platform", max_length=40)
    account = models.CharField(
        max_length=255, help_text="The store's name at the platform, such as acme-outdoors."
    )
    base_url = models.URLField(
        "API address", max_length=500, blank=True, help_text="Empty: the platform's usual one."
    )
    secrets = EncryptedTextField(default="{}", editable=False)
    scopes = models.TextField(
        blank=True,
        editable=False,
        help_text="What the merchant has granted our app, separated by blanks. Empty: not known.",
    )
    installed_at = models.DateTimeField(
        "installed as an app", null=True, blank=True, editable=False
    )
    endpoint_key = models.CharField(max_length=64, unique=True, default=new_key, editable=False)
    request_policy = models.CharField(
        "requests",
        max_length=40,
        choices=RequestPolicy.choices,
        default=RequestPolicy.BY_HAND,
    )
    cancellation_policy = models.CharField(
        "cancellations",
        max_length=40,
        choices=CancellationPolicy.choices,
        default=CancellationPolicy.BY_HAND,
    )
    reads_orders = models.BooleanField(
        "read whole orders",
        default=False,
        help_text="Reads the customer’s e-mail address, and whether an order is a test, before a "
        "rule accepts it. One more request per order; at 29 Next, the token needs the scope "
        "orders:read.",
    )
    tells_tracking = models.BooleanField(
        "tell the store what carriers say",
        default=False,
        help_text="Carrier events that staff record are passed on to the store. At 29 Next, the "
        "token needs the scopes orders:read and orders:write.",
    )
    stock_policy = models.CharField(
        "stock",
        max_length=20,
        choices=StockPolicy.choices,
        default=StockPolicy.OFF,
        help_text="A store that subtracts its own open orders (29 Next does) is told what can be "
        "sold less what other stores’ orders hold. The token needs the scopes catalogue:read and "
        "catalogue:write.",
    )
    stock_buffer = models.PositiveIntegerField(
        "units kept back",
        default=0,
        blank=True,
        help_text="So many units of each product this store is not told of.",
    )
    stock_cap = models.PositiveIntegerField(
        "units at most", null=True, blank=True, help_text="It is never told of more than this."
    )
    stock_read_at = models.DateTimeField(
        "stock records last read", null=True, blank=True, editable=False
    )
    options = models.JSONField(default=dict, blank=True)
    # Verbs that this store was found not to offer; forgotten when its connection is tested.
    lacks = models.JSONField(default=list, editable=False)
    requests_per_second = models.FloatField(
        null=True,
        blank=True,
        validators=[MinValueValidator(0.1)],
        help_text="Only where the platform has agreed to another limit than its usual one.",
    )
    paused_at = models.DateTimeField(null=True, blank=True, editable=False)
    pause_reason = models.TextField(blank=True, editable=False)
    checked_at = models.DateTimeField("last tested", null=True, blank=True, editable=False)
    check_result = models.TextField("result of the last test", blank=True, editable=False)
    subscribed_at = models.DateTimeField("subscribed", null=True, blank=True, editable=False)
    subscription_remark = models.TextField("subscription", blank=True, editable=False)
    pulled_at = models.DateTimeField("last asked for work", null=True, blank=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = StoreQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["platform_key", "account"],
                name="store_account_once",
                violation_error_message="This store is connected already.",
            )
        ]
        permissions = [
            ("test_store", "Can test a store's connection"),
            ("resume_store", "Can pause and resume a store"),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Fill in the platform's usual address and refuse one that is not safe to send a key to."""
        self.account = self.account.strip().lower()
        try:
            self.base_url = self.base_url or self.platform.base_url(self.account)
        except (LookupError, ValueError) as error:
            raise ValidationError(str(error)) from error
        check_base_url(self.base_url)
        self._check_options()
        self._check_wishes()

    def _check_options(self) -> None:
        """Refuse options that the platform does not have, or that make no sense to it."""
        known = {option.name: option for option in self.platform.options}
        if unknown := sorted(self.options.keys() - known.keys()):
            raise ValidationError(f"{self.platform.label} has no option {unknown[0]!r}.")
        for name, value in self.options.items():
            if str(value).startswith(("http:", "https:")):
                # A secret may be sent there, as to the API itself.
                check_base_url(str(value))
            try:
                if check := known[name].check:
                    check(value)
            except ValueError as error:
                raise ValidationError(f"{known[name].label}: {error}") from error

    def _check_wishes(self) -> None:
        can = self.platform.capabilities
        if self.reads_orders and not can.shows_orders:
            raise ValidationError(f"{self.platform.label} does not show whole orders.")
        if self.stock_policy != StockPolicy.OFF and not can.keeps_stock:
            raise ValidationError(f"{self.platform.label} has no stock records that we can set.")
        if self.tells_tracking and not can.takes_delivery_events:
            raise ValidationError(f"{self.platform.label} does not take what carriers say.")

    @property
    def platform(self) -> Platform:
        """The platform this store lives on."""
        return registry.get(self.platform_key)

    @property
    def credentials(self) -> Mapping[str, str]:
        """The decrypted credentials; for a client, never for a page or a log."""
        return dict(json.loads(self.secrets or "{}"))

    @property
    def filled_options(self) -> dict[str, Any]:
        """What only its platform has to be told of this store; usual values where nothing is."""
        return self.platform.filled_in(self.options)

    @property
    def carriers(self) -> dict[str, str]:
        """The carriers that the store takes, by code: the platform's, and those of its own."""
        own = str(self.filled_options.get(self.platform.carriers_option, ""))
        pairs = (line.partition("=") for line in own.splitlines() if line.strip())
        named = {code.strip(): (name.strip() or code.strip()) for code, _, name in pairs}
        return {**self.platform.carriers, **named}

    def set_credentials(self, **values: str) -> None:
        """Replace the named credentials, keep the others; an empty one is forgotten.

        The caller saves.
        """
        kept = {name: value for name, value in {**self.credentials, **values}.items() if value}
        self.secrets = json.dumps(kept)

    @property
    def webhook_secret(self) -> str:
        """The secret that signs this store's webhooks; empty until one is subscribed."""
        return self.credentials.get("webhook_secret", "")


def check_base_url(url: str) -> None:
    """Raise ValidationError unless a store's key may be sent to `url`."""
    parts = urlsplit(url)
    if parts.username or parts.password:
        raise ValidationError("The API address must not contain a user name or password.")
    if parts.hostname in LOCAL_HOSTS:
        if not settings.ALLOW_LOCAL_STORES:
            raise ValidationError(
                "The API address points at this machine. Only a development site may do that "
                "(setting ALLOW_LOCAL_STORES)."
            )
        return
    if parts.scheme != "https":
        raise ValidationError("The API address must begin with https://.")
    if _is_private(parts.hostname or ""):
        raise ValidationError("The API address points into a private network.")


def _is_private(host: str) -> bool:
    """Tell whether the host is a number that is not on the public internet."""
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return False


class LocationState(models.TextChoices):
    """How far a location's registration at the store is."""

    WANTED = "wanted", "Being registered"
    REGISTERED = "registered", "Registered"
    REFUSED = "refused", "Refused by the store"


class Location(models.Model):
    """A warehouse as one store knows it."""

    store = models.ForeignKey(Store, on_delete=models.PROTECT, related_name="locations")
    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT, related_name="locations")
    ref = models.CharField("number at the store", max_length=64, blank=True, editable=False)
    name = models.CharField(max_length=128)
    state = models.CharField(
        max_length=20, choices=LocationState.choices, default=LocationState.WANTED, editable=False
    )
    remark = models.TextField(blank=True, editable=False)
    tries = models.PositiveSmallIntegerField(default=0, editable=False)
    registered_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        ordering = ["store", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["store", "ref"], condition=~models.Q(ref=""), name="location_ref_once"
            ),
            models.UniqueConstraint(
                fields=["store", "warehouse"],
                name="location_warehouse_once",
                violation_error_message="This warehouse has a location at this store already.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.store})"
