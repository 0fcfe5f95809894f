"""The reference says what the code says, and the code has a sentence for all that it names."""

import ast
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from config import messages
from config.management.commands.write_reference import FOLDER
from config.reference import addresses, commands, pages, platforms, source
from config.reference.markdown import bullets, listed, prose, sentence, table
from config.reference.transitions import ends
from fulfillment.models import WorkStatus
from fulfillment.transitions import TRANSITIONS, Action
from platforms.interface import Capabilities
from platforms.registry import PLATFORMS
from relay import alarms
from tests.config.reading import ROOT

GUARDS = {guard for transition in TRANSITIONS.values() for guard in transition.guards}
KINDS = {name: kind for name, kind in vars(alarms).items() if name.isupper() and type(kind) is str}
READ_AND_TOLD = [
    *dict.fromkeys(messages.READERS.values()),
    *dict.fromkeys(messages.ANSWERERS.values()),
    *dict.fromkeys(type(delivery) for delivery in messages.DELIVERIES.values()),
    *(end.authenticate for each in PLATFORMS.values() for end in each.endpoints.values()),
]
COMMANDS = commands.ours()


def is_sentence(text: str) -> bool:
    return text[:1].isupper() and text.endswith(".")


def test_every_page_says_what_the_code_says(db: None) -> None:
    assert pages.stale(FOLDER, pages.texts()) == [], "Run: make reference"


@pytest.mark.parametrize("capability", fields(Capabilities), ids=lambda each: str(each.name))
def test_every_capability_has_a_sentence(capability: Any) -> None:
    said = platforms.meaning(capability)
    assert is_sentence(said), f"Write it like the others: {capability.name} = says(“…”)"
    assert capability.default is False, "A platform that does not speak of it does not have it."


@pytest.mark.parametrize("action", Action)
def test_every_action_has_a_transition_with_a_sentence(action: Action) -> None:
    assert is_sentence(TRANSITIONS[action].says), "Give the transition a `says`."


@pytest.mark.parametrize("guard", GUARDS, ids=lambda each: str(each.__name__))
def test_every_guard_has_a_sentence(guard: Callable[..., str]) -> None:
    assert is_sentence(sentence(guard)), "Its docstring is read by people."


@pytest.mark.parametrize("kind", KINDS.values())
def test_every_kind_of_alarm_has_a_sentence(kind: str) -> None:
    assert is_sentence(alarms.MEANINGS.get(kind, "")), "Say in relay/alarms.py what it means."


def test_every_alarm_that_is_raised_is_of_a_kind_that_is_explained() -> None:
    named = {ast.unparse(kind) for _, tree in source.modules() for kind in kinds_raised(tree)}
    assert named
    for name in named:
        assert name.removeprefix("alarms.") in KINDS, "Name the kinds of alarms in relay/alarms.py."


def kinds_raised(tree: ast.Module) -> Iterator[ast.expr]:
    """What is written where an alarm is raised; what is handed on or made there is left out."""
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        name = ast.unparse(call.func).split(".")[-1]
        if name not in ("raise_alarm", "pause"):
            continue
        kinds = [word.value for word in call.keywords if word.arg == "kind"]
        if name == "raise_alarm":
            kinds += call.args[1:2]
        yield from (kind for kind in kinds if isinstance(kind, ast.Attribute | ast.Constant))


@pytest.mark.parametrize("described", READ_AND_TOLD, ids=lambda each: str(each.__qualname__))
def test_all_that_reads_tells_and_proves_has_a_sentence(described: object) -> None:
    assert is_sentence(sentence(described))


def test_every_endpoint_of_a_platform_has_an_address_and_its_topics_a_platform() -> None:
    ways_in = {(key, name) for key, platform in PLATFORMS.items() for name in platform.endpoints}
    assert addresses.endpoints() == ways_in
    assert {platform for platform, _ in messages.READERS} <= set(PLATFORMS)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself_and_its_arguments(name: str) -> None:
    parser = commands.parser_of(name)
    assert parser.description
    assert parser.epilog, "Show an example."
    assert all(argument.help for argument in commands.own_arguments(parser))


def test_answers_lead_where_the_store_s_confirmation_leads() -> None:
    assert ends(Action.ACCEPT, WorkStatus.NEW) == (WorkStatus.ALLOCATED,)
    assert ends(Action.ACCEPT_CANCELLATION, WorkStatus.PARTLY_SHIPPED) == (WorkStatus.CLOSED,)
    assert ends(Action.REJECT, WorkStatus.NEW) == (WorkStatus.NEW,)


def test_a_page_is_stale_when_it_is_absent_differs_or_is_none_any_more(tmp_path: Path) -> None:
    wanted = {"same.md": "a", "other.md": "b", "absent.md": "c"}
    for name, text in {"same.md": "a", "other.md": "x", "gone.md": "d"}.items():
        (tmp_path / name).write_text(text)

    assert pages.stale(tmp_path, wanted) == ["absent.md", "gone.md", "other.md"]
    assert pages.write(tmp_path, wanted) == ["absent.md", "gone.md", "other.md"]
    assert {file.name: file.read_text() for file in tmp_path.iterdir()} == wanted
    assert pages.write(tmp_path, wanted) == []


def test_the_command_names_what_is_stale_and_changes_nothing(tmp_path: Path) -> None:
    # Beside this run, it must not make and drop the database of this run.
    environment = {k: v for k, v in os.environ.items() if k != "TEST_DATABASE_NAME"}
    command = ("-m", "tests.environment", "manage.py", "write_reference", "--check")

    result = subprocess.run(
        [sys.executable, *command, "--folder", str(tmp_path)],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
    )

    assert result.returncode == 1
    stale = ", ".join(sorted([pages.INDEX, *pages.MODULES]))
    assert result.stderr == f"CommandError: Stale: {stale}. Run: make reference\n"
    assert list(tmp_path.iterdir()) == []


def test_no_text_breaks_a_table() -> None:
    made = table(("a", "b"), [("x | y", "one\ntwo"), ("", "z")])
    assert made.splitlines() == ["| a | b |", "|---|---|", "| x \\| y | one two |", "| – | z |"]
    assert table(("a", "b"), []) == "None.\n"
    assert bullets(["x", "y"]) == "- x\n- y\n"


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("the <key> of a store", "the \\<key> of a store"),
        ("as `<key>` is *one*\n of them", "as `<key>` is \\*one\\* of them"),
    ],
)
def test_what_people_wrote_is_not_read_as_markdown(text: str, written: str) -> None:
    assert prose(text) == written


def test_words_are_joined_as_people_do() -> None:
    assert [listed(names) for names in ("", "a", "ab", "abc")] == [
        "–",
        "a",
        "a and b",
        "a, b and c",
    ]
    assert listed("abc", last="or") == "a, b or c"
