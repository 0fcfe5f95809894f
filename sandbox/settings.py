"""How a platform's settings are changed: all wishes at once, or none."""

from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any, TypeVar

from sandbox.refusals import BadWish

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Kind = TypeVar("Kind", bound="DataclassInstance")
Insist = Callable[[bool, str], None]


class BadSetting(BadWish):
    """The setting does not exist or cannot have that value; the message says which."""


def insist_for(whose: str) -> Insist:
    """A check that says whose setting is wrong, and why."""

    def insist(condition: bool, why_not: str) -> None:
        if not condition:
            raise BadSetting(f"{whose} cannot be set so: {why_not}.")

    return insist


def changed(current: Kind, wishes: Mapping[str, Any], insist: Insist) -> Kind:
    """The settings with these wishes; each must be known, and of the type that it has."""
    known = {each.name: type(getattr(current, each.name)) for each in fields(current)}
    for name, value in wishes.items():
        insist(name in known, f"there is no setting {name!r}; there are {', '.join(known)}")
        whole_number_is_fine = known[name] is float and type(value) is int
        fits = type(value) is known[name] or whole_number_is_fine
        insist(fits, f"{name} is of type {known[name].__name__}, not {value!r}")
    return replace(current, **wishes)
