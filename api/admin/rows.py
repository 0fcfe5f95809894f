"""What the API's screens share: how rows look, and that who may manage access sees it at all."""

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from api.models import Consignee
from api.shapes.common import SENT
from locations.models import works_everywhere
from relay.admin.rows import OperatorAdmin

MANAGE = "api.manage_access"


def may_manage(request: HttpRequest) -> bool:
    """Tell whether a user may issue and revoke."""
    return works_everywhere(request.user) and request.user.has_perm(MANAGE)


def lines(texts: Iterable[str]) -> SafeString:
    """Show texts below each other."""
    return format_html_join("", "{}<br>", ((text,) for text in texts))


def sent_words(row: Consignee) -> SafeString:
    """Show a recipient as it was sent, part by part."""
    return lines(str(row.sent[name]) for name in SENT if row.sent.get(name))


class AccessAdmin(OperatorAdmin):
    """Rows that are issued and revoked, and never written by hand."""

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whoever may revoke may look."""
        return may_manage(request)

    def has_module_permission(self, request: HttpRequest) -> bool:
        """As for looking."""
        return may_manage(request)
