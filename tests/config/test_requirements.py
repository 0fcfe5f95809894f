"""The pinned requirements: hashed, from no particular place, in step with pyproject.toml."""

import re
import tomllib
from pathlib import Path

import pytest

from tests.config.reading import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
RUNTIME = ROOT / "requirements.txt"
DEVELOPMENT = ROOT / "requirements-dev.txt"
BOTH = pytest.mark.parametrize("file", [RUNTIME, DEVELOPMENT], ids=lambda file: file.name)


def name_of(requirement: str) -> str:
    return re.split(r"[\[=~<>! ;]", requirement)[0].lower()


def pinned(file: Path) -> dict[str, str]:
    """Each pinned package, and what follows its pin."""
    blocks = re.split(r"^(?=[a-zA-Z])", file.read_text(), flags=re.MULTILINE)
    return {name_of(block): block for block in blocks if block.strip()}


def wanted_by_us(file: Path) -> set[str]:
    return {name for name, block in pinned(file).items() if "crossdock (pyproject.toml" in block}


@BOTH
def test_every_package_is_pinned_with_hashes(file: Path) -> None:
    for name, block in pinned(file).items():
        assert re.match(r"[\w.-]+==[\w.]+( ;[^\\]+)? \\\n", block), name
        assert "--hash=sha256:" in block, name


@BOTH
def test_it_names_no_place_to_download_from(file: Path) -> None:
    for line in file.read_text().splitlines():
        assert "://" not in line
        assert not line.startswith("-"), line


def test_runtime_is_what_the_project_asks_for() -> None:
    assert wanted_by_us(RUNTIME) == {name_of(each) for each in PROJECT["project"]["dependencies"]}


def test_development_adds_its_group_to_the_same_versions() -> None:
    group = {name_of(each) for each in PROJECT["dependency-groups"]["dev"]}
    assert wanted_by_us(DEVELOPMENT) == group | wanted_by_us(RUNTIME)
    there = pinned(DEVELOPMENT)
    for name, block in pinned(RUNTIME).items():
        assert there[name].splitlines()[0] == block.splitlines()[0]
