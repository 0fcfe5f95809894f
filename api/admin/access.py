"""API logins, tracking keys, and who has called when."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from api import keys, stores
from api.admin.rows import MANAGE, AccessAdmin
from api.models import ApiKey, Login, Use
from backoffice.actions import Act, ConfirmedAction, ConfirmedActionsMixin, Result
from backoffice.exports import ExportedList
from relay.admin.rows import OfAllStores, OperatorAdmin


def _issue(act: Act) -> Result:
    users = [login.user for login in Login.objects.select_related("user").filter(pk__in=act.seen)]
    shown = [f"{user}: {keys.issue(user)}" for user in users]
    return Result(len(shown), words=f"Shown this once, so copy it now. {'; '.join(shown)}")


def _revoke(act: Act) -> Result:
    for pk in act.seen:
        keys.revoke(pk)
    return Result(len(act.seen))


ISSUE = ConfirmedAction(
    name="issue_key",
    label="Issue a tracking key",
    permission=MANAGE,
    done="Issued",
    why_not=lambda login: "" if login.user.is_active else "The user is not active.",
    effect=lambda login: f"{login.user} can ask for parcels with it, and for nothing else.",
    perform=_issue,
    at_most=1,
    icon="key",
)
REVOKE = ConfirmedAction(
    name="revoke_key",
    label="Revoke",
    permission=MANAGE,
    done="Revoked",
    why_not=lambda key: "It is revoked already." if key.revoked_at else "",
    effect=lambda key: "Calls with it are refused from now on.",
    perform=_revoke,
    icon="block",
    danger=True,
)


@admin.register(Login)
class LoginAdmin(ExportedList, ConfirmedActionsMixin, OfAllStores):
    """Who may call the API for whom, and what they may do."""

    confirmed_actions = (ISSUE,)
    list_display = ("user", "merchant", "creates_orders", "reads_inventory", "is_partner")
    list_filter = ("merchant", "is_partner")
    list_select_related = ("user", "merchant")
    search_fields = ("user__username", "merchant__name")
    autocomplete_fields = ("user", "merchant")
    readonly_fields = ("made_at",)

    def get_readonly_fields(self, request: HttpRequest, obj: Login | None = None) -> Any:
        """Whose login it is, and for whom, stays: calls of the past are told by it."""
        return ("user", "merchant", "made_at") if obj else self.readonly_fields

    def save_model(self, request: HttpRequest, obj: Login, form: Any, change: bool) -> None:
        """Save it, and see to it that the merchant has a store for what is placed."""
        super().save_model(request, obj, form, change)
        stores.of(obj.merchant)


@admin.register(ApiKey)
class ApiKeyAdmin(ExportedList, ConfirmedActionsMixin, AccessAdmin):
    """Keys that open tracking."""

    confirmed_actions = (REVOKE,)
    list_display = ("begins", "user", "made_at", "revoked_at")
    list_select_related = ("user",)
    search_fields = ("begins", "user__username")


@admin.register(Use)
class UseAdmin(ExportedList, OperatorAdmin):
    """Who has called through which client, how often, and when last."""

    list_display = ("user", "client", "calls", "refused", "first_at", "last_at")
    list_select_related = ("user",)
    search_fields = ("user__username", "client")
