"""Lets the database note each status of an order that was placed through the API."""

from django.db import migrations

NOTE = """
CREATE FUNCTION api_note_status() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO api_statusevent (order_id, status_id, reason, at)
    SELECT id, NEW.status_code_id, '', clock_timestamp()
    FROM api_merchantorder WHERE fulfillment_order_id = NEW.id;
    RETURN NULL;
END $$;
CREATE TRIGGER note_status AFTER UPDATE OF status_code_id ON fulfillment_fulfillmentorder
    FOR EACH ROW
    WHEN (
        NEW.status_code_id IS NOT NULL
        AND NEW.status_code_id IS DISTINCT FROM OLD.status_code_id
    )
    EXECUTE FUNCTION api_note_status();
"""


class Migration(migrations.Migration):
    dependencies = [("api", "0001_initial"), ("fulfillment", "0002_status_codes")]
    operations = [
        migrations.RunSQL(
            NOTE,
            "DROP TRIGGER note_status ON fulfillment_fulfillmentorder;"
            "DROP FUNCTION api_note_status();",
        )
    ]
