"""What is ours among the installed applications, and their modules as syntax trees."""

import ast
from collections.abc import Iterator
from pathlib import Path

from django.apps import AppConfig, apps
from django.conf import settings

ROOT = Path(settings.BASE_DIR)


def our_apps() -> list[AppConfig]:
    """Return the applications that live beside the settings, not in the environment."""
    return [app for app in apps.get_app_configs() if Path(app.path).parent == ROOT]


def modules() -> Iterator[tuple[str, ast.Module]]:
    """Yield each module of our applications with its name, without migrations."""
    for app in sorted(our_apps(), key=lambda each: each.name):
        for file in sorted(Path(app.path).rglob("*.py")):
            name = ".".join(file.relative_to(ROOT).with_suffix("").parts)
            if ".migrations." not in name:
                yield name.removesuffix(".__init__"), ast.parse(file.read_text(encoding="utf-8"))


def texts_in(tree: ast.Module) -> set[str]:
    """Return every text that is written in a module as a constant."""
    constants = (node.value for node in ast.walk(tree) if isinstance(node, ast.Constant))
    return {value for value in constants if isinstance(value, str)}


def asked_of(tree: ast.Module, owner: str) -> set[str]:
    """Return what a module asks of something: `x.owner.a` and `owner.b` give a and b."""
    return {
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and ast.unparse(node.value).split(".")[-1] == owner
    }
