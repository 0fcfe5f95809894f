"""What the screens about access share: only who may manage access sees them at all."""

from typing import Any

from django.http import HttpRequest

from locations.models import works_everywhere
from relay.admin.rows import OperatorAdmin

MANAGE = "api.manage_access"


def may_manage(request: HttpRequest) -> bool:
    """Tell whether a user may issue and revoke."""
    return works_everywhere(request.user) and request.user.has_perm(MANAGE)


class AccessAdmin(OperatorAdmin):
    """Rows that are issued and revoked, and never written by hand."""

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whoever may revoke may look."""
        return may_manage(request)

    def has_module_permission(self, request: HttpRequest) -> bool:
        """As for looking."""
        return may_manage(request)
