"""StockFile: a file of products or of stock, what each of its rows would do, and who applied it."""

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db import models
from django.utils import timezone

from locations.models import Merchant, works_everywhere


class FileKind(models.TextChoices):
    """What the rows of a file are about."""

    PRODUCTS = "products", "Products"
    LEVELS = "levels", "Stock"


class FileState(models.TextChoices):
    """How far a file is."""

    PREVIEW = "preview", "Waits to be applied"
    WRONG = "wrong", "Has errors"
    NOTHING = "nothing", "Nothing to change"
    APPLIED = "applied", "Applied"


class StockFileQuerySet(models.QuerySet["StockFile"]):
    """Which files."""

    def seen_by(self, user: AbstractBaseUser | AnonymousUser) -> "StockFileQuerySet":
        """A person's own; those who work in all warehouses see everybody's."""
        return self if works_everywhere(user) else self.filter(uploaded_by=user.pk)


class StockFile(models.Model):
    """One file that somebody sent, as rows: what each would do, as it was seen before applying.

    The file itself is not kept; the rows are all that is needed, and any process can read them.
    """

    kind = models.CharField("about", max_length=20, choices=FileKind.choices)
    file_name = models.CharField("file", max_length=255)
    merchant = models.ForeignKey(Merchant, null=True, on_delete=models.PROTECT, related_name="+")
    remarks = models.TextField(blank=True)
    state = models.CharField(max_length=20, choices=FileState.choices)
    rows = models.JSONField(default=list)
    new = models.PositiveIntegerField("new", default=0)
    changed = models.PositiveIntegerField("changed", default=0)
    unchanged = models.PositiveIntegerField("unchanged", default=0)
    wrong = models.PositiveIntegerField("errors", default=0)
    uploaded_at = models.DateTimeField("sent", default=timezone.now)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name="sent by",
    )
    applied_at = models.DateTimeField("applied", null=True)
    applied_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = StockFileQuerySet.as_manager()

    class Meta:
        verbose_name = "stock file"
        ordering = ["-id"]
        # Who may import may look at what was imported.
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.file_name} of {timezone.localtime(self.uploaded_at):%Y-%m-%d %H:%M}"
