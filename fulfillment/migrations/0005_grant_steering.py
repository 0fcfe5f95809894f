"""Lets the groups of staff hold orders, and turn them another way."""

from django.contrib.auth.management import create_permissions
from django.db import migrations

GRANTS = {
    "picker": ["hold"],
    "shipper": ["hold"],
    "supervisor": ["hold", "redirect"],
    "manager": ["hold", "redirect"],
}


def grant(apps, schema_editor):
    # Django makes permissions after all migrations; the groups need them now.
    from django.apps import apps as installed

    create_permissions(installed.get_app_config("fulfillment"), verbosity=0)
    permissions = apps.get_model("auth", "Permission").objects.filter(
        content_type__app_label="fulfillment"
    )
    for group in apps.get_model("auth", "Group").objects.filter(name__in=GRANTS):
        group.permissions.add(*permissions.filter(codename__in=GRANTS[group.name]))


class Migration(migrations.Migration):
    dependencies = [("fulfillment", "0004_steering")]
    operations = [migrations.RunPython(grant, migrations.RunPython.noop)]
