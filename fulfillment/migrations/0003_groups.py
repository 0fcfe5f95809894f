"""Creates the groups of staff, each with what it may do."""

from django.contrib.auth.management import create_permissions
from django.db import migrations

LOOK = [
    "fulfillment.view_fulfillmentorder",
    "fulfillment.read_again",
    "locations.view_warehouse",
    "locations.view_store",
]
PICK = [*LOOK, "fulfillment.pick"]
SHIP = [*PICK, "fulfillment.ship"]
DECIDE = [
    *SHIP,
    "fulfillment.decide_request",
    "fulfillment.decide_cancellation",
    "fulfillment.settle_problem",
    "inventory.view_product",
    "inventory.add_product",
    "relay.retry_call",
]
MANAGE = [
    *DECIDE,
    "inventory.change_product",
    "locations.view_merchant",
    "locations.add_merchant",
    "locations.change_merchant",
    "locations.add_store",
    "locations.change_store",
    "locations.test_store",
    "locations.resume_store",
    "locations.add_warehouse",
    "locations.change_warehouse",
    "locations.work_in_all_warehouses",
    "locations.view_location",
    "locations.add_location",
    "relay.view_outboundcall",
    "relay.give_up_call",
    "relay.view_attempt",
    "relay.view_exchange",
    "relay.view_inboundmessage",
    "relay.replay_message",
    "relay.view_alarm",
    "relay.change_alarm",
]
GROUPS = {"picker": PICK, "shipper": SHIP, "supervisor": DECIDE, "manager": MANAGE}


def create(apps, schema_editor):
    # Django makes permissions after all migrations; the groups need them now.
    from django.apps import apps as installed

    for label in ("locations", "relay", "inventory", "fulfillment"):
        create_permissions(installed.get_app_config(label), verbosity=0)
    group_model = apps.get_model("auth", "Group")
    permission_model = apps.get_model("auth", "Permission")
    for name, permissions in GROUPS.items():
        group, _ = group_model.objects.get_or_create(name=name)
        for permission in permissions:
            app_label, codename = permission.split(".")
            group.permissions.add(
                permission_model.objects.get(
                    content_type__app_label=app_label, codename=codename
                )
            )


def remove(apps, schema_editor):
    apps.get_model("auth", "Group").objects.filter(name__in=GROUPS).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("fulfillment", "0002_status_codes"),
        ("relay", "0001_initial"),
        ("inventory", "0001_initial"),
        ("locations", "0001_initial"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]
    operations = [migrations.RunPython(create, remove)]
