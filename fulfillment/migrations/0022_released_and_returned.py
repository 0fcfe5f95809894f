"""Gives orders the codes that are derived from now on: released, and returned."""

from django.db import migrations

CODE = "(SELECT id FROM fulfillment_statuscode WHERE code = '{}' AND variant = 1)"
RELEASED = f"""
UPDATE fulfillment_fulfillmentorder SET status_code_id = {CODE.format("010901")}
WHERE status_code_id = {CODE.format("010201")} AND work_status = 'allocated'
    AND request_status IN ('accepted', 'cancel_rejected')
"""
RETURNED = f"""
UPDATE fulfillment_fulfillmentorder AS whole SET status_code_id = {CODE.format("040101")}
WHERE status_code_id = {CODE.format("030201")} AND work_status IN ('shipped', 'closed')
    AND id IN (SELECT fulfillment_order_id FROM fulfillment_return)
    AND NOT EXISTS (
        SELECT FROM fulfillment_line AS line
        WHERE line.fulfillment_order_id = whole.id AND line.shipped > (
            SELECT coalesce(sum(quantity), 0) FROM fulfillment_returnline
            WHERE line_id = line.id
        )
    )
"""


class Migration(migrations.Migration):
    dependencies = [("fulfillment", "0021_handover")]
    operations = [migrations.RunSQL([RELEASED, RETURNED], migrations.RunSQL.noop)]
