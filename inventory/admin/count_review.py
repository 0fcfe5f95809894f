"""The review of a count: differences first, beside what moved since they were counted."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, OuterRef, Subquery, Sum

from inventory.admin.count_actions import load_progress
from inventory.models import StockMovement, Stocktake, StocktakeLine

LINES = 100
PARTS = ("different", "right", "open")


def context(count: Stocktake, chosen: Mapping[str, str]) -> dict[str, Any]:
    """Return a part of the review: what differs, what is right, or what nobody counted."""
    load_progress([count])
    progress: Mapping[str, int] = count.progress  # type: ignore[attr-defined]
    different = progress.get("more", 0) + progress.get("fewer", 0)
    part = chosen.get("part", "")
    part = part if part in PARTS else PARTS[0]
    page = _page(count, part, chosen.get("p", ""))
    return {
        "progress": progress,
        "part": part,
        "parts": [
            ("different", "Differences", different),
            ("right", "Right", progress["done"] - different),
            ("open", "Not counted", progress["lines"] - progress["done"]),
        ],
        "lines": _with_moves(page),
        "page": page,
    }


def _page(count: Stocktake, part: str, number: str) -> "Page[StocktakeLine]":
    lines = getattr(StocktakeLine.objects.filter(stocktake=count), part)()
    lines = lines if part == "different" else lines.order_by("pk")
    return Paginator(lines.select_related("level__product", "counted_by"), LINES).get_page(number)


def _with_moves(lines: Iterable[Any]) -> list[Any]:
    """Note at each line how many units came or went since it was counted, in how many moves."""
    shown = list(lines)
    moves = StockMovement.objects.filter(
        level=OuterRef("level"), at__gt=OuterRef("counted_at")
    ).exclude(on_hand=0)
    per_level = moves.order_by().values("level")
    found = {
        row["pk"]: row
        for row in StocktakeLine.objects.filter(pk__in=[line.pk for line in shown])
        .order_by()
        .values("pk")
        .annotate(
            moves=Subquery(per_level.annotate(n=Count("pk")).values("n")),
            moved=Subquery(per_level.annotate(n=Sum("on_hand")).values("n")),
        )
    }
    for line in shown:
        line.moves = found[line.pk]["moves"] or 0
        line.moved = found[line.pk]["moved"] or 0
    return shown
