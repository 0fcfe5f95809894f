"""The form that connects a store: what to know of it, and its pasted credentials."""

from typing import Any

from django import forms
from django.utils import timezone
from unfold.widgets import (
    UnfoldAdminPasswordWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminURLInputWidget,
)

from locations.models import Store
from platforms import registry
from relay.connecting import NOT_TRIED

PREFIX = "credential_"


def credential_fields() -> dict[str, forms.CharField]:
    """Return one field for each credential of any platform; a stored one is never shown."""
    return {
        PREFIX + credential.name: forms.CharField(
            label=credential.label,
            required=False,
            help_text=f"{credential.help_text} Leave empty to keep the stored one.",
            widget=UnfoldAdminPasswordWidget(attrs={"autocomplete": "new-password"}),
        )
        for platform in registry.PLATFORMS.values()
        for credential in platform.credentials
    }


class StoreForm(forms.ModelForm):  # type: ignore[type-arg]
    """A store. A new one stays paused until its credentials have worked once."""

    platform_key = forms.ChoiceField(
        label="Platform",
        choices=[(platform.key, platform.label) for platform in registry.PLATFORMS.values()],
        widget=UnfoldAdminSelectWidget,
    )
    base_url = forms.URLField(
        label="API address",
        required=False,
        max_length=500,
        assume_scheme="https",
        help_text="Empty: the platform's usual one.",
        widget=UnfoldAdminURLInputWidget,
    )

    class Meta:
        model = Store
        fields = (
            "merchant",
            "name",
            "platform_key",
            "account",
            "base_url",
            "request_policy",
            "cancellation_policy",
            "reads_orders",
            "tells_tracking",
            "stock_policy",
            "stock_buffer",
            "stock_cap",
            "requests_per_second",
        )

    def clean(self) -> dict[str, Any]:
        """A new store needs all credentials of its platform. Nothing kept back is none."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if "stock_buffer" in self.fields:
            cleaned["stock_buffer"] = cleaned.get("stock_buffer") or 0
        platform = registry.PLATFORMS.get(cleaned.get("platform_key", ""))
        for credential in platform.credentials if platform else ():
            if not self.instance.pk and not cleaned.get(PREFIX + credential.name):
                self.add_error(PREFIX + credential.name, "Paste it here; a new store needs it.")
        return cleaned

    def pasted(self) -> dict[str, str]:
        """Return the credentials that were filled in, by name."""
        return {
            name.removeprefix(PREFIX): value.strip()
            for name, value in self.cleaned_data.items()
            if name.startswith(PREFIX) and value
        }

    def save(self, commit: bool = True) -> Store:
        """Give a new store its pasted credentials; those of a known one are kept by the admin."""
        store: Store = super().save(commit=False)
        if store._state.adding:
            store.set_credentials(**self.pasted())
            store.paused_at, store.pause_reason = timezone.now(), NOT_TRIED
        if commit:
            store.save()
        return store
