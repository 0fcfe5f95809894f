"""Reads the settings, gunicorn's too, and `.env.example`: as text, and run with an environment."""

import ast
import re
import runpy
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
SETTINGS = ROOT / "config" / "settings.py"
GUNICORN = ROOT / "config" / "gunicorn.py"
EXAMPLE = ROOT / ".env.example"
NO_DEFAULT = object()
# What a site cannot do without.
ENOUGH = {
    "SECRET_KEY": "a" * 50,
    "CREDENTIALS_SALT": "b" * 20,
    "PUBLIC_URL": "https://crossdock.example.com",
    "ALLOWED_HOSTS": "crossdock.example.com",
    "DATABASE_URL": "postgres://crossdock@db.example.com:5432/crossdock",
}


@dataclass(frozen=True)
class Setting:
    """One `env.<kind>("NAME", default=…)` of the settings."""

    name: str
    kind: str
    default: Any


def settings_read(*files: Path) -> list[Setting]:
    return [
        _setting(node)
        for file in files or (SETTINGS, GUNICORN)
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.Call) and _is_reading(node.func)
    ]


def _is_reading(function: ast.expr) -> bool:
    return (
        isinstance(function, ast.Attribute)
        and isinstance(function.value, ast.Name)
        and function.value.id == "env"
        and function.attr not in ("read_env", "db_url_config")
    )


def _setting(call: ast.Call) -> Setting:
    assert isinstance(call.func, ast.Attribute)
    default = next((word.value for word in call.keywords if word.arg == "default"), None)
    if isinstance(default, ast.IfExp):
        # What holds in production.
        default = default.orelse
    value = NO_DEFAULT if default is None else ast.literal_eval(default)
    return Setting(ast.literal_eval(call.args[0]), call.func.attr, value)


def example() -> Mapping[str, str]:
    found = re.findall(r"^([A-Z0-9_]+)=(.*)$", EXAMPLE.read_text(), re.MULTILINE)
    assert len(dict(found)) == len(found), "a name is in it twice"
    return dict(found)


def run_settings(monkeypatch: pytest.MonkeyPatch, **values: str) -> dict[str, Any]:
    """Run the settings with these values and no others; return what they define."""
    for name in example():
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(f"{name}_FILE", raising=False)
    monkeypatch.setenv("ENV_FILE", "")
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    return runpy.run_path(str(SETTINGS))
