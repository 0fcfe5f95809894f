"""What the six digits of Fulfillment.com say, with an explicit unknown.

Contract fulfillment_com, sections 8 and 9. Text is never matched on, but where two statuses
share a code.
"""

import re
from dataclasses import dataclass
from typing import Any

from platforms.fulfillment_com.values import text_at
from platforms.partner_records import Needs, PartnerState, Snag

_CODE = re.compile(r"[0-9]{6}", re.ASCII)

STATES = {
    "01": PartnerState.WAITING,
    "02": PartnerState.WORKING,
    "03": PartnerState.SHIPPED,
    "04": PartnerState.RETURNED,
    "05": PartnerState.CANCELLED,
    "06": PartnerState.TEST,
}
# By the longest beginning that fits; a code of a known state that is not here has no snag.
_SNAGS: dict[str, tuple[Snag, Needs]] = {
    "0101": (Snag.NONE, Needs.NOBODY),
    "0102": (Snag.NONE, Needs.NOBODY),
    "0103": (Snag.HOLD, Needs.SOMEBODY),
    "010301": (Snag.HOLD, Needs.MERCHANT),
    "010302": (Snag.HOLD, Needs.MERCHANT),
    "010303": (Snag.HOLD, Needs.MERCHANT),
    "010304": (Snag.HOLD, Needs.PARTNER),
    "010305": (Snag.HOLD, Needs.MERCHANT),
    "010306": (Snag.ADDRESS, Needs.SOMEBODY),
    "010307": (Snag.HOLD, Needs.PARTNER),
    "0104": (Snag.ADDRESS, Needs.SOMEBODY),
    "0105": (Snag.SKU, Needs.MERCHANT),
    "0106": (Snag.SETUP, Needs.PARTNER),
    "0107": (Snag.SETUP, Needs.PARTNER),
    "0108": (Snag.INVENTORY, Needs.PARTNER),
    "010801": (Snag.OUT_OF_STOCK, Needs.SOMEBODY),
    "0109": (Snag.NONE, Needs.NOBODY),
    "0201": (Snag.POSTAGE, Needs.PARTNER),
    "0203": (Snag.STOPPED, Needs.SOMEBODY),
    "0205": (Snag.POSTAGE, Needs.PARTNER),
    "030102": (Snag.NONE, Needs.PARTNER),
}
_KNOWN_STAGES = frozenset(
    {"0101", "0102", "0103", "0104", "0105", "0106", "0107", "0108", "0109"}
    | {"0201", "0202", "0203", "0204", "0205", "0206", "0207", "0208", "0209", "0210"}
    | {"0301", "0302", "0401", "0501", "0601"}
)


@dataclass(frozen=True, slots=True)
class Status:
    """What one status says, beside the words in which it was said."""

    code: str
    state: PartnerState
    snag: Snag
    needs: Needs
    variant: int
    words: str
    waits_for: str


def read_status(event: Any) -> Status:
    """Return what a status event says; never raises, and what is not known is UNKNOWN.

    Whom the partner names as the one to act goes before our table.
    """
    given = event.get("status") if isinstance(event, dict) else None
    code = text_at(given, "code")
    digits = code if _CODE.fullmatch(code) else text_at(given, "state", "code")
    state = STATES.get(digits[:2], PartnerState.UNKNOWN)
    snag, needs = _snag_of(digits, state)
    named = text_at(given, "actionRequiredBy", "name") or text_at(given, "actionRequiredBy", "id")
    return Status(
        code=code,
        state=state,
        snag=snag,
        needs=_who(named) or needs,
        variant=_variant(digits, given),
        words=_words(given),
        waits_for=named,
    )


def _snag_of(digits: str, state: PartnerState) -> tuple[Snag, Needs]:
    if state is PartnerState.UNKNOWN:
        return Snag.UNKNOWN, Needs.SOMEBODY
    found = _SNAGS.get(digits) or _SNAGS.get(digits[:4])
    if found is None and digits[:4] not in _KNOWN_STAGES and state is PartnerState.WAITING:
        # A stage that is new here may well be a problem: it is shown, and nobody is sure.
        return Snag.UNKNOWN, Needs.NOBODY
    return found or (Snag.NONE, Needs.NOBODY)


def _variant(digits: str, given: Any) -> int:
    """Tell two statuses with one code apart; where neither fits, the safer one.

    Contract fulfillment_com, section 9.
    """
    stage, detail = text_at(given, "stage", "name").casefold(), text_at(given, "detail").casefold()
    if digits == "010501":
        return 2 if detail.startswith("child") else 1
    if digits == "020301":
        return 1 if stage == "postage voided" or (not stage and "postage" in detail) else 2
    return 1


def _who(named: str) -> Needs | None:
    """Only ids and names that are seen in the contract's samples are understood."""
    if not named:
        return None
    return Needs.MERCHANT if named.casefold() == "merchant" else Needs.SOMEBODY


def _words(given: Any) -> str:
    """State, stage and detail in the partner's words; the older name where they are missing."""
    stage, detail = text_at(given, "stage", "name"), text_at(given, "detail")
    parts = (text_at(given, "state", "name"), stage, "" if detail == stage else detail)
    return ": ".join(filter(None, parts)) or text_at(given, "name")
