"""The form of a partner account: whose and where, how it is asked, and its credentials."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils import timezone
from unfold.widgets import (
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminURLInputWidget,
)

from fulfillment.models import PartnerAccount
from platforms import partner_registry
from platforms.partners import Partner
from relay.admin import platform_fields
from relay.connecting import NOT_TRIED

COLUMNS = (
    "warehouse",
    "merchant",
    "partner_key",
    "base_url",
    "begins_with",
    "usual_method",
    "unit_value",
    "follows_stock",
    "requests_per_second",
)


class MethodsField(forms.CharField):
    """Pairs, one a line: “ground = Ground”."""

    widget = UnfoldAdminTextareaWidget(attrs={"rows": 4})

    def prepare_value(self, value: Any) -> Any:
        """Write the pairs as lines."""
        if isinstance(value, Mapping):
            return "\n".join(f"{name} = {method}" for name, method in value.items())
        return value

    def clean(self, value: Any) -> dict[str, str]:
        """Read the lines; one that is no pair is named."""
        pairs = {}
        for line in super().clean(value).splitlines():
            name, _, method = (part.strip() for part in line.partition("="))
            if line.strip() and not (name and method):
                raise forms.ValidationError(f"Write “{line.strip()}” as: the store’s = partner’s.")
            if name:
                pairs[name] = method
        return pairs


class PartnerAccountForm(forms.ModelForm):  # type: ignore[type-arg]
    """A partner account. A new one stays paused until its credentials have worked once."""

    partner_key = forms.ChoiceField(
        label="Partner",
        choices=[(each.key, each.label) for each in partner_registry.PARTNERS.values()],
        widget=UnfoldAdminSelectWidget,
    )
    base_url = forms.URLField(
        label="API address",
        required=False,
        max_length=500,
        assume_scheme="https",
        help_text="Empty: the partner’s usual one.",
        widget=UnfoldAdminURLInputWidget,
    )
    methods = MethodsField(
        label="Shipping methods",
        required=False,
        help_text=(
            "One a line: what the store calls it = what the partner calls it. Anything else goes "
            "by the usual method."
        ),
    )

    class Meta:
        model = PartnerAccount
        # Where the address is shown only, Django would make a field of its own for it.
        fields = tuple(name for name in COLUMNS if name != "base_url")
        labels = {
            "usual_method": "Usual shipping method",
            "unit_value": "Declared value of one unit",
            "requests_per_second": "Requests per second",
        }
        help_texts = {
            "begins_with": (
                "Keeps our numbers apart from those of other systems. It cannot be changed after "
                "the first order."
            ),
            "unit_value": "In US dollars, for products that have no customs value in US dollars.",
            "requests_per_second": "Empty: the partner’s usual pace.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["methods"].initial = self.instance.methods

    @property
    def partner(self) -> Partner:
        """The kind that was chosen, or that the account has."""
        key = self.cleaned_data.get("partner_key") or self.instance.partner_key
        return partner_registry.get(key)

    def clean(self) -> dict[str, Any]:
        """A new account needs all credentials. What is set goes to the row before it is checked."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not (cleaned.get("partner_key") or self.instance.partner_key):
            return cleaned
        if not self.instance.pk:
            for name in platform_fields.missing(self.partner, cleaned):
                self.add_error(name, "Paste it here; a new account needs it.")
        for name, fault in platform_fields.faults(self.partner, cleaned).items():
            self.add_error(name, fault)
        self.instance.options = platform_fields.chosen(self.partner, cleaned)
        if "methods" in cleaned:
            self.instance.methods = cleaned["methods"]
        return cleaned

    def pasted(self) -> dict[str, str]:
        """Return the credentials that were filled in, by name."""
        return platform_fields.pasted(self.partner, self.cleaned_data)

    def save(self, commit: bool = True) -> PartnerAccount:
        """Put what was pasted aside to be tried; a new account waits for that."""
        account: PartnerAccount = super().save(commit=False)
        if pasted := self.pasted():
            account.paste(**pasted)
        if account._state.adding:
            account.paused_at, account.pause_reason = timezone.now(), NOT_TRIED
        if commit:
            account.save()
        return account
