"""Lets managers accept orders that there is not enough stock for."""

from django.contrib.auth.management import create_permissions
from django.db import migrations


def grant(apps, schema_editor):
    # Django makes permissions after all migrations; the group needs them now.
    from django.apps import apps as installed

    create_permissions(installed.get_app_config("fulfillment"), verbosity=0)
    permission = apps.get_model("auth", "Permission").objects.get(
        content_type__app_label="fulfillment", codename="force_stock"
    )
    apps.get_model("auth", "Group").objects.get(name="manager").permissions.add(permission)


def take_back(apps, schema_editor):
    manager = apps.get_model("auth", "Group").objects.get(name="manager")
    manager.permissions.remove(
        *manager.permissions.filter(
            content_type__app_label="fulfillment", codename="force_stock"
        )
    )


class Migration(migrations.Migration):
    dependencies = [("fulfillment", "0016_problems_of_stock")]
    operations = [migrations.RunPython(grant, take_back)]
