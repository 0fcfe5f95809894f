"""The page of a place: a visitor is the shopper, the merchant or the staff, with plain forms."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for

from sandbox.faults import KINDS
from sandbox.places import Place, Places
from sandbox.refusals import ApiError, BadWish
from sandbox.world import World

SHOWN_CALLS = 25
SHOWN_DELIVERIES = 10

P = TypeVar("P", bound=Place)
Json = dict[str, Any]
Form = Mapping[str, str]
Act = Callable[[P, Form], str]


@dataclass(frozen=True)
class Page(Generic[P]):
    """What a platform's page has of its own."""

    path: str
    template: str
    shown: Callable[[P], Json]
    forms: Mapping[str, Act[P]]
    refused: Callable[[ApiError], str]
    """What a visitor is told when the platform refuses."""


def register(pages: Blueprint, world: World, places: Places[P], page: Page[P]) -> None:
    """The page itself, and one address per form."""
    pages.add_url_rule(f"/<name>/{page.path}", page.path, _page_view(world, places, page))
    forms: dict[str, Act[P]] = {**FAULTS, **page.forms}
    for path, act in forms.items():
        rule, endpoint = f"/<name>/{page.path}/{path}", f"{page.path} {path}"
        pages.add_url_rule(rule, endpoint, _form_view(places, page, act), methods=["POST"])


def _page_view(world: World, places: Places[P], page: Page[P]) -> Callable[[str], str]:
    def view(name: str) -> str:
        place = _find(places, name)
        here = url_for(f".{page.path}", name=name)
        with world.lock:
            shown = {**_common(world, place), **page.shown(place)}
            return render_template(page.template, name=name, here=here, **shown)

    return view


def _form_view(places: Places[P], page: Page[P], act: Act[P]) -> Callable[..., Any]:
    def view(name: str, **parts: str) -> Any:
        place = _find(places, name)
        try:
            with places.acting(place):
                said = act(place, {**request.form.to_dict(), **parts})
        except ApiError as error:
            said = page.refused(error)
        except BadWish as error:
            said = str(error)
        except (KeyError, ValueError):
            said = "That form was not filled in."
        return redirect(url_for(f".{page.path}", name=name, said=said), 303)

    return view


def _find(places: Places[P], name: str) -> P:
    place = places.find(name)
    if place is None:
        abort(Response(places.missing(name), 404, content_type="text/plain"))
    return place


def _common(world: World, place: Place) -> Json:
    return {
        "said": request.args.get("said", ""),
        "calls": world.recorder.calls(place.place)[: -SHOWN_CALLS - 1 : -1],
        "deliveries": world.courier.deliveries(place.place)[: -SHOWN_DELIVERIES - 1 : -1],
        "violations": world.recorder.violations(place.place),
        "faults": place.faults.listed(),
        "kinds": sorted(KINDS),
    }


def _add_fault(place: Place, form: Form) -> str:
    fault = place.faults.add(
        {
            "kind": form["kind"],
            "operation": form.get("operation") or "*",
            "times": int(form["times"]) if form.get("times") else None,
            "seconds": float(form.get("seconds") or 1),
        }
    )
    return f"Switched on: {fault.kind}."


def _drop_fault(place: Place, form: Form) -> str:
    place.faults.drop(int(form["number"]))
    return "The fault is switched off."


def _clear_faults(place: Place, form: Form) -> str:
    place.faults.clear()
    return "All faults are switched off."


FAULTS: dict[str, Act[Place]] = {
    "faults": _add_fault,
    "faults/<number>/off": _drop_fault,
    "faults/off": _clear_faults,
}
