"""What accepting requests writes, as plain as SQL can say it."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection, transaction

from benchmarks import rows
from benchmarks.furnishing import SKUS
from fulfillment.decisions import TEXTS
from fulfillment.models import Event, FulfillmentOrder
from fulfillment.transitions import Action
from inventory.models import Allocation, StockMovement
from relay.models import OutboundCall


@dataclass(frozen=True, slots=True)
class Floor:
    """The tables that rows are written into, how many for each order, and the updates."""

    said: str
    new_rows: rows.Tables
    rows_each: Sequence[int]
    updates: Sequence[str]

    @property
    def statements(self) -> int:
        """How many plain statements do it."""
        return len(self.updates) + len(self.new_rows)

    def seconds(self, ids: list[int]) -> float:
        """Write once more, raw, what accepting these orders wrote; return how long it took."""
        copies = rows.copy(self.new_rows, ids)
        if [len(each.rows) for each in copies] != [each * len(ids) for each in self.rows_each]:
            raise RuntimeError("Accepting wrote other rows than the floor would.")
        rows.delete(copies)
        began = time.perf_counter()
        with transaction.atomic(), connection.cursor() as cursor:
            rows.insert(copies)
            for update in self.updates:
                cursor.execute(update, [ids])
        return time.perf_counter() - began


OF_ANY = Floor(
    "update orders and requests, insert the same events and calls",
    (
        (OutboundCall, "subject_id = ANY(%s)"),
        (Event, f"fulfillment_order_id = ANY(%s) AND text = '{TEXTS[Action.ACCEPT]}'"),
    ),
    (1, 1),
    (
        "UPDATE fulfillment_fulfillmentorder SET pending_answer = 'accept_request' "
        "WHERE id = ANY(%s)",
        "UPDATE fulfillment_request SET decision = 'accepted' WHERE fulfillment_order_id = ANY(%s)",
    ),
)
# As above, and what the books of stock take.
OF_COUNTED = Floor(
    f"{OF_ANY.said}, movements and allocations, update their levels",
    (
        *OF_ANY.new_rows,
        (
            StockMovement,
            f"cause_model = '{FulfillmentOrder._meta.label_lower}' AND cause_id = ANY(%s)",
        ),
        (Allocation, "order_id = ANY(%s)"),
    ),
    (*OF_ANY.rows_each, len(SKUS), len(SKUS)),
    (
        *OF_ANY.updates,
        "UPDATE inventory_stocklevel SET moved_at = now() "
        "WHERE id IN (SELECT level_id FROM inventory_allocation WHERE order_id = ANY(%s))",
    ),
)
