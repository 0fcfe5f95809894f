"""Lets the database keep the books: movements stay as they are, and figures need a movement."""

from django.db import migrations

APPEND_ONLY = """
CREATE FUNCTION inventory_movement_is_history() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'A stock movement is history: write another one that corrects it.'
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER movement_is_history BEFORE UPDATE OR DELETE ON inventory_stockmovement
    FOR EACH ROW EXECUTE FUNCTION inventory_movement_is_history();
"""
NEEDS_MOVEMENT = """
CREATE FUNCTION inventory_level_needs_movement() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'A stock level changes by movements only: see inventory/ledger.py.'
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER level_needs_movement BEFORE UPDATE ON inventory_stocklevel
    FOR EACH ROW
    WHEN (
        NEW.moves <= OLD.moves
        AND (NEW.on_hand, NEW.allocated, NEW.damaged, NEW.quarantine, NEW.safety, NEW.buffer)
        IS DISTINCT FROM
        (OLD.on_hand, OLD.allocated, OLD.damaged, OLD.quarantine, OLD.safety, OLD.buffer)
    )
    EXECUTE FUNCTION inventory_level_needs_movement();
CREATE TRIGGER level_begins_empty BEFORE INSERT ON inventory_stocklevel
    FOR EACH ROW
    WHEN (
        NEW.moves = 0
        AND (NEW.on_hand, NEW.allocated, NEW.damaged, NEW.quarantine, NEW.safety, NEW.buffer)
        IS DISTINCT FROM (0, 0, 0, 0, 0, 0)
    )
    EXECUTE FUNCTION inventory_level_needs_movement();
"""


class Migration(migrations.Migration):
    dependencies = [("inventory", "0002_stock")]
    operations = [
        migrations.RunSQL(
            APPEND_ONLY,
            "DROP TRIGGER movement_is_history ON inventory_stockmovement;"
            "DROP FUNCTION inventory_movement_is_history();",
        ),
        migrations.RunSQL(
            NEEDS_MOVEMENT,
            "DROP TRIGGER level_needs_movement ON inventory_stocklevel;"
            "DROP TRIGGER level_begins_empty ON inventory_stocklevel;"
            "DROP FUNCTION inventory_level_needs_movement();",
        ),
    ]
