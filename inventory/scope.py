"""Whose goods a user works with: those of merchants whose stores ask their warehouses."""

from typing import Any

from django.db.models import Q

from inventory.models import StockLevel
from locations.models import Store, ids_worked_by, works_everywhere


def of_my_merchants(user: Any, merchant: str = "merchant") -> Q:
    """Return the condition that a row belongs to such a merchant; `merchant` names its column."""
    if works_everywhere(user):
        return Q()
    mine = ids_worked_by(user)
    stores = Store.objects.filter(locations__warehouse__in=mine)
    return Q(**{f"{merchant}__in": stores.order_by().values("merchant")})


def levels_of(user: Any) -> Any:
    """Return the levels that the user may see, with the names that every screen shows."""
    return StockLevel.objects.seen_by(user).select_related("product__merchant", "warehouse")
