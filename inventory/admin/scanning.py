"""A list that is searched by scanning: the only hit opens, several are listed."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from unfold.admin import ModelAdmin

from inventory.admin.search import HELP, find


class ScannedList(ModelAdmin):
    """Finds products, or rows that belong to one; `product_column` leads from a row to it."""

    product_column = "pk"
    search_help_text = HELP

    def get_search_results(
        self, request: HttpRequest, queryset: Any, search_term: str
    ) -> tuple[Any, bool]:
        """Search by what a person has in hand."""
        term = search_term.strip()
        return (self._narrowed(request, queryset, term) if term else queryset), False

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Open the only hit of a search."""
        term = request.GET.get("q", "").replace("\0", "").strip()
        if request.method == "GET" and term and self.has_view_permission(request):
            rows = self._narrowed(request, self.get_queryset(request), term)
            hits = list(rows.order_by().values_list("pk", flat=True)[:2])
            if len(hits) == 1:
                opts = self.opts
                page = f"admin:{opts.app_label}_{opts.model_name}_change"
                return HttpResponseRedirect(reverse(page, args=hits))
        shown: HttpResponse = super().changelist_view(request, extra_context)
        return shown

    def _narrowed(self, request: HttpRequest, rows: Any, term: str) -> Any:
        return rows.filter(**{f"{self.product_column}__in": found(request, term)})


def found(request: HttpRequest, term: str) -> list[int]:
    """Look a term up once a request: the only hit is opened, several are listed."""
    key = f"crossdock.products:{term}"
    if key not in request.META:
        request.META[key] = find(term)
    hits: list[int] = request.META[key]
    return hits
