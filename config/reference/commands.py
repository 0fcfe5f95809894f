"""The commands of `manage.py` that are ours, as their --help explains them."""

from argparse import SUPPRESS, Action, ArgumentParser
from collections.abc import Iterable

from django.core.management import get_commands, load_command_class
from django.core.management.base import BaseCommand

from config.reference.markdown import code, fenced, listed, page, prose, table
from config.reference.source import our_apps

PROGRAM = "manage.py"
INTRODUCTION = f"""
Run them with the Python of the environment: `.venv/bin/python {PROGRAM} <command>`. Options that
every command of Django has, such as `--verbosity`, are left out.
"""


def text() -> str:
    """Return the page: a chapter for each command."""
    return page("Commands", INTRODUCTION, *(part for name in ours() for part in _chapter(name)))


def ours() -> list[str]:
    """Return the names of the commands that our applications have."""
    known = {app.name for app in our_apps()}
    return sorted(name for name, app in get_commands().items() if app in known)


def parser_of(name: str) -> ArgumentParser:
    """Return what reads the command line of a command."""
    found = get_commands()[name]
    command = load_command_class(found, name) if isinstance(found, str) else found
    return command.create_parser(PROGRAM, name)


def options_of(name: str) -> set[str] | None:
    """Return the options of a command, of ours or not; None where there is no such command."""
    if name not in get_commands():
        return None
    return {option for action in parser_of(name)._actions for option in action.option_strings}


def own_arguments(parser: ArgumentParser) -> list[Action]:
    """Return the arguments that Django does not give to every command."""
    everywhere = BaseCommand().create_parser(PROGRAM, "")
    known = {action.dest for action in everywhere._actions}
    return [a for a in parser._actions if a.dest not in known and a.help != SUPPRESS]


def _chapter(name: str) -> list[str]:
    parser = parser_of(name)
    own = own_arguments(parser)
    rows = [_row(action, parser) for action in own]
    return [
        f"## {name}",
        fenced(" ".join([PROGRAM, name, *_usage(own)])),
        *(_paragraph(lines) for lines in (parser.description or "").strip("\n").split("\n\n")),
        table(("argument", "meaning", "choices"), rows) if rows else "",
        fenced(parser.epilog) if parser.epilog else "",
    ]


def _paragraph(lines: str) -> str:
    """Return a paragraph of a help; one that is indented is shown as it is typed."""
    return fenced(lines) if lines.startswith(" ") else prose(lines)


def _usage(actions: Iterable[Action]) -> list[str]:
    actions = list(actions)
    options = ["[options]"] if any(action.option_strings for action in actions) else []
    return [*options, *(_placed(action) for action in actions if not action.option_strings)]


def _placed(action: Action) -> str:
    """Return an argument without a name as the usage shows it: optional, or many of it."""
    name = _value(action)
    return {"?": f"[{name}]", "*": f"[{name} …]", "+": f"{name} …"}.get(str(action.nargs), name)


def _value(action: Action) -> str:
    name = action.metavar or (action.dest.upper() if action.option_strings else action.dest)
    return name if isinstance(name, str) else " ".join(name)


def _row(action: Action, parser: ArgumentParser) -> tuple[str, ...]:
    takes_value = action.option_strings and action.nargs != 0 and not action.choices
    names = [f"{name} {_value(action)}" if takes_value else name for name in action.option_strings]
    choices = [code(str(choice)) for choice in action.choices or ()]
    return (
        listed((code(name) for name in names or [_value(action)]), last="or"),
        prose((action.help or "") % {**vars(action), "prog": parser.prog}),
        listed(choices, last="or") if choices else "",
    )
