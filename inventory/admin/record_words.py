"""How a stock record stands, in a word and a sentence."""

from django.utils.safestring import SafeString

from backoffice.badges import badge
from inventory.models import Mapped, StockRecord

NOT_TRACKED = "The store does not track the stock of it, and is left alone."
IS_GONE = "The store does not have it any more."
TONES = {
    Mapped.YES: "good",
    Mapped.UNKNOWN: "stop",
    Mapped.AMBIGUOUS: "stop",
    Mapped.LEFT_OUT: "",
}


def state(record: StockRecord) -> SafeString:
    """Say how it stands; what keeps it from being told comes first."""
    if record.gone_at:
        return badge("Gone")
    if record.waits:
        return badge("Waits for a person", "wait")
    if record.level is None:
        return badge("Not tracked")
    return badge(record.get_mapped_display(), TONES[Mapped(record.mapped)])


def why(record: StockRecord) -> str:
    """Say in a sentence why it is not told; empty where it is."""
    if record.gone_at:
        return IS_GONE
    if record.waits:
        return (
            "It would fall to zero together with many others. The store is not told before "
            "somebody has looked: repair the stock, or tell the store all the same."
        )
    if record.level is None:
        return NOT_TRACKED
    return record.remark


def why_not_tell(record: StockRecord) -> str:
    """Return why nobody is asked for it; empty where it waits for a person."""
    if record.gone_at:
        return IS_GONE
    return "" if record.waits else "It does not wait for a person: it is told by itself."


def why_not_choose(record: StockRecord) -> str:
    """Return why there is nothing to choose; empty where several records have one SKU."""
    if record.gone_at:
        return IS_GONE
    if record.mapped in (Mapped.AMBIGUOUS, Mapped.LEFT_OUT):
        return ""
    if record.mapped == Mapped.UNKNOWN:
        return "Its SKU is no product. Make one of it, or map it: see Unknown SKUs."
    return "No other record of this location has its SKU."
