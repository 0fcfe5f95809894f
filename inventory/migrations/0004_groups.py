"""Lets staff see and change stock, each group as far as its work needs it."""

from django.contrib.auth.management import create_permissions
from django.db import migrations

LOOK = ["view_product", "view_stocklevel", "view_stockmovement", "view_allocation"]
RECEIVE = [
    *LOOK,
    "receive_stock",
    "count_stock",
    "view_inbound",
    "view_stocktake",
    "view_transfer",
    "transfer_stock",
]
ADJUST = [
    *RECEIVE,
    "adjust_stock",
    "post_count",
    "add_inbound",
    "change_inbound",
    "add_transfer",
    "change_transfer",
    "view_unknownsku",
    "view_stockrecord",
]
MANAGE = [*ADJUST, "import_stock", "publish_stock", "change_product"]
GRANTED = {"picker": LOOK, "shipper": RECEIVE, "supervisor": ADJUST, "manager": MANAGE}


def grant(apps, schema_editor):
    # Django makes permissions after all migrations; the groups need them now.
    from django.apps import apps as installed

    create_permissions(installed.get_app_config("inventory"), verbosity=0)
    permissions = apps.get_model("auth", "Permission").objects.filter(
        content_type__app_label="inventory"
    )
    for name, names in GRANTED.items():
        group = apps.get_model("auth", "Group").objects.get(name=name)
        group.permissions.add(*permissions.filter(codename__in=names))


def take_back(apps, schema_editor):
    new = set(MANAGE) - {"view_product", "change_product"}
    for group in apps.get_model("auth", "Group").objects.filter(name__in=GRANTED):
        group.permissions.remove(
            *group.permissions.filter(content_type__app_label="inventory", codename__in=new)
        )


class Migration(migrations.Migration):
    dependencies = [("inventory", "0003_books"), ("fulfillment", "0003_groups")]
    operations = [migrations.RunPython(grant, take_back)]
