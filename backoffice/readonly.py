"""An admin for rows that nobody edits by hand: they change through actions, or not at all."""

from typing import Any

from django.http import HttpRequest
from unfold.admin import ModelAdmin

from backoffice.lists import CountedOnce
from backoffice.pagination import CappedPaginator


class ReadOnlyAdmin(ModelAdmin):
    """Looking only. Django's own add, change and delete are off for everybody."""

    list_fullwidth = True
    show_full_result_count = False
    paginator = CappedPaginator

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[CountedOnce]:
        """Return the list that says once how many there are."""
        return CountedOnce

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Rows come from elsewhere."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Rows change through actions."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Rows are history."""
        return False
