"""StatusCode: one row of Fulfillment.com's table, the words staff and merchants see for why."""

from django.db import models


class StatusCode(models.Model):
    """A six-digit code. Two codes stand twice in the table; `variant` tells the rows apart."""

    code = models.CharField(max_length=6)
    variant = models.PositiveSmallIntegerField(default=1)
    state = models.CharField(max_length=60)
    stage = models.CharField(max_length=60)
    detail = models.CharField(max_length=120, blank=True)

    class Meta:
        ordering = ["code", "variant"]
        constraints = [models.UniqueConstraint(fields=["code", "variant"], name="status_code_once")]

    def __str__(self) -> str:
        return f"{self.stage}: {self.detail}" if self.detail else self.stage
