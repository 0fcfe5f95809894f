"""Makes room for tries to get a token, and notes a status only where it is another than before."""

from django.db import migrations, models

FUNCTION = """
CREATE OR REPLACE FUNCTION api_note_status() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO api_statusevent (order_id, status_id, reason, at)
    SELECT id, NEW.status_code_id, '', clock_timestamp()
    FROM api_merchantorder AS placed WHERE fulfillment_order_id = NEW.id{besides};
    RETURN NULL;
END $$;
"""
# A partner may have said it before.
IS_ANOTHER = """
    AND NEW.status_code_id IS DISTINCT FROM (
        SELECT status_id FROM api_statusevent WHERE order_id = placed.id ORDER BY id DESC LIMIT 1
    )"""


class Migration(migrations.Migration):
    dependencies = [("api", "0003_groups")]
    operations = [
        migrations.CreateModel(
            name="Tries",
            fields=[
                ("slot", models.PositiveIntegerField(primary_key=True, serialize=False)),
                ("begun_at", models.DateTimeField()),
                ("tries", models.PositiveIntegerField()),
            ],
            options={"verbose_name_plural": "tries", "default_permissions": ()},
        ),
        migrations.RunSQL(FUNCTION.format(besides=IS_ANOTHER), FUNCTION.format(besides="")),
    ]
