"""Inbounds: what merchants announce, and what of it has come."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.safestring import SafeString

from backoffice.actions import ConfirmedActionsMixin
from backoffice.badges import badge
from backoffice.exports import ExportedList
from backoffice.pages import OwnPage
from backoffice.readonly import ReadOnlyAdmin
from inventory import announcing
from inventory.admin import scans
from inventory.admin.arrival_forms import how_it_stands, to_come
from inventory.admin.inbound_actions import ACTIONS
from inventory.admin.lines_form import LinesForm, as_text
from inventory.admin.places import MerchantFilter, WarehouseFilter, merchants_of, offer
from inventory.models import Inbound, InboundLine, InboundState, StockMovement
from locations.models import Warehouse
from platforms.errors import Refusal

TONES = {InboundState.EXPECTED: "wait", InboundState.PARTLY: "info", InboundState.CLOSED: "good"}
LINES_SHOWN = 1000
MOVEMENTS_SHOWN = 100


class InboundForm(LinesForm):
    """What a merchant announces."""

    class Meta:
        model = Inbound
        fields = ("merchant", "warehouse", "reference", "expected_on", "note", "lines")
        widgets = {
            "expected_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "note": forms.Textarea(attrs={"rows": 2}),
        }

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "merchant", merchants_of(user))
        offer(self, "warehouse", Warehouse.objects.worked_by(user))


@admin.register(Inbound)
class InboundAdmin(ExportedList, OwnPage, ConfirmedActionsMixin, ReadOnlyAdmin):
    """Goods on their way to us."""

    page_template = "inventory/inbound.html"
    nowhere = "There is no such inbound for your warehouses."
    confirmed_actions = ACTIONS
    list_display = (
        "reference",
        "where_it_stands",
        "merchant",
        "warehouse",
        "expected_on",
        "units_expected",
        "units_received",
    )
    list_filter = ("state", WarehouseFilter, MerchantFilter)
    list_select_related = ("merchant", "warehouse")
    list_before_template = "inventory/inbounds.html"
    search_fields = ("reference",)
    search_help_text = "Reference or SKU"
    nothing = (
        "No inbound yet. Announce one when a merchant says what is on its way: on arrival the "
        "floor counts against it."
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Return the inbounds for the user's warehouses, with their sums."""
        return (
            Inbound.objects.seen_by(request.user)
            .select_related("merchant", "warehouse")
            .annotate(expected_sum=_sum_of("expected"), received_sum=_sum_of("received"))
            .order_by("-pk")
        )

    def get_search_results(
        self, request: HttpRequest, queryset: Any, search_term: str
    ) -> tuple[Any, bool]:
        """Search by the number on the papers, or by what is in the boxes."""
        term = search_term.replace("\0", "").strip()
        if not term:
            return queryset, False
        lines = InboundLine.objects.filter(product__sku__iexact=term).values("inbound")
        return queryset.filter(Q(reference__icontains=term) | Q(pk__in=lines)), False

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Who may announce goods."""
        return bool(request.user.has_perm("inventory.add_inbound"))

    def get_urls(self) -> list[URLPattern]:
        """Add the form of an inbound, and the answer to a scan."""
        view = self.admin_site.admin_view
        return [
            path("code/", view(scans.answer), name="inventory_code"),
            path("<int:pk>/edit/", view(self.edit_view), name="inventory_inbound_edit"),
            *super().get_urls(),
        ]

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Announce goods."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        return self._form(request, Inbound(), "Announce an inbound")

    def edit_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Change what was announced, as long as nothing of it came."""
        if not request.user.has_perm("inventory.change_inbound"):
            raise PermissionDenied
        inbound = self.find(request, str(pk))
        if reason := announcing.why_not_change(inbound):
            self.message_user(request, reason, "warning")
            return HttpResponseRedirect(_page_url(inbound))
        return self._form(request, inbound, f"Change inbound {inbound.reference}")

    def _form(self, request: HttpRequest, inbound: Inbound, title: str) -> HttpResponse:
        sent = request.POST if request.method == "POST" else None
        lines = inbound.lines.values_list("product__sku", "expected") if inbound.pk else ()
        initial = {"lines": as_text(lines)}
        form = InboundForm(sent, instance=inbound, initial=initial, user=request.user)
        if form.is_valid() and self._saved(request, form):
            return HttpResponseRedirect(_page_url(inbound))
        context = self.frame(request, title) | {
            "form": form,
            "back_url": _page_url(inbound) if inbound.pk else _list_url(),
        }
        return TemplateResponse(request, "inventory/lines_form.html", context)

    def _saved(self, request: HttpRequest, form: InboundForm) -> bool:
        is_new = form.instance.pk is None
        try:
            if is_new:
                announcing.announce(form.instance, form.units, by=request.user)  # type: ignore[arg-type]
            else:
                announcing.change(form.instance, form.units)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
            return False
        log = self.log_addition if is_new else self.log_change
        log(request, form.instance, [{"added": {}}] if is_new else [{"changed": {}}])
        self.message_user(request, f"{form.instance.reference} is announced.", "success")
        return True

    def page_title(self, row: Any) -> str:
        """It goes by its reference."""
        return f"Inbound {row.reference}"

    def page_context(self, request: HttpRequest, inbound: Inbound) -> dict[str, Any]:
        """Show what is expected, what came of it and when, and what can be done."""
        lines = inbound.lines.select_related("product")
        movements = StockMovement.objects.filter(
            cause_model=Inbound._meta.label_lower, cause_id=inbound.pk
        ).select_related("level__product", "by")
        can_edit = request.user.has_perm("inventory.change_inbound")
        return {
            "inbound": inbound,
            "badge": self.where_it_stands(inbound),
            "possible": self.possible(request, inbound),
            "can_edit": can_edit and not announcing.why_not_change(inbound),
            "lines": [(line, to_come(line), how_it_stands(line)) for line in lines[:LINES_SHOWN]],
            "lines_more": lines.count() - LINES_SHOWN,
            "receipts": inbound.receipts.select_related("by").order_by("-pk")[:MOVEMENTS_SHOWN],
            "movements": movements[:MOVEMENTS_SHOWN],
        }

    @admin.display(description="State", ordering="state")
    def where_it_stands(self, inbound: Inbound) -> SafeString:
        """The state, coloured."""
        return badge(inbound.get_state_display(), TONES[InboundState(inbound.state)])

    @admin.display(description="Units expected")
    def units_expected(self, inbound: Any) -> int:
        """All units that were announced."""
        return int(inbound.expected_sum)

    @admin.display(description="Units received")
    def units_received(self, inbound: Any) -> int:
        """All units that came."""
        return int(inbound.received_sum)


def _sum_of(figure: str) -> Coalesce:
    lines = InboundLine.objects.filter(inbound=OuterRef("pk")).order_by().values("inbound")
    return Coalesce(Subquery(lines.annotate(total=Sum(figure)).values("total")), 0)


def _list_url() -> str:
    return reverse("admin:inventory_inbound_changelist")


def _page_url(inbound: Inbound) -> str:
    return reverse("admin:inventory_inbound_change", args=[inbound.pk])
