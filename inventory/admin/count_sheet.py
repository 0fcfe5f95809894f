"""The sheet of a count: a part of its lines at a time, found by code, without any book figure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from inventory import codes
from inventory.admin.arrival_forms import NO_NUMBER
from inventory.models import Product, Stocktake, StocktakeLine
from inventory.models.counts import StocktakeLineQuerySet
from inventory.pasting import MOST_UNITS

LINES = 100
PRINTED = 1000


@dataclass(frozen=True, slots=True)
class Part:
    """Some lines of a sheet, and where the part before and after them begins; 0: there is none."""

    lines: Sequence[StocktakeLine]
    before: int = 0
    after: int = 0


def part(lines: StocktakeLineQuerySet, start: int, size: int = LINES) -> Part:
    """Return the lines from the one with this id on. Reads no more than it shows."""
    wanted = with_products(lines).order_by("pk")
    shown = list(wanted.filter(pk__gte=start)[: size + 1])
    after = shown[size].pk if len(shown) > size else 0
    if not shown:
        return Part([])
    earlier = lines.filter(pk__lt=shown[0].pk).order_by("-pk").values_list("pk", flat=True)
    before = list(earlier[:size])
    return Part(shown[:size], before[-1] if before else 0, after)


def with_products(lines: StocktakeLineQuerySet) -> StocktakeLineQuerySet:
    """Return the lines with what a sheet says of them; the figures of the books are not read."""
    return lines.select_related("level__product__merchant", "counted_by").defer(
        "expected",
        "level__on_hand",
        "level__allocated",
        "level__damaged",
        "level__quarantine",
        "level__safety",
        "level__buffer",
        "level__available",
        "level__uncovered",
    )


def lines_of(count: Stocktake, code: str) -> list[StocktakeLine]:
    """Return the lines of the products that a code means; several merchants may use the same."""
    products = meant(count, code)
    lines = count.lines.filter(level__product__in=[product.pk for product in products])
    return list(with_products(lines).order_by("pk"))


def meant(count: Stocktake, code: str) -> list[Product]:
    """Return the products that a code can mean in this count."""
    found = codes.of_all_merchants(code)
    return [p for p in found if count.merchant_id in (None, p.merchant_id)]


def begins_with(count: Stocktake, start: str) -> list[StocktakeLine]:
    """Return the first lines whose SKU begins like this."""
    rows = count.lines.filter(level__product__sku__istartswith=start)
    return list(with_products(rows).order_by("pk")[:LINES])


@dataclass(frozen=True, slots=True)
class Typed:
    """The figures of a page that was sent: what changed, what stood there, and what is wrong."""

    counted: Mapping[int, int | None]
    seen: Mapping[int, int | None]
    wrong: Mapping[int, str]


def read(sent: Mapping[str, Any]) -> Typed:
    """Read a page of the sheet; a field that was left as it was is not a count."""
    counted: dict[int, int | None] = {}
    seen: dict[int, int | None] = {}
    wrong: dict[int, str] = {}
    for name, value in sent.items():
        line = name.removeprefix("counted")
        if line == name or not (line.isascii() and line.isdecimal() and len(line) < 19):
            continue
        now, was = value.strip(), sent.get(f"was{line}", "").strip()
        if now == was:
            continue
        if not _is_figure(now) or not _is_figure(was):
            wrong[int(line)] = NO_NUMBER
            continue
        counted[int(line)] = int(now) if now else None
        seen[int(line)] = int(was) if was else None
    return Typed(counted, seen, wrong)


def _is_figure(text: str) -> bool:
    if not text:
        return True
    return text.isascii() and text.isdecimal() and len(text) < 10 and int(text) <= MOST_UNITS
