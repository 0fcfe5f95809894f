"""Pages of rows that have one of their own, in place of Django's form."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse


class OwnPage:
    """Gives a ModelAdmin a page of its own for each row; `page_context` says what stands on it.

    `nowhere` is what a person reads who asks for a row that is not there, or not for them.
    """

    page_template = ""
    nowhere = ""

    def page_context(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        """Return what the template shows of a row."""
        raise NotImplementedError

    def page_title(self, row: Any) -> str:
        """Return what stands at the top."""
        return str(row)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Show a row on its own page."""
        row = self.find(request, object_id)
        context = self.frame(request, self.page_title(row)) | self.page_context(request, row)
        return TemplateResponse(request, self.page_template, context)

    def find(self, request: HttpRequest, object_id: str) -> Any:
        """Return a row that this person may see. Raises Http404 with words for anything else."""
        row = self.get_object(request, object_id)  # type: ignore[attr-defined]
        if row is None or not self.has_view_permission(request, row):  # type: ignore[attr-defined]
            raise Http404(self.nowhere)
        return row

    def frame(self, request: HttpRequest, title: str) -> dict[str, Any]:
        """Return what every page around the rows needs."""
        site: Any = self.admin_site  # type: ignore[attr-defined]
        return {**site.each_context(request), "opts": self.opts, "title": title}  # type: ignore[attr-defined]
