"""Every page of docs/reference by its name, and whether the files still say what the code says."""

from collections.abc import Mapping
from pathlib import Path
from types import ModuleType

from config.reference import (
    addresses,
    alarms,
    commands,
    environment,
    platforms,
    roles,
    status_codes,
    transitions,
)
from config.reference.markdown import page, sentence, table

FIRST_LINE = "<!-- Written from the code by `make reference`. Change the code, not this file. -->"
INDEX = "README.md"
# Written by `make bench`: what a machine did, not what the code says.
MEASURED = "performance.md"
INTRODUCTION = f"""
To look things up in. These pages are written from the code, and a test fails when they differ from
it. `make reference` writes them anew. [{MEASURED}]({MEASURED}) is written by `make bench`.
"""
MODULES: Mapping[str, ModuleType] = {
    "transitions.md": transitions,
    "status-codes.md": status_codes,
    "roles.md": roles,
    "platforms.md": platforms,
    "addresses.md": addresses,
    "alarms.md": alarms,
    "commands.md": commands,
    "settings.md": environment,
}


def texts() -> Mapping[str, str]:
    """Return every page by the name of its file. Reads the database that is connected."""
    pages = {INDEX: _index(), **{name: module.text() for name, module in MODULES.items()}}
    return {name: f"{FIRST_LINE}\n\n{text}" for name, text in pages.items()}


def stale(folder: Path, wanted: Mapping[str, str]) -> list[str]:
    """Return the names of pages that are absent, say something else, or are none any more."""
    files = (file for file in folder.glob("*.md") if file.name != MEASURED)
    there = {file.name: file.read_text(encoding="utf-8") for file in files}
    return sorted(name for name in {*there, *wanted} if there.get(name) != wanted.get(name))


def write(folder: Path, wanted: Mapping[str, str]) -> list[str]:
    """Bring the folder in step with the code; return the names of the pages that changed."""
    folder.mkdir(parents=True, exist_ok=True)
    changed = stale(folder, wanted)
    for name in changed:
        if name in wanted:
            (folder / name).write_text(wanted[name], encoding="utf-8")
        else:
            (folder / name).unlink()
    return changed


def _index() -> str:
    rows = ((f"[{name}]({name})", sentence(module)) for name, module in MODULES.items())
    return page("Reference", INTRODUCTION, table(("page", "what it says"), rows))
