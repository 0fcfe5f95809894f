"""TrackingImport: a file of tracking codes, what each of its rows would do, and what it did."""

from dataclasses import asdict
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db import models
from django.utils import timezone

from locations.models import Store, works_everywhere


class ImportState(models.TextChoices):
    """How far an import is."""

    PREVIEW = "preview", "Waits to be started"
    IDLE = "idle", "Nothing to ship"
    RUNNING = "running", "Being worked through"
    DONE = "done", "Done"


class TrackingImportQuerySet(models.QuerySet["TrackingImport"]):
    """Which imports."""

    def seen_by(self, user: AbstractBaseUser | AnonymousUser) -> "TrackingImportQuerySet":
        """A person's own; those who work in all warehouses see everybody's."""
        return self if works_everywhere(user) else self.filter(uploaded_by=user.pk)


class TrackingImport(models.Model):
    """One file that somebody sent. Its rows keep what they would do, and then what they did.

    The rows are a report, not the books: what has left stands in the shipments, and a run that
    died is made good by running again.
    """

    file_name = models.CharField("file", max_length=255)
    sha256 = models.CharField("SHA-256", max_length=64)
    store = models.ForeignKey(Store, null=True, on_delete=models.PROTECT, related_name="+")
    remarks = models.TextField(blank=True)
    state = models.CharField(
        max_length=20, choices=ImportState.choices, default=ImportState.PREVIEW
    )
    rows = models.JSONField(default=list)
    orders = models.PositiveIntegerField("orders to ship", default=0)
    to_ship = models.PositiveIntegerField("rows to ship", default=0)
    shipped = models.PositiveIntegerField("rows shipped", default=0)
    nothing = models.PositiveIntegerField("rows with nothing to do", default=0)
    refused = models.PositiveIntegerField("rows not possible", default=0)
    uploaded_at = models.DateTimeField("sent", default=timezone.now)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name="sent by",
    )
    confirmed_at = models.DateTimeField("started", null=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    moved_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField("done", null=True)

    objects = TrackingImportQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        verbose_name = "tracking file"
        # Who may ship may send a file of what was shipped.
        default_permissions = ()
        indexes = [models.Index(fields=["sha256"], name="tracking_import_sha256")]

    def __str__(self) -> str:
        return f"{self.file_name} of {timezone.localtime(self.uploaded_at):%Y-%m-%d %H:%M}"

    @property
    def row_count(self) -> int:
        """How many rows the file has."""
        return self.to_ship + self.shipped + self.nothing + self.refused

    def keep(self, rows: Any) -> None:
        """Write down how the rows stand, and count them. The caller saves."""
        self.rows = [asdict(row) for row in rows]
        counts = {"ship": 0, "shipped": 0, "nothing": 0, "refused": 0}
        for row in rows:
            counts[row.verdict] += 1
        self.to_ship, self.shipped = counts["ship"], counts["shipped"]
        self.nothing, self.refused = counts["nothing"], counts["refused"]
