"""What each group of staff may do, as the migrations create it."""

from collections.abc import Iterable, Iterator, Mapping

from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import Group, Permission

from config.reference.markdown import listed, page, prose, table

YES = "yes"
INTRODUCTION = """
A person gets what their groups may do, in the warehouses they work in (Set-up, Warehouses). Who may
work in all warehouses sees every order, also those at a location that is none of ours. A group can
be changed in the admin; this is what a new site begins with.
"""


def text() -> str:
    """Return the page: permissions in words, by group."""
    groups = {group.name: set(_named(group.permissions.all())) for group in Group.objects.all()}
    # Who may the least comes first.
    names = sorted(groups, key=lambda name: (len(groups[name]), name))
    opened = dict(_opened())
    return page(
        "Roles",
        INTRODUCTION,
        table(
            ("area", "permission", *names, "opens"),
            (
                (
                    _area(permission),
                    prose(permission.name),
                    *(YES if _name(permission) in groups[name] else "" for name in names),
                    listed(opened[_name(permission)]) if _name(permission) in opened else "",
                )
                for permission in _given(groups)
            ),
        ),
    )


def _given(groups: Mapping[str, set[str]]) -> Iterator[Permission]:
    """Yield the permissions that any group has, in the order of the areas."""
    every = Permission.objects.select_related("content_type")
    given = set().union(*groups.values())
    yield from sorted((p for p in every if _name(p) in given), key=lambda p: (_area(p), _name(p)))


def _opened() -> Iterator[tuple[str, list[str]]]:
    """Yield each permission with the actions of the admin that ask for it."""
    actions: dict[str, list[str]] = {}
    for screen in admin.site._registry.values():
        for action in getattr(screen, "confirmed_actions", ()):
            actions.setdefault(action.permission, []).append(f"“{action.label}”")
    yield from actions.items()


def _named(permissions: Iterable[Permission]) -> Iterator[str]:
    return (_name(permission) for permission in permissions)


def _name(permission: Permission) -> str:
    return f"{permission.content_type.app_label}.{permission.codename}"


def _area(permission: Permission) -> str:
    return str(apps.get_app_config(permission.content_type.app_label).verbose_name)
