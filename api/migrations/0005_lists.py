"""Puts beside each order when it was recorded, so that lists of a span of time are one index."""

from django.db import migrations, models

COPY = """
UPDATE api_merchantorder placed SET recorded_at = became.recorded_at
FROM fulfillment_fulfillmentorder became WHERE became.id = placed.fulfillment_order_id
"""


class Migration(migrations.Migration):
    dependencies = [("api", "0004_tries_and_statuses")]
    operations = [
        migrations.AddField(
            "merchantorder", "recorded_at", models.DateTimeField("recorded", null=True)
        ),
        migrations.RunSQL(COPY, migrations.RunSQL.noop),
        migrations.AddIndex(
            "merchantorder",
            models.Index(
                fields=["merchant", "recorded_at", "fulfillment_order"],
                include=["id"],
                name="merchant_order_listed",
            ),
        ),
        migrations.AddIndex(
            "merchantorder",
            models.Index(
                fields=["recorded_at", "fulfillment_order"],
                include=["merchant", "id"],
                name="orders_listed",
            ),
        ),
        migrations.AddConstraint(
            "merchantorder",
            models.CheckConstraint(
                condition=models.Q(fulfillment_order=None, recorded_at=None)
                | models.Q(fulfillment_order__isnull=False, recorded_at__isnull=False),
                name="merchant_order_recorded",
            ),
        ),
    ]
