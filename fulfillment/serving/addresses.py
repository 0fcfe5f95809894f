"""Says whether something could be sent to an address. Changes nothing."""

from fulfillment.serving import checks
from locations.models import Store
from platforms.desk import Answered, Asked, Outcome, Said

GOOD = "Address is deliverable"
BAD = "Address is not deliverable"


def check_address(store: Store, asked: Asked) -> Answered:
    """Look at the address of a call."""
    if reason := checks.why_not_there(asked.address, asked.rules):
        return Answered(Outcome.REFUSED, said=(Said(Outcome.REFUSED, BAD, reason),))
    there = (
        ", ".join(part for part in (asked.address.postcode, asked.address.country) if part)
        if asked.address
        else ""
    )
    text = f"Zip code {there} can be delivered to."
    return Answered(Outcome.DONE, said=(Said(Outcome.DONE, GOOD, text),))
