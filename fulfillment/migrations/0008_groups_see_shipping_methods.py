"""Lets managers choose the carriers of shipping methods."""

from django.contrib.auth.management import create_permissions
from django.db import migrations

GRANTED = ["view_shippingmethod", "change_shippingmethod"]


def grant(apps, schema_editor):
    # Django makes permissions after all migrations; the group needs them now.
    from django.apps import apps as installed

    create_permissions(installed.get_app_config("fulfillment"), verbosity=0)
    permissions = apps.get_model("auth", "Permission").objects.filter(
        content_type__app_label="fulfillment", codename__in=GRANTED
    )
    apps.get_model("auth", "Group").objects.get(name="manager").permissions.add(*permissions)


def take_back(apps, schema_editor):
    manager = apps.get_model("auth", "Group").objects.get(name="manager")
    manager.permissions.remove(
        *manager.permissions.filter(
            content_type__app_label="fulfillment", codename__in=GRANTED
        )
    )


class Migration(migrations.Migration):
    dependencies = [("fulfillment", "0007_facts_of_the_store")]
    operations = [migrations.RunPython(grant, take_back)]
