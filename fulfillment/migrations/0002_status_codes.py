"""Loads the table of status codes."""

import csv
from pathlib import Path

from django.db import migrations

TABLE = Path(__file__).parent.parent / "status_codes.csv"


def load(apps, schema_editor):
    status_code = apps.get_model("fulfillment", "StatusCode")
    with TABLE.open(encoding="utf-8", newline="") as rows:
        status_code.objects.bulk_create(
            status_code(
                code=row["code"],
                variant=int(row["variant"]),
                state=row["state"],
                stage=row["stage"],
                detail=row["detail"],
            )
            for row in csv.DictReader(rows)
        )


def unload(apps, schema_editor):
    apps.get_model("fulfillment", "StatusCode").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("fulfillment", "0001_initial")]
    operations = [migrations.RunPython(load, unload)]
