"""Writes what was measured: line by line for a terminal, and as a page in Markdown."""

from collections.abc import Iterable, Mapping, Sequence

from benchmarks.figures import Figure

HEAD = """\
# Performance

What Crossdock's budgets are, and whether it keeps them. A figure says little by itself: the next
machine is faster or slower. So each is measured beside a floor, what the same work costs at least
on the same machine, in the same run and mostly in turns; what counts is the ratio.

This page is written by the measurement itself, and can be refreshed:

    make bench ARGS="--write docs/reference/performance.md"

`make bench ARGS="webhook --quick"` measures one of them, briefly. No test asserts any of it: a busy
machine must not make one fail.
"""


def in_words(figure: Figure) -> str:
    """Return a figure for somebody who watches."""
    rows = {
        "how": figure.how,
        "floor": figure.floor,
        "figure": figure.figure,
        "ratio": figure.ratio,
        "budget": " ".join(filter(None, (figure.budget, f"→ {figure.verdict}"))),
    }
    lines = [f"    {name:<7} {text}" for name, text in rows.items() if text.strip("→ ")]
    return "\n".join([f"  {figure.what}", *lines])


def table(figures: Sequence[Figure]) -> str:
    """Return the figures as a table."""
    rows = [
        ("what", "floor", "figure", "ratio", "budget", ""),
        ("---",) * 6,
        *((f.what, f.floor, f.figure, f.ratio, f.budget, f.verdict) for f in figures),
    ]
    return _lines(rows)


def machine_table(machine: Mapping[str, str]) -> str:
    """Return the machine as a table."""
    return _lines([("machine", ""), ("---", "---"), *machine.items()])


def page(measured: Mapping[str, tuple[str, Sequence[Figure]]], machine: Mapping[str, str]) -> str:
    """Return the whole page: for each measurement what it is and its figures."""
    parts = [HEAD, machine_table(machine)]
    for title, figures in measured.values():
        hows = [f"- {figure.what}: {figure.how}." for figure in figures]
        parts += [f"\n## {title}\n", table(figures), "", *hows]
    return "\n".join(parts) + "\n"


def _lines(rows: Iterable[Sequence[str]]) -> str:
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)
