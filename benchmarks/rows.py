"""Copies what was written about some orders, and writes it again as plainly as SQL can."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, models, transaction

from fulfillment.models import Event, FulfillmentOrder, Line, Order, Request

# Tables, from those that others point at to those that point at them, and which of their rows.
Tables = Sequence[tuple[type[models.Model], str]]
OF_NEW_ORDERS: Tables = (
    (Order, "id IN (SELECT order_id FROM fulfillment_fulfillmentorder WHERE id = ANY(%s))"),
    (FulfillmentOrder, "id = ANY(%s)"),
    (Line, "fulfillment_order_id = ANY(%s)"),
    (Event, "fulfillment_order_id = ANY(%s)"),
    (Request, "fulfillment_order_id = ANY(%s)"),
)


@dataclass(frozen=True, slots=True)
class Copy:
    """The rows of one table, every value as PostgreSQL writes it."""

    table: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str | None]]


def copy(tables: Tables, order_ids: Sequence[int]) -> list[Copy]:
    """Return the rows about these orders, in an order in which they can be inserted."""
    return [_copy(model, where, order_ids) for model, where in tables]


def _copy(model: type[models.Model], where: str, order_ids: Sequence[int]) -> Copy:
    columns = [str(field.column) for field in model._meta.concrete_fields if not field.generated]
    chosen = ", ".join(f'"{column}"::text' for column in columns)
    table = model._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {chosen} FROM {table} WHERE {where}", [list(order_ids)])  # noqa: S608
        return Copy(table, columns, cursor.fetchall())


def delete(copies: Sequence[Copy]) -> None:
    """Delete the rows that were copied, as if they had never been: also what is history."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")  # Without triggers.
        for each in reversed(copies):
            ids = [row[each.columns.index("id")] for row in each.rows]
            cursor.execute(f"DELETE FROM {each.table} WHERE id = ANY(%s::bigint[])", [ids])  # noqa: S608


def insert(copies: Sequence[Copy]) -> int:
    """Insert the rows again, in one transaction with one statement for each table.

    Returns how many there were.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        for each in copies:
            _insert(cursor, each)
    return sum(len(each.rows) for each in copies)


def _insert(cursor: Any, copy: Copy) -> None:
    columns = ", ".join(f'"{column}"' for column in copy.columns)
    row = f"({', '.join(['%s'] * len(copy.columns))})"
    values = [value for each in copy.rows for value in each]
    cursor.execute(
        f"INSERT INTO {copy.table} ({columns}) VALUES {', '.join([row] * len(copy.rows))}",  # noqa: S608
        values,
    )
