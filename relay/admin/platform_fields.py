"""The fields that only one platform or partner has in a form: its credentials and its options."""

from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from django import forms
from unfold.widgets import (
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminPasswordWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanSwitchWidget,
)

from locations.models import Store
from platforms import registry
from platforms.interface import CredentialField, Option, Platform


class Kind(Protocol):
    """A kind of platform or partner: what is pasted for it, and what can be set."""

    @property
    def key(self) -> str:
        """Its name in the code."""

    @property
    def credentials(self) -> tuple[CredentialField, ...]:
        """What is pasted."""

    @property
    def options(self) -> tuple[Option, ...]:
        """What can be set."""


def platforms_of(store: Store | None) -> Iterable[Platform]:
    """Return the platforms whose fields a form shows: all of them until one is chosen."""
    return [store.platform] if store else list(registry.PLATFORMS.values())


def credential_name(platform: Kind, credential: CredentialField) -> str:
    """Return the name of a credential's field; two platforms may have one of the same name."""
    return f"credential_{platform.key}_{credential.name}"


def option_name(platform: Kind, option: Option) -> str:
    """Return the name of an option's field."""
    return f"option_{platform.key}_{option.name}"


def names(platform: Kind) -> list[str]:
    """Return the names of a platform's fields, credentials first."""
    credentials = [credential_name(platform, each) for each in platform.credentials]
    return [*credentials, *(option_name(platform, each) for each in platform.options)]


def fields(store: Store | None) -> dict[str, forms.Field]:
    """Return one field for each credential and option; a stored credential is never shown."""
    return fields_of(platforms_of(store), store.options if store else {})


def fields_of(kinds: Iterable[Kind], given: Mapping[str, Any]) -> dict[str, forms.Field]:
    """Return the fields of these kinds, with what is set; credentials first."""
    kinds = list(kinds)
    return {
        **{
            credential_name(kind, each): _credential_field(each)
            for kind in kinds
            for each in kind.credentials
        },
        **{
            option_name(kind, each): _option_field(each, given)
            for kind in kinds
            for each in kind.options
        },
    }


def pasted(platform: Kind, cleaned: Mapping[str, Any]) -> dict[str, str]:
    """Return the credentials that were filled in, by name."""
    found = {c.name: cleaned.get(credential_name(platform, c)) for c in platform.credentials}
    return {name: value.strip() for name, value in found.items() if value}


def missing(platform: Kind, cleaned: Mapping[str, Any]) -> list[str]:
    """Return the fields of required credentials that were left empty."""
    required = [each for each in platform.credentials if each.required]
    names = [credential_name(platform, each) for each in required]
    return [name for name in names if not cleaned.get(name)]


def chosen(platform: Kind, cleaned: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options as filled in, without those that are as usual."""
    found = {each: cleaned.get(option_name(platform, each)) for each in platform.options}
    return {
        option.name: value
        for option, value in found.items()
        if value is not None and value != option.default
    }


def faults(platform: Kind, cleaned: Mapping[str, Any]) -> dict[str, str]:
    """Return what is wrong with the options, in words, by field."""
    found = {}
    for option in platform.options:
        value = cleaned.get(option_name(platform, option))
        try:
            if option.check and value is not None:
                option.check(value)
        except ValueError as error:
            found[option_name(platform, option)] = str(error)
    return found


def _credential_field(credential: CredentialField) -> forms.CharField:
    optional = "" if credential.required else " May be left out."
    return forms.CharField(
        label=credential.label,
        required=False,
        help_text=f"{credential.help_text}{optional} Leave empty to keep the stored one.",
        widget=UnfoldAdminPasswordWidget(attrs={"autocomplete": "new-password"}),
    )


def _option_field(option: Option, given: Mapping[str, Any]) -> forms.Field:
    common: dict[str, Any] = {
        "label": option.label,
        "required": False,
        "help_text": option.help_text,
        "initial": given.get(option.name, option.default),
    }
    if isinstance(option.default, bool):
        return forms.BooleanField(widget=UnfoldBooleanSwitchWidget, **common)
    if isinstance(option.default, int):
        return forms.IntegerField(min_value=0, widget=UnfoldAdminIntegerFieldWidget, **common)
    widget = UnfoldAdminTextareaWidget if option.lines else UnfoldAdminTextInputWidget
    return forms.CharField(widget=widget, **common)
