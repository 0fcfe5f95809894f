"""What an answer of Spresso means: its status alone decides, its body is for people."""

import re
from typing import Any

from platforms.errors import PlatformError, Unauthorized, Unavailable
from platforms.exchange import Answer
from platforms.status import error_of, read_retry_after
from platforms.values import read_text

LABEL = "Spresso"
LONGEST_SENTENCE = 300
# These say that the request was not worked on, so that it may simply be made again.
NOT_WORKED_ON = frozenset({408, 425, 503})
_TAG = re.compile(r"<[^<>]*>")


def error_in(answer: Answer, *, writes: bool) -> PlatformError | None:
    """Return what the status of an answer means, None for any success.

    The body is not published and decides nothing. Contract spresso, section 9.
    """
    status, body, sentence = answer.status, answer.excerpt, read_sentence(answer)
    said = f"{LABEL}: {sentence or 'no reason given'} ({status})"
    if status == 403:
        # The contract stops the connection for it: no call of ours needs more than another.
        return Unauthorized(f"{said}. It does not let us in here.", status=status, body=body)
    if status in NOT_WORKED_ON:
        wait = read_retry_after(answer.headers.get("Retry-After", ""))
        return Unavailable(said, status=status, body=body, retry_after=wait)
    return error_of(answer, label=LABEL, sentence=sentence, writes=writes)


def read_sentence(answer: Answer) -> str:
    """Return what an answer says, for a person; nothing of it is relied on."""
    given: Any = answer.json
    if isinstance(given, dict):
        given = given.get("message") or given.get("error") or given
    text = _TAG.sub(" ", answer.text) if given is None else read_text(given)
    text = " ".join(text.split())
    return text if len(text) <= LONGEST_SENTENCE else f"{text[:LONGEST_SENTENCE]}…"
