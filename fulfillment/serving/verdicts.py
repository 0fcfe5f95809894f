"""What becomes of each shipment that a call names, and the answer that they make together."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from platforms.desk import Answered, Outcome, Said, Shown

# The weightiest word of all shipments is that of the call.
WEIGHT = (Outcome.FAILED, Outcome.REFUSED, Outcome.DOUBT, Outcome.DONE, Outcome.NOOP)


@dataclass(frozen=True, slots=True)
class Verdict:
    """How it went with one shipment. `word` ends the subject: “Shipment H1 accepted”."""

    outcome: Outcome
    ref: str
    word: str
    text: str
    changed: Shown | None = None
    gone: Shown | None = None

    @property
    def stops(self) -> bool:
        """Tell whether nothing of the call may be done."""
        return self.outcome in (Outcome.FAILED, Outcome.REFUSED)


def refused(ref: str, text: str) -> Verdict:
    """No, for good."""
    return Verdict(Outcome.REFUSED, ref, "refused", text)


def together(verdicts: Sequence[Verdict]) -> Answered:
    """Return the answer to a call; where one shipment stops it, only what stops it is told."""
    stopping = [each for each in verdicts if each.stops]
    told = stopping or verdicts
    outcome = min((each.outcome for each in told), key=WEIGHT.index, default=Outcome.NOTHING)
    return Answered(
        outcome,
        said=tuple(_said(told)),
        changed=tuple(each.changed for each in told if each.changed),
        gone=tuple(each.gone for each in told if each.gone),
    )


def _said(verdicts: Iterable[Verdict]) -> Iterable[Said]:
    """Say once what is so of several shipments."""
    alike: dict[tuple[Outcome, str], list[Verdict]] = {}
    for each in verdicts:
        alike.setdefault((each.outcome, each.word), []).append(each)
    for (outcome, word), same in alike.items():
        one = f"Shipment {same[0].ref}".strip()
        subject = f"{one} {word}" if len(same) == 1 else f"{len(same)} shipments {word}"
        yield Said(outcome, subject, " ".join(each.text for each in same))
