"""Shipping by file: send a file, see what each row would do, start it, read what became of it."""

import csv
from collections.abc import Iterable, Sequence
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

from backoffice.actions import Act, ConfirmedAction, ConfirmedActionsMixin, Result
from backoffice.badges import badge
from backoffice.cells import harmless
from backoffice.exports import ExportedList
from backoffice.pages import OwnPage
from backoffice.readonly import ReadOnlyAdmin
from fulfillment import imports, jobs
from fulfillment.models import ImportState, TrackingImport
from fulfillment.shipping_files.columns import NAMES, Row, Verdict
from inventory import tables
from locations.models import Store, Warehouse
from platforms.errors import Refusal
from relay.admin.rows import one_by_one

# Shipped while the browser waits; more are left to the worker, and the page shows how far it is.
ORDERS_AT_ONCE = 200
ROWS_SHOWN = 300
TEMPLATE = tuple(names[0] for names in NAMES.values())
TONES = {
    ImportState.PREVIEW: "wait",
    ImportState.RUNNING: "info",
    ImportState.DONE: "good",
    Verdict.SHIP: "wait",
    Verdict.SHIPPED: "good",
    Verdict.NOTHING: "",
    Verdict.REFUSED: "stop",
}
# What a person has to look at stands first.
ORDER_OF_VERDICTS = (Verdict.REFUSED, Verdict.SHIP, Verdict.SHIPPED, Verdict.NOTHING)


class UploadForm(forms.Form):
    """A file of tracking codes, and the store that all of it is about, if it is one."""

    file = forms.FileField(
        label="CSV or Excel file (.xlsx)",
        allow_empty_file=True,
        widget=UnfoldAdminFileFieldWidget(attrs={"accept": ".csv,.txt,.tsv,.xlsx"}),
    )
    store = forms.ModelChoiceField(
        Store.objects.none(),
        required=False,
        empty_label="As the file says",
        help_text="Only needed where two stores have orders with the same numbers.",
    )

    def __init__(self, *args: Any, mine: QuerySet[Store], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["store"].queryset = mine  # type: ignore[attr-defined]

    def clean_file(self) -> "UploadedFile[bytes]":
        """Refuse a file that is too large before it is read."""
        file: UploadedFile[bytes] = self.cleaned_data["file"]
        if (file.size or 0) > tables.MOST_BYTES:
            raise forms.ValidationError(tables.TOO_LARGE)
        return file


def _start(import_id: int, act: Act) -> None:
    made = imports.start(import_id, by=act.user)
    if made.orders <= ORDERS_AT_ONCE:
        imports.carry_out(import_id)
    else:
        jobs.ship_file_later(import_id)


def _perform(act: Act) -> Result:
    return one_by_one(act, lambda pk: _start(pk, act))


SHIP_FILE = ConfirmedAction(
    name="ship_file",
    label="Ship as in the file",
    permission="fulfillment.ship",
    done="Files started",
    why_not=imports.why_not_start,
    effect=lambda made: f"Orders that leave: {made.orders}. Their stores are told.",
    perform=_perform,
    icon="local_shipping",
)


@admin.register(TrackingImport)
class TrackingImportAdmin(ExportedList, OwnPage, ConfirmedActionsMixin, ReadOnlyAdmin):
    """The files that people sent, with what became of each row."""

    page_template = "fulfillment/import.html"
    nowhere = "There is no such file of yours."
    confirmed_actions = (SHIP_FILE,)
    list_display = (
        "file_name",
        "where_it_stands",
        "uploaded_at",
        "uploaded_by",
        "to_ship",
        "shipped",
        "nothing_to_do",
        "not_possible",
    )
    list_filter = ("state",)
    list_select_related = ("uploaded_by",)
    list_before_template = "fulfillment/imports.html"
    search_fields = ("file_name",)
    search_help_text = "Name of the file"
    nothing = (
        "No file yet. Send one that says which order left with which tracking code: all of them "
        "are shipped at once, and their stores are told."
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """A person's own files; the rows are read on the page of a file only."""
        return TrackingImport.objects.seen_by(request.user).defer("rows")

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Who may ship may ship by file."""
        return bool(request.user.has_perm("fulfillment.ship"))

    def has_add_permission(self, request: HttpRequest) -> bool:
        """As for looking."""
        return self.has_view_permission(request)

    def has_module_permission(self, request: HttpRequest) -> bool:
        """As for looking."""
        return self.has_view_permission(request)

    def get_urls(self) -> list[URLPattern]:
        """Add the template, and the result of a file."""
        view = self.admin_site.admin_view
        name = "fulfillment_trackingimport"
        return [
            path("template.csv", view(self.template_view), name=f"{name}_template"),
            path("<int:pk>/result.csv", view(self.result_view), name=f"{name}_result"),
            *super().get_urls(),
        ]

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Take a file in and lead to its page, which shows what would happen."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        sent = (request.POST, request.FILES) if request.method == "POST" else ()
        form = UploadForm(*sent, mine=_stores_of(request))
        if form.is_valid():
            try:
                made = _taken_in(form, request)
            except Refusal as refusal:
                form.add_error("file", str(refusal))
            else:
                return HttpResponseRedirect(_page_url(made))
        context = self.frame(request, "Send a file")
        columns_table = [(names[0], ", ".join(names[1:])) for names in NAMES.values()]
        context |= {"form": form, "columns": columns_table}
        return TemplateResponse(request, "fulfillment/upload.html", context)

    def page_context(self, request: HttpRequest, made: TrackingImport) -> dict[str, Any]:
        """Show a file: what it would do, how far it is, or what it did."""
        rows = sorted(_rows(made), key=lambda row: ORDER_OF_VERDICTS.index(Verdict(row.verdict)))
        return {
            "import": made,
            "badge": self.where_it_stands(made),
            "rows": [(row, _verdict_badge(row)) for row in rows[:ROWS_SHOWN]],
            "rows_more": len(rows) - ROWS_SHOWN,
            "act_url": self.act_url(SHIP_FILE),
            "can_start": not imports.why_not_start(made),
            "worked_through": made.row_count - made.to_ship,
        }

    def template_view(self, request: HttpRequest) -> HttpResponse:
        """Hand out an empty file with the names of all columns."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        return _csv("tracking.csv", [TEMPLATE])

    def result_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Hand out what became of each row."""
        made = self.get_object(request, str(pk))
        if made is None or not self.has_view_permission(request, made):
            raise Http404("There is no such file of yours.")
        head = ("Row", "Result", "What", *TEMPLATE)
        return _csv(f"result-{made.pk}.csv", [head, *(_cells(row) for row in _rows(made))])

    @admin.display(description="State", ordering="state")
    def where_it_stands(self, made: TrackingImport) -> SafeString:
        """The state, coloured."""
        return badge(made.get_state_display(), TONES.get(ImportState(made.state), ""))

    @admin.display(description="Rows with nothing to do")
    def nothing_to_do(self, made: TrackingImport) -> int:
        """Rows that had been shipped before."""
        return made.nothing

    @admin.display(description="Rows not possible")
    def not_possible(self, made: TrackingImport) -> int:
        """Rows that a person must look at."""
        return made.refused


def _taken_in(form: UploadForm, request: HttpRequest) -> TrackingImport:
    file = form.cleaned_data["file"]
    return imports.preview(
        file.read(),
        file.name,
        store=form.cleaned_data["store"],
        by=request.user,  # type: ignore[arg-type]
    )


def _stores_of(request: HttpRequest) -> QuerySet[Store]:
    mine = Warehouse.objects.worked_by(request.user)
    return Store.objects.filter(locations__warehouse__in=mine).distinct()


def _rows(made: TrackingImport) -> list[Row]:
    return [Row(**row) for row in made.rows]


def _verdict_badge(row: Row) -> SafeString:
    return badge(row.verdict_in_words, TONES[Verdict(row.verdict)])


def _cells(row: Row) -> Sequence[str]:
    own = (getattr(row, name) for name in NAMES)
    return (str(row.number), row.verdict_in_words, row.words, *own)


def _page_url(made: TrackingImport) -> str:
    return reverse("admin:fulfillment_trackingimport_change", args=[made.pk])


def _csv(name: str, rows: Iterable[Sequence[str]]) -> HttpResponse:
    # The byte order mark tells Excel that it is UTF-8.
    answer = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    writer = csv.writer(answer)
    writer.writerows([harmless(cell) for cell in row] for row in rows)
    return answer
