"""Writes down what a merchant announces, and changes it as long as nothing of it has come."""

from collections.abc import Mapping

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction

from inventory.models import Inbound, InboundLine, InboundState, Product
from platforms.errors import Refusal

TWICE = "This merchant has an inbound with this reference already."


def announce(inbound: Inbound, units: Mapping[Product, int], *, by: User | None) -> Inbound:
    """Save a new inbound with its lines. Raises Refusal if its reference is taken."""
    inbound.made_by = by
    return _written(inbound, units)


def change(inbound: Inbound, units: Mapping[Product, int]) -> Inbound:
    """Save an inbound that was edited, with its lines. Raises Refusal once something came."""
    return _written(inbound, units)


def why_not_change(inbound: Inbound) -> str:
    """Return why what was announced cannot be changed any more; empty when it can."""
    if inbound.state != InboundState.EXPECTED or inbound.receipts.exists():
        return "Something of it has come, or it is closed: what was announced stays as it is."
    return ""


def _written(inbound: Inbound, units: Mapping[Product, int]) -> Inbound:
    try:
        with transaction.atomic():
            return _write(inbound, units)
    except IntegrityError as error:
        if "inbound_reference_once" not in str(error):
            raise
        raise Refusal(TWICE) from error


def _write(inbound: Inbound, units: Mapping[Product, int]) -> Inbound:
    if not units:
        raise Refusal("Say which products come, and how many of each.")
    if any(product.merchant_id != inbound.merchant_id for product in units):
        raise Refusal("Some of the products belong to another merchant.")
    if inbound.pk:
        stands = Inbound.objects.select_for_update(of=("self",)).get(pk=inbound.pk)
        if reason := why_not_change(stands):
            raise Refusal(reason)
        inbound.save(update_fields=["merchant", "warehouse", "reference", "expected_on", "note"])
        inbound.lines.all().delete()
    else:
        inbound.save()
    InboundLine.objects.bulk_create(
        InboundLine(inbound=inbound, product=product, expected=count)
        for product, count in units.items()
    )
    return inbound
