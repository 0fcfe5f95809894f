"""Writes markdown: tables whose cells cannot break them, lists, names as code."""

import inspect
import re
from collections.abc import Iterable, Sequence

NOTHING = "–"
# A sign that would be read as markdown or HTML, unless it stands in code.
CODE_OR_SIGN = re.compile(r"`[^`]*`|[<*]")


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table, or a line that says that there is nothing to show in it."""
    lines = [_row(row) for row in rows]
    if not lines:
        return "None.\n"
    return "\n".join([_row(head), f"|{'---|' * len(head)}", *lines]) + "\n"


def bullets(entries: Iterable[str]) -> str:
    """Return a list, one line for each entry."""
    return "".join(f"- {entry}\n" for entry in entries)


def code(text: str) -> str:
    """Return a name as it is typed; nothing stays nothing."""
    return f"`{text}`" if text else ""


def fenced(text: str, language: str = "") -> str:
    """Return lines as they are typed."""
    return f"```{language}\n{text.strip()}\n```\n"


def listed(texts: Iterable[str], *, last: str = "and") -> str:
    """Return texts in one line: a, b and c."""
    *others, final = [*texts] or [NOTHING]
    return f"{', '.join(others)} {last} {final}" if others else final


def prose(text: str) -> str:
    """Return a text in one line that says the same in markdown; what is in backticks is kept."""
    return CODE_OR_SIGN.sub(
        lambda found: found[0] if found[0].startswith("`") else f"\\{found[0]}",
        " ".join(text.split()),
    )


def sentence(described: object) -> str:
    """Return the first paragraph of a docstring; empty where there is none."""
    text = inspect.cleandoc(described.__doc__ or "").split("\n\n")[0]
    # Python gives a dataclass its signature in place of a docstring.
    return "" if text.startswith(f"{getattr(described, '__name__', '')}(") else prose(text)


def page(title: str, *parts: str) -> str:
    """Return a page: its title, then its parts with an empty line between them."""
    return "\n".join([f"# {title}\n", *(f"{part.strip()}\n" for part in parts if part.strip())])


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(_cell(cell) for cell in cells)} |"


def _cell(text: str) -> str:
    # In a table a pipe ends the cell, also inside of code; a line break ends the row.
    return " ".join(text.split()).replace("|", "\\|") or NOTHING
