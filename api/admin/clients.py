"""Programs that may ask for tokens, and the tokens that are good. No secret is shown twice."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest
from oauth2_provider.generators import generate_client_secret
from oauth2_provider.models import (
    get_access_token_model,
    get_application_model,
    get_grant_model,
    get_id_token_model,
    get_refresh_token_model,
    revoke_access_token,
)
from unfold.widgets import UnfoldAdminSelectWidget

from api.admin.rows import MANAGE, AccessAdmin, may_manage
from api.models import Use
from backoffice.actions import Act, ConfirmedAction, ConfirmedActionsMixin, Result
from backoffice.exports import ExportedList
from relay.admin.rows import OfAllStores

Client, Token = get_application_model(), get_access_token_model()
# The library's own screens are for who develops it.
for known in (Client, Token, get_grant_model(), get_id_token_model(), get_refresh_token_model()):
    admin.site.unregister(known)

GRANTS = [
    ("password", "User name and password, sent by the program"),
    ("authorization-code", "The merchant’s people consent in their browser: code"),
    ("implicit", "The merchant’s people consent in their browser: token, for old programs"),
]
ONCE = "The secret of {name}, shown this once: {secret}"


class ClientForm(forms.ModelForm):  # type: ignore[type-arg]
    """A program: its name, how it gets tokens, and where a browser may be sent back to."""

    authorization_grant_type = forms.ChoiceField(
        label="How it gets tokens", choices=GRANTS, widget=UnfoldAdminSelectWidget
    )

    class Meta:
        model = Client
        fields = ("name", "authorization_grant_type", "redirect_uris")
        help_texts = {"redirect_uris": "Only for consent in a browser. One or more, each exact."}

    def clean_name(self) -> str:
        """People recognize it by its name."""
        name = str(self.cleaned_data["name"]).strip()
        if not name:
            raise forms.ValidationError("Give it a name that the merchant knows.")
        return name


def _renew(act: Act) -> Result:
    said = []
    for client in Client.objects.filter(pk__in=act.seen):
        secret = generate_client_secret()
        client.client_secret = secret
        client.save()
        said.append(ONCE.format(name=client, secret=secret))
    return Result(len(said), words=" ".join(said))


def _revoke(act: Act) -> Result:
    for token in Token.objects.filter(pk__in=act.seen):
        revoke_access_token(token)
    return Result(len(act.seen))


def _revoke_all(act: Act) -> Result:
    for token in Token.objects.filter(application__in=act.seen):
        revoke_access_token(token)
    for token in get_refresh_token_model().objects.filter(
        application__in=act.seen, revoked__isnull=True
    ):
        token.revoke()
    return Result(len(act.seen))


RENEW = ConfirmedAction(
    name="renew_secret",
    label="Give it a new secret",
    permission=MANAGE,
    done="Renewed",
    why_not=lambda client: "",
    effect=lambda client: "The old secret gets no more tokens; those that were given stay good.",
    perform=_renew,
    at_most=1,
    icon="key",
)
REVOKE_ALL = ConfirmedAction(
    name="revoke_all_tokens",
    label="Revoke all its tokens",
    permission=MANAGE,
    done="Revoked",
    why_not=lambda client: "",
    effect=lambda client: "It has to ask for new tokens before it can call again.",
    perform=_revoke_all,
    icon="block",
    danger=True,
)
REVOKE = ConfirmedAction(
    name="revoke_token",
    label="Revoke",
    permission=MANAGE,
    done="Revoked",
    why_not=lambda token: "",
    effect=lambda token: "It, and its refresh token, are refused from now on.",
    perform=_revoke,
    icon="block",
    danger=True,
)


@admin.register(Client)
class ClientAdmin(ExportedList, ConfirmedActionsMixin, OfAllStores):
    """Programs that may ask for tokens."""

    form = ClientForm
    confirmed_actions = (RENEW, REVOKE_ALL)
    list_display = ("name", "client_id", "authorization_grant_type", "created")
    search_fields = ("name", "client_id")
    readonly_fields = ("client_id",)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Save it; a new one gets a secret, which is shown this once."""
        secret = "" if change else generate_client_secret()
        if secret:
            obj.client_type, obj.client_secret = Client.CLIENT_CONFIDENTIAL, secret
        super().save_model(request, obj, form, change)
        if secret:
            messages.warning(request, ONCE.format(name=obj, secret=secret))

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whoever may issue may look."""
        return may_manage(request)

    has_change_permission = has_view_permission

    def has_add_permission(self, request: HttpRequest) -> bool:
        """As for looking."""
        return may_manage(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What was given through it would go with it; its tokens are revoked instead."""
        return False


@admin.register(Token)
class TokenAdmin(ExportedList, ConfirmedActionsMixin, AccessAdmin):
    """Tokens that were given and not revoked: whose, through what, until when, last used when."""

    confirmed_actions = (REVOKE,)
    list_display = ("user", "application", "created", "expires", "last_used")
    list_filter = ("application",)
    list_select_related = ("user", "application")
    search_fields = ("user__username", "application__name")
    fields = ("user", "application", "scope", "created", "expires", "last_used")
    readonly_fields = fields

    @admin.display(description="Last call of this user through this client")
    def last_used(self, token: Any) -> Any:
        """When somebody last called with this login, through this program."""
        key = f"client:{token.application_id}:user:{token.user_id}"
        return Use.objects.filter(caller=key).values_list("last_at", flat=True).first()
