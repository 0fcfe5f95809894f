"""`.env.example` names every setting, no other, and the values that hold without it."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from config.reference.environment import as_text
from tests.config.reading import ENOUGH, EXAMPLE, NO_DEFAULT, ROOT, example, settings_read


def test_it_names_every_setting_and_no_other() -> None:
    assert {setting.name for setting in settings_read()} == set(example())


def test_it_explains_every_setting() -> None:
    text = EXAMPLE.read_text()
    for name in example():
        before = text[: text.index(f"\n{name}=")]
        lines = before[before.rindex("\n#") :].splitlines()
        # Two settings that belong together may share an explanation.
        assert all(re.match(r"#|[A-Z0-9_]+=|$", line) for line in lines), name


@pytest.mark.parametrize(
    ("name", "default"),
    [(each.name, each.default) for each in settings_read() if each.default is not NO_DEFAULT],
)
def test_it_shows_the_value_that_holds_without_it(name: str, default: Any) -> None:
    assert example()[name] == as_text(default)


def test_with_its_blanks_filled_in_it_is_fit_for_production(tmp_path: Path) -> None:
    file = tmp_path / "env"
    text = EXAMPLE.read_text()
    for name in ("SECRET_KEY", "CREDENTIALS_SALT", "DATABASE_URL"):
        value = ENOUGH[name] if name == "DATABASE_URL" else os.urandom(30).hex()
        text = text.replace(f"\n{name}=\n", f"\n{name}={value}\n")
    file.write_text(text)
    environment = {name: value for name, value in os.environ.items() if name not in example()}

    result = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=ROOT,
        env={**environment, "ENV_FILE": str(file)},
        capture_output=True,
        text=True,
    )

    assert (result.returncode, result.stderr) == (0, "")
