"""What an answer of Fulfillment.com says: its sentence, its context, and the error that it is."""

from typing import Any

from platforms.errors import Forbidden, Missing, PlatformError
from platforms.http import Answer
from platforms.status import error_of
from platforms.values import read_id, read_text

LABEL = "Fulfillment.com"
LONGEST_SENTENCE = 500
_OAUTH = "error_description"


def error_in(answer: Answer, *, writes: bool) -> PlatformError | None:
    """Return what went wrong, or None for a success. Contract fulfillment_com, section 4."""
    sentence = read_sentence(answer) if answer.status >= 400 else ""
    if answer.status == 403:
        # The token is good: a permission has to be raised by the operator.
        said = f"{LABEL}: {sentence or 'no reason given'} (403). This login may not do that."
        return Forbidden(said, status=403, body=answer.excerpt)
    return error_of(answer, label=LABEL, sentence=sentence, writes=writes)


def is_empty_list(error: PlatformError, answer: Answer) -> bool:
    """Tell whether a 404 is the answer of a list without entries.

    It has a message then; a wrong address is answered by a web page or nothing, and is no empty
    list. Contract fulfillment_com, section 5.
    """
    return isinstance(error, Missing) and bool(_text_under(answer.json, "message"))


def read_sentence(answer: Answer) -> str:
    """Return what an answer says, for a person, with the reasons for each field.

    Both error models are read, and the form of an OAuth library. Contract, sections 3.4 and 4.
    """
    if not isinstance(answer.json, dict):
        text = "" if "<" in answer.text[:200] else answer.text
    else:
        names = ("message", _OAUTH, "error")
        said = next(filter(None, (_text_under(answer.json, each) for each in names)), "")
        text = " ".join(filter(None, (said, _reasons(answer.json.get("context")))))
    text = " ".join(text.split())
    return text if len(text) <= LONGEST_SENTENCE else f"{text[:LONGEST_SENTENCE]}…"


def read_context_id(body: Any) -> str:
    """Return the id in an error's context, an object or a list of them; else nothing.

    Contract fulfillment_com, section 4.
    """
    context = body.get("context") if isinstance(body, dict) else None
    several = context if isinstance(context, list) else [context]
    ids = (read_id(each.get("id")) for each in several if isinstance(each, dict))
    return next(filter(None, ids), "")


def _text_under(body: Any, name: str) -> str:
    value = body.get(name) if isinstance(body, dict) else None
    return value.strip() if isinstance(value, str) else ""


def _reasons(context: Any) -> str:
    several = context if isinstance(context, list) else [context]
    named = [pair for each in several if isinstance(each, dict) for pair in each.items()]
    return "; ".join(f"{name}: {read_text(value)}" for name, value in named)
