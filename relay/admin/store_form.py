"""The form that connects a store: what to know of it, its credentials, its platform's options."""

from typing import Any

from django import forms
from django.utils import timezone
from unfold.widgets import (
    UnfoldAdminSelectWidget,
    UnfoldAdminURLInputWidget,
)

from locations.models import Store
from platforms import registry
from relay.admin import platform_fields
from relay.connecting import NOT_TRIED


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
        if platform:
            if not self.instance.pk:
                for name in platform_fields.missing(platform, cleaned):
                    self.add_error(name, "Paste it here; a new store needs it.")
            for name, fault in platform_fields.faults(platform, cleaned).items():
                self.add_error(name, fault)
        return cleaned

    def pasted(self) -> dict[str, str]:
        """Return the credentials that were filled in, by name."""
        platform = registry.get(self.cleaned_data["platform_key"])
        return platform_fields.pasted(platform, self.cleaned_data)

    def save(self, commit: bool = True) -> Store:
        """Give a new store its pasted credentials; those of a known one are kept by the admin."""
        store: Store = super().save(commit=False)
        store.options = platform_fields.chosen(store.platform, self.cleaned_data)
        if store._state.adding:
            store.set_credentials(**self.pasted())
            store.paused_at, store.pause_reason = timezone.now(), NOT_TRIED
        if commit:
            store.save()
        return store
