"""Why a figure is what it is: the movements of some levels, the newest first, page by page."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.contrib import admin
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from inventory.ledger import WORDS
from inventory.models import FIGURES, StockMovement

SHOWN = 25


@dataclass(frozen=True, slots=True)
class Entry:
    """One movement in words; `link` leads to what it came from, if the user may look at that."""

    movement: StockMovement
    changes: Sequence[str]
    link: str


def context(request: HttpRequest, level_ids: Iterable[int]) -> dict[str, Any]:
    """Return a page of the history; `?before=` names the movement that the last page ended with."""
    before = request.GET.get("before", "")
    found = _page(list(level_ids), int(before) if before.isdecimal() else None)
    links = Links(request)
    shown = found[:SHOWN]
    query = request.GET.copy()
    query.pop("before", None)
    newest = f"?{query.urlencode()}"
    if len(found) > SHOWN:
        query["before"] = str(shown[-1].pk)
    return {
        "history": [Entry(each, changes_of(each), links.to(each)) for each in shown],
        "older": f"?{query.urlencode()}" if len(found) > SHOWN else "",
        "newest": newest if before else "",
    }


def _page(level_ids: Sequence[int], before: int | None) -> list[StockMovement]:
    """Return one movement more than are shown.

    Each level is asked for its own newest ones: the planner would rather walk through the
    movements of everybody in search of these.
    """
    parts = []
    for level_id in level_ids:
        rows = StockMovement.objects.filter(level=level_id)
        rows = rows if before is None else rows.filter(pk__lt=before)
        parts.append(rows.order_by("-number").values("pk")[: SHOWN + 1])
    if not parts:
        return []
    ids = sorted(parts[0].union(*parts[1:]).values_list("pk", flat=True), reverse=True)
    rows = StockMovement.objects.filter(pk__in=ids[: SHOWN + 1]).order_by("-pk")
    return list(rows.select_related("level__warehouse", "level__product", "by"))


def changes_of(movement: StockMovement) -> list[str]:
    """Say what changed, from what to what."""
    found = []
    for figure in FIGURES:
        if change := getattr(movement, figure):
            before = getattr(movement, f"{figure}_before")
            found.append(f"{WORDS[figure]} {change:+d}: {before} → {before + change}")
    return found


class Links:
    """Leads from movements to what they came from; each kind of row is asked for once."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request
        self._pages: dict[str, str] = {}

    def to(self, movement: StockMovement) -> str:
        """Return the address of the cause's page; empty if there is none for this user."""
        if not movement.cause_model or movement.cause_id is None:
            return ""
        if movement.cause_model not in self._pages:
            self._pages[movement.cause_model] = self._page_of(movement.cause_model)
        page = self._pages[movement.cause_model]
        try:
            return reverse(page, args=[movement.cause_id]) if page else ""
        except NoReverseMatch:
            return ""

    def _page_of(self, name: str) -> str:
        try:
            model = apps.get_model(name)
        except (LookupError, ValueError):
            return ""
        if not admin.site.is_registered(model):
            return ""
        if not admin.site.get_model_admin(model).has_view_permission(self._request):
            return ""
        return f"admin:{model._meta.app_label}_{model._meta.model_name}_change"
