"""Transfers: written in one warehouse, sent there, taken in at the other."""

import uuid
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import BooleanField, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.expressions import ExpressionWrapper
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
from inventory import transferring
from inventory.admin.lines_form import LinesForm, as_text
from inventory.admin.places import EitherEndFilter, MerchantFilter, merchants_of, offer
from inventory.admin.transfer_actions import ACTIONS
from inventory.models import StockMovement, Transfer, TransferLine, TransferState
from locations.models import Warehouse, ids_worked_by, works_everywhere
from platforms.errors import Refusal

TONES = {
    TransferState.DRAFT: "wait",
    TransferState.SENT: "info",
    TransferState.RECEIVED: "good",
    TransferState.CANCELLED: "stop",
}
SHOWN = 1000


class TransferForm(LinesForm):
    """What goes from one of the user's warehouses to any other."""

    submission = forms.UUIDField(initial=uuid.uuid4, widget=forms.HiddenInput)

    class Meta:
        model = Transfer
        fields = ("merchant", "source", "target", "note", "lines")

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "merchant", merchants_of(user))
        offer(self, "source", Warehouse.objects.worked_by(user))


@admin.register(Transfer)
class TransferAdmin(ExportedList, OwnPage, ConfirmedActionsMixin, ReadOnlyAdmin):
    """Goods between our warehouses. Who works at either end sees them."""

    page_template = "inventory/transfer.html"
    nowhere = "There is no such transfer at your warehouses."
    confirmed_actions = ACTIONS
    list_display = (
        "number",
        "where_it_stands",
        "merchant",
        "source",
        "target",
        "units_sent",
        "units_on_the_way",
        "note",
        "sent_at",
        "received_at",
    )
    list_filter = ("state", EitherEndFilter, MerchantFilter)
    list_select_related = ("merchant", "source", "target")
    list_before_template = "inventory/transfers.html"
    search_fields = ("note",)
    search_help_text = "Note or SKU"
    nothing = (
        "No transfer yet. Write one to move goods to another warehouse: they leave the books "
        "here when it is sent, and enter them there when it arrives."
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Return the transfers at whose ends the user works, with which end that is."""
        lines = TransferLine.objects.filter(transfer=OuterRef("pk")).order_by().values("transfer")
        units = Subquery(lines.annotate(total=Sum("quantity")).values("total"))
        return (
            Transfer.objects.seen_by(request.user)
            .select_related("merchant", "source", "target", "made_by")
            .annotate(
                units=Coalesce(units, 0),
                source_is_mine=_is_mine("source", request.user),
                target_is_mine=_is_mine("target", request.user),
            )
            .order_by("-pk")
        )

    def get_search_results(
        self, request: HttpRequest, queryset: Any, search_term: str
    ) -> tuple[Any, bool]:
        """Search by the note, or by what is in the boxes."""
        term = search_term.replace("\0", "").strip()
        if not term:
            return queryset, False
        lines = TransferLine.objects.filter(product__sku__iexact=term).values("transfer")
        return queryset.filter(Q(note__icontains=term) | Q(pk__in=lines)), False

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Who may write a transfer."""
        return bool(request.user.has_perm("inventory.add_transfer"))

    def get_urls(self) -> list[URLPattern]:
        """Add the form of a transfer."""
        view = self.admin_site.admin_view(self.edit_view)
        return [path("<int:pk>/edit/", view, name="inventory_transfer_edit"), *super().get_urls()]

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Write a transfer."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        return self._form(request, Transfer(), "Write a transfer")

    def edit_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Change what goes, as long as it was not sent."""
        transfer = self.find(request, str(pk))
        if not self._may_edit(request, transfer):
            raise PermissionDenied
        if transfer.state != TransferState.DRAFT:
            words = f"It stands at “{transfer.get_state_display()}”: what goes stays as it is."
            self.message_user(request, words, "warning")
            return HttpResponseRedirect(_page_url(transfer))
        return self._form(request, transfer, str(transfer))

    def _may_edit(self, request: HttpRequest, transfer: Any) -> bool:
        return request.user.has_perm("inventory.change_transfer") and transfer.source_is_mine

    def _form(self, request: HttpRequest, transfer: Transfer, title: str) -> HttpResponse:
        sent = request.POST if request.method == "POST" else None
        lines = transfer.lines.values_list("product__sku", "quantity") if transfer.pk else ()
        initial = {"lines": as_text(lines)}
        form = TransferForm(sent, instance=transfer, initial=initial, user=request.user)
        if form.is_valid() and (saved := self._saved(request, form)):
            return HttpResponseRedirect(_page_url(saved))
        context = self.frame(request, title) | {
            "form": form,
            "back_url": _page_url(transfer) if transfer.pk else _list_url(),
        }
        return TemplateResponse(request, "inventory/lines_form.html", context)

    def _saved(self, request: HttpRequest, form: TransferForm) -> Transfer | None:
        is_new = form.instance.pk is None
        if is_new:
            form.instance.submission = form.cleaned_data["submission"]
        try:
            saved = transferring.write(form.instance, form.units, by=request.user)  # type: ignore[arg-type]
        except Refusal as refusal:
            form.add_error(None, str(refusal))
            return None
        log = self.log_addition if is_new else self.log_change
        log(request, saved, [{"added": {}}] if is_new else [{"changed": {}}])
        self.message_user(request, f"{saved} is written. Send it when it leaves.", "success")
        return saved

    def page_context(self, request: HttpRequest, transfer: Transfer) -> dict[str, Any]:
        """Show what goes, what of it arrived, and what can be done."""
        lines = transfer.lines.select_related("product")
        movements = StockMovement.objects.filter(
            cause_model=Transfer._meta.label_lower, cause_id=transfer.pk
        ).select_related("level__product", "by")
        is_draft = transfer.state == TransferState.DRAFT
        return {
            "transfer": transfer,
            "badge": self.where_it_stands(transfer),
            "possible": self.possible(request, transfer),
            "can_edit": is_draft and self._may_edit(request, transfer),
            "lines": [(line, _in_words(transfer, line)) for line in lines[:SHOWN]],
            "lines_more": lines.count() - SHOWN,
            "on_the_way": self.units_on_the_way(transfer),
            "movements": movements[:100],
        }

    @admin.display(description="Transfer", ordering="pk")
    def number(self, transfer: Transfer) -> str:
        """Its number."""
        return f"Transfer {transfer.pk}"

    @admin.display(description="State", ordering="state")
    def where_it_stands(self, transfer: Transfer) -> SafeString:
        """The state, coloured."""
        return badge(transfer.get_state_display(), TONES[TransferState(transfer.state)])

    @admin.display(description="Units")
    def units_sent(self, transfer: Any) -> int:
        """All its units."""
        return int(transfer.units)

    @admin.display(description="On the way")
    def units_on_the_way(self, transfer: Any) -> int:
        """Units that are in no warehouse now."""
        return int(transfer.units) if transfer.state == TransferState.SENT else 0


def _is_mine(end: str, user: Any) -> Any:
    if works_everywhere(user):
        return Value(True, output_field=BooleanField())
    mine = Q(**{f"{end}__in": ids_worked_by(user)})
    return ExpressionWrapper(mine, output_field=BooleanField())


def _in_words(transfer: Transfer, line: TransferLine) -> str:
    if transfer.state != TransferState.RECEIVED:
        return "On the way" if transfer.state == TransferState.SENT else ""
    missing = line.quantity - line.received
    return f"{missing} did not arrive" if missing else "All arrived"


def _list_url() -> str:
    return reverse("admin:inventory_transfer_changelist")


def _page_url(transfer: Transfer) -> str:
    return reverse("admin:inventory_transfer_change", args=[transfer.pk])
