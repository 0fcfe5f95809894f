"""Gives the groups that decide the new page, and tells open orders when they were last asked for."""

from django.contrib.auth.management import create_permissions
from django.db import migrations
from django.db.models import Max, OuterRef, Subquery

GROUPS = ("supervisor", "manager")
ENDED = ("shipped", "closed", "cancelled")


def allow(apps, schema_editor):
    # Django makes permissions after all migrations; the groups need this one now.
    from django.apps import apps as installed

    create_permissions(installed.get_app_config("fulfillment"), verbosity=0)
    permission = apps.get_model("auth", "Permission").objects.get(
        content_type__app_label="fulfillment", codename="compare_rules"
    )
    for group in apps.get_model("auth", "Group").objects.filter(name__in=GROUPS):
        group.permissions.add(permission)


def forbid(apps, schema_editor):
    for group in apps.get_model("auth", "Group").objects.filter(name__in=GROUPS):
        group.permissions.remove(
            *group.permissions.filter(
                content_type__app_label="fulfillment", codename="compare_rules"
            )
        )


def note_when_asked(apps, schema_editor):
    latest = (
        apps.get_model("fulfillment", "Request")
        .objects.filter(fulfillment_order=OuterRef("pk"), kind="fulfill")
        .order_by()
        .values("fulfillment_order")
        .annotate(latest=Max("received_at"))
        .values("latest")
    )
    orders = apps.get_model("fulfillment", "FulfillmentOrder").objects
    orders.exclude(work_status__in=ENDED).update(requested_at=Subquery(latest))


class Migration(migrations.Migration):
    dependencies = [
        ("fulfillment", "0009_deadlines_and_shadow"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]
    operations = [
        migrations.RunPython(allow, forbid),
        migrations.RunPython(note_when_asked, migrations.RunPython.noop),
    ]
