"""All that comes in, by HTTP and as a message, and all that goes out to stores."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from django.urls import URLPattern, get_resolver

from config import messages
from config.reference.markdown import code, page, sentence, table
from platforms.registry import PLATFORMS

INTRODUCTION = """
Addresses are listed in `config/urls.py`, messages in `config/messages.py`. A message is kept before
it is answered, and read afterwards; what nobody reads stays under Messages, with the reason.
"""
# A part of the site that is somebody else's, shown as one address.
WHOLE = {"admin": "The back office: every page for staff, after a login."}


def text() -> str:
    """Return the page: addresses, topics with their readers, verbs with their deliveries."""
    return page(
        "What comes in and goes out",
        INTRODUCTION,
        "## Addresses",
        table(("address", "for", "what is behind it"), _addresses()),
        "## Messages",
        table(
            ("platform", "topic", "read by", "what that does"),
            (
                (_label(platform), code(topic), _named(reader), sentence(reader))
                for (platform, topic), reader in sorted(messages.READERS.items())
            ),
        ),
        "## What is asked of us, and answered at once",
        table(
            ("platform", "what is asked", "done by", "what that does"),
            (
                (
                    _label(platform),
                    str(asked).replace("_", " "),
                    _named(answerer),
                    sentence(answerer),
                )
                for (platform, asked), answerer in sorted(messages.ANSWERERS.items())
            ),
        ),
        "## What is told to stores",
        table(
            ("verb", "told by", "what that does"),
            (
                (code(verb), _named(type(delivery)), sentence(type(delivery)))
                for verb, delivery in sorted(messages.DELIVERIES.items())
            ),
        ),
    )


def endpoints() -> set[tuple[str, str]]:
    """Return the endpoints of platforms that have an address: platform key and name."""
    given = (_given(view) for _, view in _views(get_resolver().url_patterns))
    return {(g["platform_key"], g["endpoint_name"]) for g in given if "endpoint_name" in g}


def _addresses() -> Iterator[tuple[str, ...]]:
    for address, view in _views(get_resolver().url_patterns):
        behind = ("", view) if isinstance(view, str) else _behind(view)
        yield code(_plain(address)), *behind


def _views(patterns: Iterable[Any], before: str = "") -> Iterator[tuple[str, Any]]:
    """Yield each address with its view, or with a sentence for a whole part of the site."""
    for each in patterns:
        address = before + str(each.pattern)
        if isinstance(each, URLPattern):
            yield address, each.callback
        elif each.app_name in WHOLE:
            yield address, WHOLE[each.app_name]
        else:
            yield from _views(each.url_patterns, address)


def _plain(address: str) -> str:
    """Return an address without the signs of a pattern: `^cb/(?P<key>[a-z]+)$` → `/cb/<key>`."""
    named = re.sub(r"\(\?P(<\w+>)[^()]*\)", r"\1", address.removeprefix("^").removesuffix("$"))
    return "/" + re.sub(r"<\w+:(\w+)>", r"<\1>", named)


def _behind(view: Callable[..., Any]) -> tuple[str, str]:
    """Return for which endpoint of a platform a view is, and what it does."""
    given = _given(view)
    if target := given.get("pattern_name") or given.get("url"):
        return "", f"Leads to {code(target)}."
    known = [_label(given["platform_key"])] if "platform_key" in given else []
    endpoint = " ".join([*known, given.get("endpoint_name", "")])
    return endpoint, sentence(getattr(view, "view_class", getattr(view, "cls", view)))


def _given(view: object) -> Mapping[str, str]:
    """Return what `as_view` was given, by Django's name for it or by the REST framework's."""
    found: Mapping[str, str] = getattr(view, "view_initkwargs", getattr(view, "initkwargs", {}))
    return found


def _label(platform_key: str) -> str:
    return PLATFORMS[platform_key].label


def _named(thing: Any) -> str:
    return code(f"{thing.__module__}.{thing.__qualname__}")
