"""Counts: begun, counted without the books, reviewed, posted."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.http import urlencode
from django.utils.safestring import SafeString

from backoffice.actions import ConfirmedActionsMixin
from backoffice.badges import badge
from backoffice.exports import ExportedList
from backoffice.pages import OwnPage
from backoffice.readonly import ReadOnlyAdmin
from inventory import counting
from inventory.admin import count_review, count_scans, count_sheet
from inventory.admin.count_actions import ACTIONS
from inventory.admin.count_forms import BeginForm
from inventory.admin.places import MerchantFilter, WarehouseFilter
from inventory.models import Stocktake, StocktakeLine, StocktakeState
from platforms.errors import Refusal

TONES = {
    StocktakeState.COUNTING: "wait",
    StocktakeState.REVIEW: "info",
    StocktakeState.POSTED: "good",
}
COUNT = "inventory.count_stock"
REVIEW = "inventory.post_count"


@admin.register(Stocktake)
class StocktakeAdmin(ExportedList, OwnPage, ConfirmedActionsMixin, ReadOnlyAdmin):
    """What is being counted. Only who may post a count sees figures of the books."""

    nowhere = "There is no such count in your warehouses."
    confirmed_actions = ACTIONS
    list_display = (
        "number",
        "where_it_stands",
        "warehouse",
        "whose",
        "note",
        "counted_lines",
        "begun_at",
        "begun_by",
    )
    list_filter = ("state", WarehouseFilter, MerchantFilter)
    list_select_related = ("warehouse", "merchant", "begun_by")
    list_before_template = "inventory/counts.html"
    search_fields = ("note",)
    search_help_text = "Note"
    nothing = (
        "No count yet. Begin one: whoever counts sees no figures of the books, and nothing is "
        "booked before somebody has looked at the differences."
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Return the counts in the user's warehouses, with how far they are."""
        return (
            Stocktake.objects.seen_by(request.user)
            .select_related("warehouse", "merchant", "begun_by", "ended_by")
            .annotate(lines_all=_number_of("pk"), lines_done=_number_of("counted"))
            .order_by("-pk")
        )

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Who may count may begin a count."""
        return bool(request.user.has_perm(COUNT)) and self.has_view_permission(request)

    def get_urls(self) -> list[URLPattern]:
        """Add scanning and the printed sheet."""
        view = self.admin_site.admin_view
        return [
            path("<int:pk>/scan/", view(self.scan_view), name="inventory_stocktake_scan"),
            path("<int:pk>/print/", view(self.print_view), name="inventory_stocktake_print"),
            *super().get_urls(),
        ]

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Begin a count."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = BeginForm(request.POST if request.method == "POST" else None, user=request.user)
        if form.is_valid():
            try:
                count = self._begun(request, form.cleaned_data)
            except Refusal as refusal:
                form.add_error(None, str(refusal))
            else:
                return HttpResponseRedirect(_page_url(count))
        context = self.frame(request, "Begin a count") | {"form": form}
        return TemplateResponse(request, "inventory/begin_count.html", context)

    def _begun(self, request: HttpRequest, asked: dict[str, Any]) -> Stocktake:
        return counting.begin(
            asked["warehouse"],
            merchant=asked["merchant"],
            products=asked["chosen"],
            note=asked["note"],
            submission=asked["submission"],
            by=request.user,  # type: ignore[arg-type]
        )

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Show the sheet; under review and after it, the differences to who may post them."""
        count = self.find(request, object_id)
        if request.method == "POST":
            return self._noted(request, count)
        is_counting = count.state == StocktakeState.COUNTING
        if request.user.has_perm(REVIEW) and not is_counting:
            return self._page(
                request, count, "review", count_review.context(count, request.GET.dict())
            )
        return self._page(request, count, "sheet", self._sheet(request, count))

    def _sheet(self, request: HttpRequest, count: Stocktake) -> dict[str, Any]:
        term = request.GET.get("q", "").replace("\0", "").strip()
        only_open = request.GET.get("open") == "1"
        lines = StocktakeLine.objects.filter(stocktake=count)
        if term:
            found = count_sheet.lines_of(count, term) or count_sheet.begins_with(count, term)
            part = count_sheet.Part(found)
        else:
            wanted = lines.open() if only_open else lines
            part = count_sheet.part(wanted, _id(request.GET.get("from", "")))
        may_count = request.user.has_perm(COUNT) and count.state == StocktakeState.COUNTING
        return {
            "part": part,
            "term": term,
            "only_open": only_open,
            "may_count": may_count,
            "cursor": part.lines[0].pk if term and part.lines else 0,
        }

    def _noted(self, request: HttpRequest, count: Stocktake) -> HttpResponse:
        """Keep the figures of one page, and go on to the next one if that was pressed."""
        if not request.user.has_perm(COUNT):
            raise PermissionDenied
        typed = count_sheet.read(request.POST)
        try:
            noted = counting.note(
                count.pk,
                typed.counted,
                seen=typed.seen,
                by=request.user,  # type: ignore[arg-type]
            )
        except Refusal as refusal:
            self.message_user(request, str(refusal), "error")
            return HttpResponseRedirect(_page_url(count))
        self._say_noted(request, noted, len(typed.wrong))
        goes_on = "next" in request.POST and not typed.wrong and not noted.contested
        start = _id(request.POST.get("after" if goes_on else "from", ""))
        asked = {"from": start} if start else {}
        asked |= {"open": 1} if request.POST.get("open") == "1" else {}
        return HttpResponseRedirect(f"{_page_url(count)}?{urlencode(asked)}")

    def _say_noted(self, request: HttpRequest, noted: counting.Noted, wrong: int) -> None:
        if noted.changed or not (wrong or noted.contested):
            self.message_user(request, f"Figures kept: {noted.changed}.", "success")
        if wrong:
            words = f"Not kept: {wrong}. That is no number of units. Was a barcode scanned into it?"
            self.message_user(request, words, "error")
        for line in noted.contested[:5]:
            words = (
                f"{line.level.product}: {line.counted_by or 'somebody'} counted "
                f"{'nothing' if line.counted is None else line.counted} meanwhile. That stays; "
                "change it here if it is wrong."
            )
            self.message_user(request, words, "warning")

    def scan_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Count by scans."""
        count = self.find(request, str(pk))
        if not request.user.has_perm(COUNT):
            raise PermissionDenied
        if request.method == "POST":
            return count_scans.answer(request, count)
        if count.state != StocktakeState.COUNTING:
            return HttpResponseRedirect(_page_url(count))
        return self._page(request, count, "scan", {})

    def print_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show a part of the sheet for paper, without figures."""
        count = self.find(request, str(pk))
        lines = StocktakeLine.objects.filter(stocktake=count)
        part = count_sheet.part(lines, _id(request.GET.get("from", "")), count_sheet.PRINTED)
        return TemplateResponse(
            request, "inventory/count_print.html", {"count": count, "part": part}
        )

    def _page(
        self, request: HttpRequest, count: Stocktake, name: str, more: dict[str, Any]
    ) -> HttpResponse:
        context = self.frame(request, str(count)) | {
            "count": count,
            "badge": self.where_it_stands(count),
            "possible": self.possible(request, count),
            "again_url": self.act_url(next(a for a in ACTIONS if a.name == "count_again")),
            "may_review": request.user.has_perm(REVIEW),
            **more,
        }
        return TemplateResponse(request, f"inventory/count_{name}.html", context)

    @admin.display(description="Count", ordering="pk")
    def number(self, count: Stocktake) -> str:
        """Its number."""
        return f"Count {count.pk}"

    @admin.display(description="State", ordering="state")
    def where_it_stands(self, count: Stocktake) -> SafeString:
        """The state, coloured."""
        return badge(count.get_state_display(), TONES.get(StocktakeState(count.state), ""))

    @admin.display(description="Merchant", ordering="merchant")
    def whose(self, count: Stocktake) -> str:
        """Whose goods."""
        return str(count.merchant) if count.merchant else "all"

    @admin.display(description="Counted")
    def counted_lines(self, count: Any) -> str:
        """How many of its lines are counted."""
        return f"{count.lines_done} of {count.lines_all}"


def _number_of(column: str) -> Coalesce:
    lines = StocktakeLine.objects.filter(stocktake=OuterRef("pk")).order_by().values("stocktake")
    return Coalesce(Subquery(lines.annotate(number=Count(column)).values("number")), 0)


def _id(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else 0


def _page_url(count: Stocktake) -> str:
    return reverse("admin:inventory_stocktake_change", args=[count.pk])
