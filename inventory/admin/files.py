"""Products and stock by file: send one, see what each row would do, apply it."""

import csv
from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.safestring import SafeString
from unfold.widgets import UnfoldAdminFileFieldWidget

from backoffice.actions import ConfirmedAction, ConfirmedActionsMixin
from backoffice.badges import badge
from backoffice.exports import ExportedList
from backoffice.pages import OwnPage
from backoffice.readonly import ReadOnlyAdmin
from inventory import importing, tables
from inventory.files.rows import Row, Verdict
from inventory.models import FileKind, FileState, StockFile
from inventory.scope import of_my_merchants
from locations.models import Merchant
from platforms.errors import Refusal
from relay.admin.rows import one_by_one

PERMISSION = "inventory.import_stock"
ROWS_SHOWN = 300
MOST_BYTES = tables.MOST_BYTES
TONES = {
    FileState.PREVIEW: "wait",
    FileState.WRONG: "stop",
    FileState.NOTHING: "",
    FileState.APPLIED: "good",
    Verdict.NEW: "info",
    Verdict.CHANGED: "wait",
    Verdict.UNCHANGED: "",
    Verdict.WRONG: "stop",
}
# What a person has to look at stands first.
ORDER_OF_VERDICTS = (Verdict.WRONG, Verdict.CHANGED, Verdict.NEW, Verdict.UNCHANGED)


class UploadForm(forms.Form):
    """A file, what it is about, and whose goods its rows mean where they do not say so."""

    kind = forms.ChoiceField(label="It is about", choices=FileKind.choices)
    file = forms.FileField(
        label="CSV or Excel file (.xlsx)",
        allow_empty_file=True,
        widget=UnfoldAdminFileFieldWidget(attrs={"accept": ".csv,.txt,.tsv,.xlsx"}),
    )
    merchant = forms.ModelChoiceField(
        Merchant.objects.none(),
        required=False,
        empty_label="As the file says",
        help_text="Only needed where rows name no merchant.",
    )

    def __init__(self, *args: Any, mine: QuerySet[Merchant], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["merchant"].queryset = mine  # type: ignore[attr-defined]

    def clean_file(self) -> "UploadedFile[bytes]":
        """Refuse a file that is too large before it is read."""
        file: UploadedFile[bytes] = self.cleaned_data["file"]
        if (file.size or 0) > MOST_BYTES:
            raise forms.ValidationError(tables.TOO_LARGE)
        return file


APPLY_FILE = ConfirmedAction(
    name="apply_file",
    label="Apply the file",
    permission=PERMISSION,
    done="Files applied",
    why_not=importing.why_not_apply,
    effect=lambda made: f"New: {made.new}. Changed: {made.changed}. All of it, or nothing.",
    perform=lambda act: one_by_one(act, lambda pk: importing.apply(pk, by=act.user)),
    icon="upload_file",
)


@admin.register(StockFile)
class StockFileAdmin(ExportedList, OwnPage, ConfirmedActionsMixin, ReadOnlyAdmin):
    """The files that people sent, with what each row would do."""

    page_template = "inventory/file.html"
    nowhere = "There is no such file of yours."
    confirmed_actions = (APPLY_FILE,)
    list_display = (
        "file_name",
        "kind",
        "where_it_stands",
        "uploaded_at",
        "uploaded_by",
        "new",
        "changed",
        "unchanged",
        "wrong",
    )
    list_filter = ("kind", "state")
    list_before_template = "inventory/files.html"
    search_fields = ("file_name",)
    search_help_text = "Name of the file"
    nothing = "No file yet. Send one of products, or of how many units lie in a warehouse."

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """A person's own files; the rows are read on the page of a file only."""
        rows = StockFile.objects.seen_by(request.user).select_related("uploaded_by", "applied_by")
        return rows.defer("rows")

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Who may import may look at what was imported."""
        return bool(request.user.has_perm(PERMISSION))

    def has_add_permission(self, request: HttpRequest) -> bool:
        """As for looking."""
        return self.has_view_permission(request)

    def has_module_permission(self, request: HttpRequest) -> bool:
        """As for looking."""
        return self.has_view_permission(request)

    def get_urls(self) -> list[URLPattern]:
        """Add the templates."""
        view = self.admin_site.admin_view(self.template_view)
        name = "inventory_stockfile_template"
        return [path("<str:kind>-template.csv", view, name=name), *super().get_urls()]

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Take a file in and lead to its page, which shows what would happen."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        sent = (request.POST, request.FILES) if request.method == "POST" else ()
        mine = Merchant.objects.filter(of_my_merchants(request.user, "pk"))
        form = UploadForm(*sent, mine=mine, initial={"kind": request.GET.get("kind")})
        if form.is_valid():
            try:
                made = _taken_in(form, request)
            except Refusal as refusal:
                form.add_error("file", str(refusal))
            else:
                page = reverse("admin:inventory_stockfile_change", args=[made.pk])
                return HttpResponseRedirect(page)
        about = [(kind.label, kind.value, importing.KINDS[kind].NAMES) for kind in FileKind]
        context = self.frame(request, "Send a file") | {"form": form, "about": about}
        return TemplateResponse(request, "inventory/upload.html", context)

    def page_context(self, request: HttpRequest, made: StockFile) -> dict[str, Any]:
        """Show what a file would do, or did."""
        rows = importing.rows_of(made)
        rows.sort(key=lambda row: ORDER_OF_VERDICTS.index(Verdict(row.verdict)))
        return {
            "file": made,
            "badge": self.where_it_stands(made),
            "rows": [(row, _verdict(row)) for row in rows[:ROWS_SHOWN]],
            "rows_more": len(rows) - ROWS_SHOWN,
            "act_url": self.act_url(APPLY_FILE),
            "can_apply": not importing.why_not_apply(made),
        }

    def template_view(self, request: HttpRequest, kind: str) -> HttpResponse:
        """Hand out an empty file with the names of all columns."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        if kind not in importing.KINDS:
            raise Http404(f"There is no template for {kind}.")
        return _csv(f"{kind}.csv", [[*importing.KINDS[kind].NAMES]])

    @admin.display(description="State", ordering="state")
    def where_it_stands(self, made: StockFile) -> SafeString:
        """The state, coloured."""
        return badge(made.get_state_display(), TONES.get(FileState(made.state), ""))


def _taken_in(form: UploadForm, request: HttpRequest) -> StockFile:
    sent = form.cleaned_data
    return importing.preview(
        sent["file"].read(),
        sent["file"].name,
        sent["kind"],
        merchant=sent["merchant"],
        by=request.user,  # type: ignore[arg-type]
    )


def _verdict(row: Row) -> SafeString:
    return badge(row.verdict_in_words, TONES[Verdict(row.verdict)])


def _csv(name: str, rows: Sequence[Sequence[str]]) -> HttpResponse:
    # The byte order mark tells Excel that it is UTF-8.
    answer = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    csv.writer(answer).writerows(rows)
    return answer
