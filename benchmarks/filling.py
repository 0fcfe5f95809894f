"""Fills the tables with as many orders as wanted, in a few statements: multiplied templates.

A template is a row that our own code wrote. What matters to a list is varied by the number of
the row; every other column stays as it is, whatever columns there will be.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from django.db import connection, models

from benchmarks import orders
from fulfillment.models import (
    FulfillmentOrder,
    Order,
    Parcel,
    Shipment,
    ShipmentState,
)
from locations.models import Store

TEMPLATE = 1
FIRST = 1_000_001
NUMBERS_AT_THE_STORE = 5_000_000
# Every fifth name begins with “Ma”: what a person types first finds 200,000 of a million orders.
FIRST_NAMES = (
    "Maria", "Marco", "Martin", "Marta", "Mathilde", "Matteo", "Maya", "Max", "Malik", "Magnus",
    "Mara", "Mandy", "Anna", "Ben", "Carla", "Dana", "Elif", "Finn", "Greta", "Hugo", "Ida",
    "Jonas", "Kaya", "Lars", "Nina", "Omar", "Paula", "Quentin", "Rosa", "Sven", "Tilda", "Ugo",
    "Vera", "Walter", "Xenia", "Yusuf", "Zoe", "Amir", "Bea", "Cem", "Dora", "Emil", "Fay", "Gil",
    "Hana", "Ivo", "Jule", "Kim", "Lea", "Noah", "Olga", "Pia", "Remy", "Sara", "Tom", "Ulla",
    "Vito", "Wanda", "Yara", "Zeno",
)  # fmt: skip
LAST_NAMES = [
    start + end
    for start in ("Ald", "Berg", "Cald", "Dres", "Eng", "Fair", "Gold", "Hart", "Kirk", "Lind")
    for end in ("a", "berg", "er", "field", "ington", "man", "son", "stein")
]
NEXT_NAME = f"(n / {len(FIRST_NAMES)})"
SECOND_SKU = "CASE WHEN n % 20 = 0 THEN 'SKU-POPULAR' ELSE 'SKU-' || n * 104729 % 2000 END"


class Part(NamedTuple):
    """Where some orders stand: those whose number in a thousand is below this, and not before."""

    below: int
    request_status: str
    work_status: str
    on_hold: bool = False
    problems: int = 0


MIX = (
    Part(30, "cancel_accepted", "cancelled"),
    Part(50, "closed", "closed"),
    Part(970, "closed", "shipped"),
    Part(979, "requested", "new"),
    Part(980, "requested", "new", problems=1),
    Part(982, "cancel_requested", "allocated"),
    Part(991, "accepted", "allocated"),
    Part(993, "accepted", "picking"),
    Part(994, "accepted", "picked"),
    Part(996, "accepted", "packed"),
    Part(998, "accepted", "partly_shipped"),
    Part(1000, "accepted", "allocated", on_hold=True),
)
THOUSANDTH = "(n * 7919 % 1000)"
HAS_LEFT = f"({THOUSANDTH} BETWEEN 50 AND 969 OR {THOUSANDTH} BETWEEN 996 AND 997)"


def fill(stores: Sequence[Store], count: int) -> None:
    """Write so many orders of these stores, with lines, requests, shipments and parcels."""
    [order] = orders.take_in(stores[0], [TEMPLATE])
    shipment = Shipment.objects.create(fulfillment_order=order, state=ShipmentState.CONFIRMED)
    parcel = Parcel.objects.create(
        shipment=shipment, fulfillment_order=order, carrier="ups", tracking_code="1Z0"
    )
    line, *_ = order.lines.all()
    last = FIRST + count - 1
    whole = f"generate_series({FIRST}::bigint, {last}) AS n"
    left = f"{whole} WHERE {HAS_LEFT}"
    of_order = {"fulfillment_order_id": "n"}
    multiply(order.order, whole, {"id": "n", "ref": "n::text", "store_id": one_of(stores)})
    multiply(order, whole, _order(stores, last))
    multiply(line, whole, _line("'SKU-' || n * 7919 % 2000"))
    multiply(line, f"{whole} WHERE n % 2 = 0", _line(SECOND_SKU) | {"ref": "'second'"})
    multiply(order.requests.get(), whole, of_order | _request())
    multiply(shipment, left, of_order | {"id": "n", "submission": "gen_random_uuid()"})
    multiply(parcel, left, of_order | {"shipment_id": "n", "tracking_code": "'1Z' || n * 7919"})
    parcel.delete()
    shipment.delete()
    order.delete()
    tidy(Order, FulfillmentOrder, Shipment)


def _order(stores: Sequence[Store], last: int) -> dict[str, str]:
    places = [store.locations.get() for store in stores]
    asked = f"now() - interval '20 seconds' * ({last} - n)"
    # The day on whose truck it must be.
    ships = f"date_trunc('day', {asked} + interval '8 hours')"
    return {
        "id": "n",
        "order_id": "n",
        "ref": f"(n + {NUMBERS_AT_THE_STORE})::text",
        "store_id": one_of(stores),
        "location_id": one_of(places),
        "warehouse_id": one_of([place.warehouse for place in places]),
        "recipient": f"{_name(FIRST_NAMES, 'n')} || ' ' || {_name(LAST_NAMES, NEXT_NAME)}",
        "request_status": _by_mix(lambda part: part.request_status),
        "work_status": _by_mix(lambda part: part.work_status),
        "on_hold": _by_mix(lambda part: part.on_hold),
        "open_problems": _by_mix(lambda part: part.problems),
        "recorded_at": asked,
        "requested_at": asked,
        # As of a warehouse that ships what came in by four in the afternoon.
        "fulfill_by": f"{ships} + interval '16 hours'",
        "due_from": ships,
    }


def _line(sku: str) -> dict[str, str]:
    return {
        "fulfillment_order_id": "n",
        "sku": sku,
        "ordered": "1",
        "open": f"CASE WHEN {HAS_LEFT} THEN 0 ELSE 1 END",
        "shipped": f"CASE WHEN {HAS_LEFT} THEN 1 ELSE 0 END",
    }


def _request() -> dict[str, str]:
    is_open = f"{THOUSANDTH} BETWEEN 970 AND 979"
    return {
        "snapshot": "'{}'",
        "decision": f"CASE WHEN {is_open} THEN '' ELSE 'accepted' END",
        "closed_at": f"CASE WHEN {is_open} THEN NULL ELSE now() END",
    }


def one_of(rows: Sequence[models.Model]) -> str:
    """Return SQL for the id of one of the rows, in turns; the same for rows in the same order."""
    return f"(ARRAY{[row.pk for row in rows]}::bigint[])[1 + n % {len(rows)}]"


def _name(names: Sequence[str], number: str) -> str:
    return f"(ARRAY{list(names)}::text[])[1 + {number} % {len(names)}]"


def _by_mix(column: Callable[[Part], object]) -> str:
    cases = [f"WHEN {THOUSANDTH} < {part.below} THEN {_literal(column(part))}" for part in MIX]
    return f"CASE {' '.join(cases)} END"


def _literal(value: object) -> str:
    return f"'{value}'" if isinstance(value, str) else str(value)


def multiply(template: models.Model, numbers: str, varied: Mapping[str, str]) -> None:
    """Insert a copy of the template for each number; `varied` are columns as SQL of n."""
    meta = template._meta
    columns = [str(field.column) for field in meta.concrete_fields if not field.generated]
    if "id" not in varied:
        columns.remove("id")
    values = [varied.get(column, f'template."{column}"') for column in columns]
    names = ", ".join(f'"{column}"' for column in columns)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {meta.db_table} ({names}) SELECT {', '.join(values)} "  # noqa: S608
            f"FROM (SELECT * FROM {meta.db_table} WHERE id = {template.pk}) AS template, {numbers}"
        )


def tidy(*models_with_ids: type[models.Model]) -> None:
    """Let new rows have numbers of their own, and the planner know what there is."""
    with connection.cursor() as cursor:
        for model in models_with_ids:
            table = model._meta.db_table
            cursor.execute(
                f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}"  # noqa: S608
            )
        cursor.execute("VACUUM ANALYZE")
