"""Lets managers say who may call the API, and see what came of it."""

from django.contrib.auth.management import create_permissions
from django.db import migrations

GRANTED = (
    "view_login",
    "add_login",
    "change_login",
    "delete_login",
    "manage_access",
    "view_use",
    "view_merchantorder",
    "view_expectedreturn",
    "change_expectedreturn",
    "view_charge",
    "add_charge",
    "change_charge",
)


def grant(apps, schema_editor):
    # Django makes permissions after all migrations; the group needs them now.
    from django.apps import apps as installed

    create_permissions(installed.get_app_config("api"), verbosity=0)
    found = apps.get_model("auth", "Permission").objects.filter(
        content_type__app_label="api", codename__in=GRANTED
    )
    apps.get_model("auth", "Group").objects.get(name="manager").permissions.add(*found)


def take_back(apps, schema_editor):
    manager = apps.get_model("auth", "Group").objects.get(name="manager")
    manager.permissions.remove(*manager.permissions.filter(content_type__app_label="api"))


class Migration(migrations.Migration):
    dependencies = [("api", "0002_history"), ("fulfillment", "0003_groups")]
    operations = [migrations.RunPython(grant, take_back)]
