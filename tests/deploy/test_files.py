"""The files a site is deployed with agree with the project, and with each other."""

import importlib.util
import itertools
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

from config import probe
from config.reference.environment import GUNICORN
from tests.config.reading import ROOT, example, settings_read
from tests.deploy.reading import compose, dockerfile, ignored, procfile, steps

BESIDE_PYTHON = Path(sys.executable).parent
SERVICES = compose()["services"]
OURS = {name: each for name, each in SERVICES.items() if each["image"] == "crossdock"}
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
NOT_SHIPPED = {"demo"}


def commands() -> dict[str, list[str]]:
    """Every command that these files run our programs with."""
    [image] = steps("CMD")
    [health] = steps("HEALTHCHECK")
    found = {f"Procfile {name}": command for name, command in procfile().items()}
    found["Dockerfile CMD"] = json.loads(image)
    found["Dockerfile HEALTHCHECK"] = json.loads(health.split("CMD ")[1])
    return found | {
        f"compose {name}": each["command"] for name, each in OURS.items() if "command" in each
    }


@pytest.mark.parametrize("command", commands().values(), ids=commands())
def test_every_command_can_be_run(command: list[str]) -> None:
    assert shutil.which(command[0], path=str(BESIDE_PYTHON))
    for word, after in itertools.pairwise(command):
        if word in ("python", "--config"):
            assert after == "-m" or (ROOT / after).is_file()
        elif word == "-m":
            assert importlib.util.find_spec(after)
        elif word == "manage.py":
            tried = [sys.executable, "manage.py", *command[2:], "--help"]
            assert subprocess.run(tried, cwd=ROOT, capture_output=True).returncode == 0


def test_all_of_them_start_the_same_programs() -> None:
    run = commands()
    assert run["Procfile web"] == run["Dockerfile CMD"]
    assert run["Procfile worker"] == run["compose worker"]
    assert run["Procfile release"] == run["compose release"]


def names_used() -> set[str]:
    """Every setting that these files give a value to."""
    text = (ROOT / "compose.yaml").read_text()
    names = set(re.findall(r"\$\{(\w+)", text))
    names |= {name for each in OURS.values() for name in each["environment"]}
    for rest in steps("ENV") + steps("RUN"):
        names |= set(re.findall(r"\b([A-Z][A-Z_]+)=", rest))
    return {name.removesuffix("_FILE") for name in names}


def test_every_setting_they_name_is_one() -> None:
    of_others = {"PATH", "PORT", "PYTHONUNBUFFERED", "PYTHONDONTWRITEBYTECODE"}
    assert names_used() - of_others <= set(example())
    assert {each.name for each in settings_read(GUNICORN)} <= set(example())


def test_what_is_copied_is_there() -> None:
    for rest in steps("COPY"):
        *sources, _ = [word for word in rest.split() if not word.startswith("--")]
        if "--from=" not in rest:
            assert all((ROOT / source).exists() for source in sources)


def test_the_image_has_every_package_of_the_product_and_no_secret() -> None:
    layers = PROJECT["tool"]["importlinter"]["contracts"][0]["layers"]
    product = {name.strip() for layer in layers for name in layer.split("|")} - NOT_SHIPPED
    assert not (product | {"templates", "manage.py", "requirements.txt"}) & set(ignored())
    assert {".env", ".git", "secrets", "tests", "var"} <= set(ignored())


def test_python_is_one_that_the_project_asks_for() -> None:
    asked = tuple(map(int, re.findall(r"\d+", PROJECT["project"]["requires-python"])))
    versions = {re.match(r"python:(\d+)\.(\d+)-slim", rest) for rest in steps("FROM")}
    assert None not in versions
    found = {tuple(map(int, match.groups())) for match in versions if match}
    assert len(found) == 1
    # The types are checked for this version, and CI may run on it.
    checked = tuple(map(int, PROJECT["tool"]["mypy"]["python_version"].split(".")))
    assert found == {checked}
    assert checked >= asked


def test_the_image_installs_nothing_but_what_is_pinned_with_hashes() -> None:
    installing = [rest for rest in steps("RUN") if "pip" in rest]
    assert len(installing) == 1
    assert "--require-hashes -r /tmp/requirements.txt" in installing[0]


def test_the_image_does_not_run_as_root() -> None:
    words = [step.word for step in dockerfile()]
    [user] = steps("USER")
    assert user not in ("root", "0")
    assert any("useradd --system --uid 10001" in rest and user in rest for rest in steps("RUN"))
    assert words.index("USER") > max(n for n, word in enumerate(words) if word in ("RUN", "COPY"))


def test_static_files_can_be_collected_without_a_secret_or_a_database() -> None:
    [collecting] = [rest for rest in steps("RUN") if "collectstatic" in rest]
    path = {"PATH": f"{BESIDE_PYTHON}:{os.environ['PATH']}", "ENV_FILE": ""}
    ran = subprocess.run(
        ["sh", "-c", f"{collecting} --dry-run"], cwd=ROOT, env=path, capture_output=True, text=True
    )
    assert ran.returncode == 0, ran.stderr
    assert re.search(r"\d+ static files copied", ran.stdout)


def test_only_the_site_can_be_reached_and_only_from_this_host() -> None:
    open_ports = {name: each["ports"] for name, each in SERVICES.items() if "ports" in each}
    assert open_ports == {"web": ["127.0.0.1:8000:8000"]}
    assert steps("EXPOSE") == ["8000"]


def test_secrets_are_files_and_no_values() -> None:
    secrets = compose()["secrets"]
    for name, each in SERVICES.items():
        values: dict[str, Any] = each["environment"]
        for word in ("KEY", "SALT", "TOKEN", "PASSWORD", "DATABASE_URL"):
            bare = [key for key in values if word in key and not key.endswith("_FILE")]
            assert bare == [], name
        files = {v for k, v in values.items() if k.endswith("_FILE")}
        assert files == {f"/run/secrets/{secret}" for secret in each["secrets"]}
        assert set(each["secrets"]) <= set(secrets)
    assert {each["file"] for each in secrets.values()} == {f"secrets/{name}" for name in secrets}


def test_nothing_starts_before_the_tables_are_there() -> None:
    assert SERVICES["release"]["depends_on"] == {"db": {"condition": "service_healthy"}}
    assert SERVICES["release"]["restart"] == "no"
    for name in ("web", "worker"):
        done = {"release": {"condition": "service_completed_successfully"}}
        assert SERVICES[name]["depends_on"] == done
        assert SERVICES[name]["restart"] == "unless-stopped"


@pytest.mark.parametrize(
    ("allowed", "asked"),
    [
        ("crossdock.example.com,www.example.com", "crossdock.example.com"),
        (".example.com", "example.com"),
        ("*", "localhost"),
        ("", "localhost"),
    ],
)
def test_the_probe_asks_under_a_name_the_site_answers_to(
    monkeypatch: pytest.MonkeyPatch, allowed: str, asked: str
) -> None:
    monkeypatch.setenv("ALLOWED_HOSTS", allowed)
    assert probe.host() == asked
