"""What one login may see: the only way from a call to rows of orders, stock, returns and charges.

Whatever is another merchant's is not there: it is neither read, changed, counted nor told apart
from what does not exist.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from django.contrib.auth.models import User
from django.db.models import QuerySet

from api import errors
from api.models import Charge, ExpectedReturn, Login, MerchantOrder
from fulfillment.models import Parcel, Return
from inventory.models import Product, StockLevel
from locations.models import Location, Merchant
from platforms.own_api import OWN_API


@dataclass(frozen=True)
class Scope:
    """The merchants of a user, and what the user may do for each."""

    user: User
    logins: tuple[Login, ...]

    @classmethod
    def of(cls, user: User) -> "Scope":
        """Return the scope of a user."""
        rows = Login.objects.filter(user=user).select_related("merchant").order_by("merchant_id")
        return cls(user, tuple(rows))

    @cached_property
    def merchant_ids(self) -> frozenset[int]:
        """The merchants of which anything may be seen."""
        return frozenset(login.merchant_id for login in self.logins)

    def narrowed(self, merchant_ids: Iterable[int] | None) -> "Scope":
        """Return the scope of those merchants only; one that is not in it adds nothing."""
        if merchant_ids is None:
            return self
        wanted = set(merchant_ids)
        return Scope(self.user, tuple(each for each in self.logins if each.merchant_id in wanted))

    def that(self, permission: str) -> "Scope":
        """Return the scope of the merchants for which this may be done; 403 where it is none."""
        able = tuple(login for login in self.logins if getattr(login, permission))
        if not able:
            raise errors.forbidden()
        return Scope(self.user, able)

    def merchant(self, merchant_id: int | None) -> Merchant:
        """Return the merchant that is meant: 400 where it is not clear, 403 where it is not ours.

        Contract, section 6, note 4.
        """
        if merchant_id is None and len(self.logins) > 1:
            raise errors.bad_request("merchantId is required: this login serves several merchants")
        for login in self.logins:
            if merchant_id in (None, login.merchant_id):
                return login.merchant
        raise errors.forbidden()

    def orders(self) -> QuerySet[MerchantOrder]:
        """Orders that were placed through the API."""
        return MerchantOrder.objects.filter(
            merchant__in=self.merchant_ids, fulfillment_order__isnull=False
        )

    def parcels(self) -> QuerySet[Parcel]:
        """Parcels of these orders."""
        return Parcel.objects.filter(fulfillment_order__as_placed__merchant__in=self.merchant_ids)

    def products(self) -> QuerySet[Product]:
        """Products whose stock is counted: of others nobody knows how many there are."""
        return Product.objects.filter(merchant__in=self.merchant_ids, counted=True)

    def levels(self) -> QuerySet[StockLevel]:
        """Stock in the warehouses that ship for the merchant through the API."""
        return StockLevel.objects.filter(
            product__merchant__in=self.merchant_ids,
            product__counted=True,
            warehouse__in=self.locations().values("warehouse"),
        )

    def locations(self) -> QuerySet[Location]:
        """The warehouses from which orders of the API can be shipped, as the operator says."""
        return Location.objects.filter(
            store__platform_key=OWN_API.key, store__merchant__in=self.merchant_ids
        ).exclude(ref="")

    def returns(self) -> QuerySet[Return]:
        """What came back of these orders."""
        return Return.objects.filter(fulfillment_order__as_placed__merchant__in=self.merchant_ids)

    def expected_returns(self) -> QuerySet[ExpectedReturn]:
        """What was announced to come back."""
        return ExpectedReturn.objects.filter(merchant__in=self.merchant_ids)

    def charges(self) -> QuerySet[Charge]:
        """What was invoiced."""
        return Charge.objects.filter(order__merchant__in=self.merchant_ids)
