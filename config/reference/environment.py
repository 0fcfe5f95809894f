"""Every setting: what it is for, of which kind it is, and what holds without it."""

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from config.reference.markdown import bullets, code, page, prose, table
from config.reference.source import ROOT

SETTINGS = ROOT / "config" / "settings.py"
GUNICORN = ROOT / "config" / "gunicorn.py"
EXAMPLE = ROOT / ".env.example"
NO_DEFAULT = object()
KINDS = {
    "str": "text",
    "bool": "true or false",
    "int": "whole number",
    "float": "number",
    "list": "list, comma separated",
}


@dataclass(frozen=True)
class Setting:
    """One `env.<kind>("NAME", default=…)` of the settings."""

    name: str
    kind: str
    default: Any


def text() -> str:
    """Return the page: the settings in the order of `.env.example`, with its words."""
    settings = {setting.name: setting for setting in settings_read()}
    return page(
        "Settings",
        bullets(_head()),
        "A setting without a default must be set; the site does not start without it.",
        table(
            ("setting", "kind", "default", "meaning"),
            (
                (code(name), *_kind_and_default(settings[name]), meaning)
                for name, meaning in _meanings()
                if name in settings
            ),
        ),
    )


def settings_read(*files: Path) -> list[Setting]:
    """Return what the settings, gunicorn's too, read from the environment, in their order."""
    return [
        _setting(node)
        for file in files or (SETTINGS, GUNICORN)
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and _is_reading(node.func)
    ]


def as_text(default: Any) -> str:
    """Return a default as it would be written in the environment."""
    if isinstance(default, bool):
        return str(default).lower()
    if isinstance(default, list):
        return ",".join(default)
    return f"{default:g}" if isinstance(default, float) else str(default)


def _is_reading(function: ast.expr) -> bool:
    return (
        isinstance(function, ast.Attribute)
        and isinstance(function.value, ast.Name)
        and function.value.id == "env"
        and function.attr not in ("read_env", "db_url_config")
    )


def _setting(call: ast.Call) -> Setting:
    default = next((word.value for word in call.keywords if word.arg == "default"), None)
    if isinstance(default, ast.IfExp):
        # What holds in production.
        default = default.orelse
    value = NO_DEFAULT if default is None else ast.literal_eval(default)
    return Setting(ast.literal_eval(call.args[0]), ast.unparse(call.func).split(".")[-1], value)


def _kind_and_default(setting: Setting) -> tuple[str, str]:
    kind = KINDS.get(setting.kind, setting.kind)
    if setting.default is NO_DEFAULT:
        return kind, "**must be set**"
    return kind, code(as_text(setting.default)) or "empty"


def _head() -> list[str]:
    """Return what `.env.example` says of all settings, above its first empty line."""
    head, *_ = EXAMPLE.read_text(encoding="utf-8").split("\n\n")
    return [_said([line]) for line in head.splitlines()]


def _meanings() -> Iterator[tuple[str, str]]:
    """Yield each name with the comment above it; neighbours may share one."""
    comment: list[str] = []
    before = ""
    for line in EXAMPLE.read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            comment = [*(comment if before.startswith("#") else []), line]
        elif found := re.match(r"([A-Z0-9_]+)=", line):
            yield found[1], _said(comment)
        before = line


def _said(comment: Sequence[str]) -> str:
    """Join the lines of a comment; a command line among them is shown as one."""
    lines = (line.removeprefix("#").strip() for line in comment)
    return " ".join(code(line) if line.startswith("python ") else prose(line) for line in lines)
