"""What each platform offers, what it asks for, and the words it uses."""

from collections.abc import Iterable, Mapping
from dataclasses import Field, fields
from enum import StrEnum
from typing import Any

from config.reference import source
from config.reference.markdown import code, page, prose, sentence, table
from platforms.interface import Capabilities, Endpoint, Platform
from platforms.registry import PLATFORMS

YES, NO = "yes", "no"
INTRODUCTION = """
A platform is one value, made in `platforms/<its key>/__init__.py` and listed in
`platforms/registry.py`. What it offers is asked before anything is tried.
"""


def text() -> str:
    """Return the page: a matrix of capabilities, and a chapter for each platform."""
    platforms = list(PLATFORMS.values())
    asking = _asking()
    return page(
        "Platforms",
        INTRODUCTION,
        "## What they offer",
        table(
            ("capability", "what it means", *(each.label for each in platforms), "asked by"),
            (_offered(capability, platforms, asking) for capability in fields(Capabilities)),
        ),
        *(part for platform in platforms for part in _chapter(platform)),
    )


def meaning(capability: Field[Any]) -> str:
    """Return the sentence that stands beside a capability; empty where it was forgotten."""
    return str(capability.metadata.get("says", ""))


def _asking() -> Mapping[str, list[str]]:
    """Return for each capability the modules that ask for it."""
    found: dict[str, list[str]] = {}
    for name, tree in source.modules():
        for capability in source.asked_of(tree, "capabilities"):
            found.setdefault(capability, []).append(code(name))
    return found


def _offered(
    capability: Field[Any], platforms: Iterable[Platform], asking: Mapping[str, list[str]]
) -> tuple[str, ...]:
    has = (getattr(platform.capabilities, capability.name) for platform in platforms)
    said = (YES if value is True else (str(value) if value else NO) for value in has)
    asked = ", ".join(asking.get(capability.name, ()))
    return code(capability.name), prose(meaning(capability)), *said, asked


def _chapter(platform: Platform) -> list[str]:
    return [
        f"## {platform.label}",
        f"Key: `{platform.key}`. A store may be asked {platform.requests_per_second:g} times a "
        "second, unless it says otherwise in the admin.",
        "### Credentials",
        table(
            ("name", "label", "where to find it"),
            (
                (code(asked.name), asked.label, prose(asked.help_text))
                for asked in platform.credentials
            ),
        ),
        "### Endpoints",
        table(
            (
                "name",
                "how the sender is proven",
                "answer to what names another store",
                "headers kept",
            ),
            (_endpoint(name, endpoint) for name, endpoint in platform.endpoints.items()),
        ),
        *_options(platform),
        *_by_hand(platform),
        *_words(platform),
    ]


def _options(platform: Platform) -> list[str]:
    """Return the settings that only this platform has, where there are any."""
    if not platform.options:
        return []
    rows = (
        (code(option.name), option.label, code(_usual(option.default)), prose(option.help_text))
        for option in platform.options
    )
    return ["### Options", table(("name", "label", "usual", "what it is for"), rows)]


def _usual(value: str | bool | int) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value) or "–"


def _by_hand(platform: Platform) -> list[str]:
    """Return what a person does where a capability is missing, if the platform says."""
    if not platform.by_hand:
        return []
    rows = ((code(name), prose(task)) for name, task in sorted(platform.by_hand.items()))
    return ["### By hand", table(("where there is no", "a person does this"), rows)]


def _endpoint(name: str, endpoint: Endpoint) -> tuple[str, ...]:
    kept = ", ".join(code(header) for header in sorted(endpoint.kept_headers))
    status = str(endpoint.unknown_sender_status)
    return code(name), sentence(endpoint.authenticate), status, kept


def _words(platform: Platform) -> list[str]:
    """Return a table for each list of words of the platform: reasons, carriers and the like.

    Words for what we name too are shown; a list of the platform's own is only counted.
    """
    parts = []
    for field in fields(platform):
        words = getattr(platform, field.name)
        if field.name == "by_hand" or not isinstance(words, Mapping) or not _all_text(words):
            continue
        parts.append(f"### {field.name.replace('_', ' ').capitalize()}")
        if any(isinstance(ours, StrEnum) for ours in words):
            rows = ((code(str(ours)), code(theirs)) for ours, theirs in words.items())
            parts.append(table(("ours", "theirs"), rows))
        else:
            parts.append(f"{len(words)} in its table.")
    return parts


def _all_text(words: Mapping[Any, Any]) -> bool:
    return all(isinstance(word, str) for word in words.values())
