"""Reads the settings, gunicorn's too, and `.env.example`: as text, and run with an environment."""

import re
import runpy
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from config.reference.environment import NO_DEFAULT, settings_read

__all__ = ["ENOUGH", "EXAMPLE", "NO_DEFAULT", "ROOT", "example", "run_settings", "settings_read"]

ROOT = Path(__file__).resolve().parent.parent.parent
SETTINGS = ROOT / "config" / "settings.py"
EXAMPLE = ROOT / ".env.example"
# What a site cannot do without.
ENOUGH = {
    "SECRET_KEY": "a" * 50,
    "CREDENTIALS_SALT": "b" * 20,
    "PUBLIC_URL": "https://crossdock.example.com",
    "ALLOWED_HOSTS": "crossdock.example.com",
    "DATABASE_URL": "postgres://crossdock@db.example.com:5432/crossdock",
}


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
