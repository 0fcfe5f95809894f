"""Reads the files a site is deployed with. Only what they use of their languages is understood."""

import json
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tests.config.reading import ROOT

Lines = list[tuple[int, str]]


def procfile() -> dict[str, list[str]]:
    """Each process type and its command."""
    found = (line.split(":", 1) for line in (ROOT / "Procfile").read_text().splitlines())
    return {name: shlex.split(command) for name, command in found}


@dataclass(frozen=True)
class Step:
    """One instruction of the Dockerfile."""

    word: str
    rest: str


def dockerfile() -> list[Step]:
    text = re.sub(r"\\\n\s*", "", (ROOT / "Dockerfile").read_text())
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return [Step(*line.split(None, 1)) for line in lines]


def steps(word: str) -> list[str]:
    return [step.rest for step in dockerfile() if step.word == word]


def ignored() -> list[str]:
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    return [line.rstrip("/") for line in lines if line and not line.startswith("#")]


def compose() -> dict[str, Any]:
    """The compose file: maps, lists and plain or JSON values, with anchors and merges."""
    text = (ROOT / "compose.yaml").read_text()
    kept = (line for line in text.splitlines() if line.strip() and line.strip()[0] != "#")
    lines = [(len(line) - len(line.lstrip()), line.strip()) for line in kept]
    found = _block(lines, {})
    assert isinstance(found, dict)
    return found


def _block(lines: Lines, anchors: dict[str, Any]) -> Any:
    if lines[0][1].startswith("- "):
        assert all(text.startswith("- ") for _, text in lines), lines
        return [_value(text[2:]) for _, text in lines]
    found: dict[str, Any] = {}
    for (_, text), inner in _entries(lines):
        name, value = re.fullmatch(r"([\w<.-]+):\s*(.*)", text).groups()  # type: ignore[union-attr]
        if name == "<<":
            found = {**anchors[value.lstrip("*")], **found}
            continue
        found[name] = _block(inner, anchors) if inner else _value(value)
        if value.startswith("&"):
            anchors[value[1:]] = found[name]
    return found


def _entries(lines: Lines) -> Iterator[tuple[tuple[int, str], Lines]]:
    """Each line at the outermost indent, with those that are below it."""
    depth = lines[0][0]
    starts = [number for number, (indent, _) in enumerate(lines) if indent == depth]
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        yield lines[start], lines[start + 1 : end]


def _value(text: str) -> Any:
    if text.startswith(("[", '"')):
        return json.loads(text)
    return {"": None, "true": True, "false": False}.get(text, text)
