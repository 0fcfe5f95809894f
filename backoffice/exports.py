"""Any list as a file: what a person sees in it, with its filters and search, as CSV or Excel."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from html import unescape
from itertools import islice
from typing import Any

from django.contrib import messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.utils import label_for_field, lookup_field
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import strip_tags
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from import_export.fields import Field
from import_export.formats.base_formats import CSV, XLSX, TablibFormat
from import_export.resources import Resource
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from unfold.admin import ModelAdmin

from backoffice.cells import harmless

READ_AT_ONCE = 2000


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of file, and how many rows it takes: an Excel file of 50,000 takes a minute."""

    label: str
    most_rows: int
    format: Callable[[], TablibFormat]
    starts_with: bytes = b""


KINDS: Mapping[str, Kind] = {
    # The byte order mark tells Excel that it is UTF-8.
    "csv": Kind("CSV", 50_000, CSV, "\ufeff".encode()),
    "xlsx": Kind("Excel", 20_000, XLSX),
}


class ExportedList(ModelAdmin):
    """Lets those who may look at a list take it with them.

    The file has the columns of the list, or `export_columns`: what `list_display` takes, with
    values as plain text. It stands first among the bases of a screen.
    """

    export_columns: Sequence[str] = ()
    list_after_template = "backoffice/export.html"

    def get_urls(self) -> list[URLPattern]:
        """Add the address of the files."""
        view = self.admin_site.admin_view(self.export_view)
        return [path("export/<str:kind>/", view, name=self._export_name), *super().get_urls()]

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Offer the rows that are selected as a file."""
        actions: dict[str, Any] = super().get_actions(request)
        if not self.has_view_permission(request):
            return actions
        for key, kind in KINDS.items():
            name = f"export_{key}"
            actions[name] = (_as_list_action(kind), name, f"Download as {kind.label}")
        return actions

    def read_beside(self, rows: Sequence[Any]) -> None:
        """Read for all these rows at once what a column shows and no join brings."""

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show the list, with links to its files below it."""
        links = [
            (kind.label, reverse(f"admin:{self._export_name}", args=[key]))
            for key, kind in KINDS.items()
        ]
        context = {**(extra_context or {}), "exports": links}
        shown: HttpResponse = super().changelist_view(request, context)
        return shown

    def export_view(self, request: HttpRequest, kind: str) -> HttpResponse:
        """Hand out the list that the same query shows."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        if kind not in KINDS:
            raise Http404(f"A list is not to be had as {kind}.")
        try:
            rows = self.get_changelist_instance(request).queryset
        except IncorrectLookupParameters:
            return HttpResponseRedirect(f"{self._list_address()}?e=1")
        return self.exported(request, rows, KINDS[kind])

    def exported(self, request: HttpRequest, rows: QuerySet[Any], kind: Kind) -> HttpResponse:
        """Return the rows as a file; too many of them are refused in words."""
        if rows[: kind.most_rows + 1].count() > kind.most_rows:
            messages.error(request, _too_many(kind))
            return HttpResponseRedirect(f"{self._list_address()}?{request.GET.urlencode()}")
        made = kind.format()
        table = ListResource(self).export(rows[: kind.most_rows])
        content = made.export_data(table)
        body = content if isinstance(content, bytes) else content.encode()
        answer = HttpResponse(kind.starts_with + body, content_type=made.get_content_type())
        name = f"{self.opts.model_name}-{timezone.localdate():%Y-%m-%d}.{made.get_extension()}"
        answer["Content-Disposition"] = f'attachment; filename="{name}"'
        return answer

    @property
    def _export_name(self) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}_export"

    def _list_address(self) -> str:
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist")


class ListResource(Resource):
    """The rows of a list, read in parts, in the words of its columns."""

    def __init__(self, screen: ExportedList) -> None:
        super().__init__()
        self._screen = screen
        columns = screen.export_columns or screen.list_display
        self.fields = {
            name: Field(
                column_name=capfirst(str(label_for_field(name, screen.model, screen))),
                dehydrate_method=partial(_cell, name, screen),
            )
            for name in columns
        }

    def iter_queryset(self, rows: QuerySet[Any]) -> Iterator[Any]:
        """Read the rows in parts, with what belongs to them."""
        following = rows.iterator(chunk_size=READ_AT_ONCE)
        while part := list(islice(following, READ_AT_ONCE)):
            self._screen.read_beside(part)
            yield from part


def _cell(name: str, screen: ExportedList, row: Model) -> Any:
    """Return what the list shows in this column, as plain text, number or local time."""
    field, _, value = lookup_field(name, row, screen)
    if choices := dict(getattr(field, "flatchoices", ())):
        value = choices.get(value, value)
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case int() | float():
            return value
        case datetime():
            return timezone.localtime(value).replace(tzinfo=None, microsecond=0)
        case SafeString():
            value = unescape(strip_tags(value))
    return harmless(ILLEGAL_CHARACTERS_RE.sub("", str(value)))


def _too_many(kind: Kind) -> str:
    other = f" {KINDS['csv'].most_rows:,} rows go into a CSV file." if kind.label != "CSV" else ""
    return (
        f"The list has more than {kind.most_rows:,} rows. Narrow it with its filters or the "
        f"search, and download it again.{other}"
    )


def _as_list_action(kind: Kind) -> Callable[..., HttpResponse]:
    def hand_out(screen: ExportedList, request: HttpRequest, rows: Any) -> HttpResponse:
        return screen.exported(request, rows, kind)

    return hand_out
