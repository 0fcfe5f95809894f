"""Orders that a partner has, at an account that nobody asks: a row of each for the screens."""

from typing import Any

from django.utils import timezone

from fulfillment.models import (
    FulfillmentOrder,
    JobState,
    PartnerAccount,
    PartnerExchange,
    PartnerJob,
)
from locations.models import Warehouse
from tests.factories import WarehouseFactory
from tests.screens import rows
from tests.screens.conftest import House

PASSWORD = "partner_password_never_to_be_seen"
PARTNER = "fulfillment_com"
BASE = "https://api.fulfillment.com/v2/"


def account(house: House, **columns: Any) -> PartnerAccount:
    """An account of its own: what is done to it must not touch the other tests."""
    return _account(house, WarehouseFactory(), **columns)


def paused(house: House) -> PartnerAccount:
    return account(house, paused_at=timezone.now(), pause_reason="Stocktaking")


def in_reno(house: House) -> PartnerAccount:
    """The account at the partner who has the orders of our warehouse."""
    warehouse = house.reno.warehouse
    known = PartnerAccount.objects.filter(warehouse=warehouse).first()
    return known or _account(house, warehouse)


def job(house: House, state: JobState = JobState.GIVEN, **columns: Any) -> PartnerJob:
    order = rows.accepted(house.reno)
    given = {"ref": f"90{order.pk}", "given_at": timezone.now()} if state == JobState.GIVEN else {}
    made = PartnerJob.objects.create(
        account=in_reno(house),
        fulfillment_order=order,
        cycle=1,
        reference=f"CD-{order.pk}-1",
        state=state,
        **{**given, **columns},
    )
    exchange(made)
    return made


def refused(house: House) -> PartnerJob:
    return job(house, JobState.REFUSED, reason="warehouse.id: is not known")


def silent(house: House) -> PartnerJob:
    """An order at a partner whom nobody asks any more."""
    made = job(house)
    made.account = paused(house)
    made.save()
    return made


def with_partner(house: House) -> FulfillmentOrder:
    return job(house).fulfillment_order


def exchange(job: PartnerJob) -> PartnerExchange:
    return PartnerExchange.objects.create(
        account=job.account,
        job=job,
        seconds=0.2,
        method="POST",
        url=f"{BASE}orders",
        request_body={"merchantOrderId": job.reference},
        status=201,
        answer="{}",
        correlation_id=f"c-{job.pk}",
    )


def _account(house: House, warehouse: Warehouse, **columns: Any) -> PartnerAccount:
    made = PartnerAccount(
        warehouse=warehouse,
        merchant=house.store.merchant,
        partner_key=PARTNER,
        base_url=BASE,
        begins_with="CD-",
        **columns,
    )
    made.set_credentials(fdc_client_id="client-7", fdc_password=PASSWORD)
    made.save()
    return made
