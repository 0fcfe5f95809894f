"""Takes orders that merchants place. An order placed here is an order like any other.

What if it comes twice? The merchant's number is taken when the first one is written, in the same
transaction as the order, so that of twenty at once nineteen wait and then read whose it is.
"""

from typing import Any

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.utils import timezone

from api import errors, history, stores
from api.models import Consignee, MerchantOrder
from api.scope import Scope
from fulfillment import intake, timeline
from fulfillment.models import Actor, FulfillmentOrder, Order
from inventory.deadlocks import tried_again
from locations.models import Location, Merchant
from platforms.own_api import wire

DUPLICATE = "Duplicate Order"
UNKNOWN_WAREHOUSE = {"warehouse.id": "is no warehouse that ships for this merchant"}


def place(scope: Scope, request: dict[str, Any], client: str) -> MerchantOrder:
    """Take an order; raises 403, 422, and 409 with the id of the order that has its number."""
    merchant = scope.merchant(request.get("merchantId"))
    return _place(merchant, request, scope.user, client)


@tried_again
@transaction.atomic
def _place(merchant: Merchant, request: dict[str, Any], user: User, client: str) -> MerchantOrder:
    store = stores.of(merchant)
    wanted = request.get("warehouse", {}).get("id")
    location = stores.location_for(store, wanted, request["items"])
    if wanted is not None and location is None:
        raise errors.not_acceptable(UNKNOWN_WAREHOUSE)
    placed = _take_number(merchant, request, user, client)
    record = wire.read_fulfillment_order(wire.kept(request, *_place_of(location)))
    [taken] = intake.take_in(store, [record], timezone.now())
    Order.objects.filter(pk=taken.order_id).update(email=request["recipient"]["email"][:254])
    timeline.note(taken, f"Placed through the API by {user}.", actor=Actor.STORE)
    # A rule may have accepted it meanwhile.
    order = FulfillmentOrder.objects.select_related("status_code").get(pk=taken.pk)
    placed.fulfillment_order, placed.recorded_at = order, order.recorded_at
    placed.save(update_fields=["fulfillment_order", "recorded_at"])
    if order.status_code:
        history.begin(placed, order.status_code, user)
    return placed


def _place_of(location: Location | None) -> tuple[str, str, str]:
    if location is None:
        return "", "", ""
    return location.ref, location.name, location.warehouse.country if location.warehouse else ""


def _take_number(
    merchant: Merchant, request: dict[str, Any], user: User, client: str
) -> MerchantOrder:
    number = request["merchantOrderId"]
    consignee = Consignee.objects.create(
        merchant=merchant, sent=request["recipient"], updated_by=user
    )
    try:
        with transaction.atomic():
            return MerchantOrder.objects.create(
                merchant=merchant,
                merchant_order_id=number,
                consignee=consignee,
                integrator=request.get("integrator", ""),
                items=request["items"],
                client=client[:255],
                created_by=user,
            )
    except IntegrityError as error:
        first = MerchantOrder.objects.get(merchant=merchant, merchant_order_id=number)
        raise errors.conflict(DUPLICATE, {"id": first.fulfillment_order_id}) from error
