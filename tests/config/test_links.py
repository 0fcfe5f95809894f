"""What the documents point to is there: files, headings, commands, options, words of the screen."""

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import pytest

from config.reference import commands, source
from tests.config.reading import ROOT

LEFT_OUT = {"var", "staticfiles"}
LINK = re.compile(r"!?\[[^\]]*\]\(\s*<?([^)\s>]+)>?[^)]*\)")
FENCE = re.compile(r"^(```|~~~).*?^\1", re.MULTILINE | re.DOTALL)
INLINE = re.compile(r"`[^`\n]*`")
OUR_FILE = re.compile(r"`((?:[a-z]\w*/)+\w+\.(?:py|csv|html|json|md))`")
# The platform that the walk through adds; there is no such thing.
INVENTED = "teashop"
# In these, what is bold is a word of the screen.
OF_THE_SCREEN = ("docs/how-to/operate.md", "docs/how-to/work-the-floor.md")


def documents() -> list[Path]:
    found = (file.relative_to(ROOT) for file in ROOT.rglob("*.md"))
    return sorted(
        path
        for path in found
        if not LEFT_OUT & set(path.parts) and not any(part.startswith(".") for part in path.parts)
    )


DOCUMENTS = documents()
every_document = pytest.mark.parametrize("path", DOCUMENTS, ids=str)


def links_of(path: Path) -> list[str]:
    """Where a document leads; what is shown as code leads nowhere."""
    text = INLINE.sub("", FENCE.sub("", (ROOT / path).read_text(encoding="utf-8")))
    return [unquote(target) for target in LINK.findall(text)]


def anchors_of(path: Path) -> set[str]:
    """The names by which the headings of a document can be linked to."""
    text = FENCE.sub("", (ROOT / path).read_text(encoding="utf-8"))
    names: list[str] = []
    for heading in re.findall(r"^#{1,6} +(.+?)\s*$", text, re.MULTILINE):
        words = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).lower()
        name = re.sub(r"[^\w\- ]", "", words).replace(" ", "-")
        names.append(f"{name}-{names.count(name)}" if name in names else name)
    return set(names)


def local(path: Path) -> Iterator[tuple[str, Path, str]]:
    """Each link of a document that stays in the project: as written, the file, the heading."""
    for link in links_of(path):
        if "://" in link or link.startswith("mailto:"):
            continue
        name, _, heading = link.partition("#")
        target = (ROOT / path.parent / name).resolve() if name else ROOT / path
        yield link, target, heading


@every_document
def test_every_link_leads_to_a_file_and_a_heading(path: Path) -> None:
    broken = [
        link
        for link, target, heading in local(path)
        if not target.is_relative_to(ROOT)
        or not target.exists()
        or (heading and heading not in anchors_of(target.relative_to(ROOT)))
    ]
    assert broken == []


def test_every_document_can_be_reached_from_the_first_one() -> None:
    seen: set[Path] = set()
    ahead = [Path("README.md")]
    while ahead:
        path = ahead.pop()
        seen.add(path)
        found = {t.relative_to(ROOT) for _, t, _ in local(path) if t.suffix == ".md" and t.exists()}
        ahead += found - seen
    assert set(DOCUMENTS) - seen == set(), "Link to it from docs/README.md."


@every_document
def test_every_command_that_is_named_is_there_with_its_options(path: Path) -> None:
    text = (ROOT / path).read_text(encoding="utf-8").replace("\\\n", " ")
    for name, rest in re.findall(r"manage\.py ([a-z_]+)([^`\n]*)", text):
        known = commands.options_of(name)
        assert known is not None, f"There is no command {name}."
        named = re.findall(r"(?<!\S)--[a-z][a-z-]*", rest.split(" | ")[0])
        assert set(named) <= known, f"{name} has other options."


@every_document
def test_every_file_of_ours_that_is_named_is_there(path: Path) -> None:
    if "decisions" in path.parts:
        return  # A decision stays as it was written.
    text = (ROOT / path).read_text(encoding="utf-8")
    named = {name for name in OUR_FILE.findall(text) if INVENTED not in name}
    assert [name for name in sorted(named) if not (ROOT / name).exists()] == []


def test_every_make_target_that_is_named_is_there() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    for path in DOCUMENTS:
        text = (ROOT / path).read_text(encoding="utf-8")
        named = re.findall(r"(?:`|^    )make ([a-z][a-z-]*)", text, re.MULTILINE)
        assert set(named) <= targets, path


def words_of_the_screen() -> set[str]:
    """Every text of our code, every text of a template, every name of a field."""
    texts = {text for _, tree in source.modules() for text in source.texts_in(tree)}
    for template in (ROOT / "templates").rglob("*.html"):
        shown = template.read_text(encoding="utf-8")
        texts |= {text.strip() for text in re.split(r"<[^>]*>|\{[{%].*?[%}]\}", shown)}
        texts |= set(re.findall(r'"([^"]*)"', shown))
    models = (model for app in source.our_apps() for model in app.get_models())
    names = {str(field.verbose_name) for model in models for field in model._meta.fields}
    return texts | {name[:1].upper() + name[1:] for name in names}


@pytest.mark.parametrize("path", OF_THE_SCREEN)
def test_every_bold_word_is_one_of_the_screen(path: str) -> None:
    text = " ".join((ROOT / path).read_text(encoding="utf-8").split())
    bold = set(re.findall(r"\*\*(.+?)\*\*", text))
    assert bold
    assert bold - words_of_the_screen() == set()
