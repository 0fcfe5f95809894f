"""Every package stands on a floor, and no import hides in a function."""

import ast
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.config.reading import ROOT

LINTER = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
# They stand alone, and nothing of the product imports them.
BESIDE = {"sandbox", "benchmarks", "tests"}
# Django must be set up before its models can be imported; checks are registered when it is.
LATE = {"demo/__main__.py", "config/apps.py"}


def packages() -> set[str]:
    return {file.parent.name for file in ROOT.glob("*/__init__.py")}


def floors() -> set[str]:
    layers = LINTER["contracts"][0]["layers"]
    return {name.strip() for layer in layers for name in layer.split("|")}


def product_files() -> list[Path]:
    names = sorted(packages() - BESIDE)
    return [file for name in names for file in (ROOT / name).rglob("*.py")]


def test_every_package_is_on_a_floor_or_stands_alone() -> None:
    assert packages() - BESIDE == floors()
    assert floors() | {"sandbox"} <= set(LINTER["root_packages"])


@pytest.mark.parametrize("file", product_files(), ids=lambda file: str(file.relative_to(ROOT)))
def test_no_import_of_ours_hides_in_a_function(file: Path) -> None:
    path = file.relative_to(ROOT)
    if str(path) in LATE or "migrations" in path.parts:
        return
    hidden = [name for name in _imported_late(ast.parse(file.read_text())) if name in packages()]
    assert hidden == []


def _imported_late(tree: ast.Module) -> Iterator[str]:
    for function in ast.walk(tree):
        if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        for node in ast.walk(function):
            if isinstance(node, ast.ImportFrom):
                yield str(node.module).split(".")[0]
            elif isinstance(node, ast.Import):
                yield from (alias.name.split(".")[0] for alias in node.names)
