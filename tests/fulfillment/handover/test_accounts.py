"""A partner’s account: credentials are tried before they are kept; alarms end by themselves."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from fulfillment.handover import accounts
from fulfillment.handover.jobs import try_later
from fulfillment.models import FulfillmentOrder, JobState, PartnerAccount
from inventory.models import Product
from platforms.errors import Unauthorized
from relay import alarms
from relay.models import Alarm
from tests.conftest import SKU
from tests.dock import Dock
from tests.fulfillment.handover.conftest import OPENS, Partner
from tests.work import work

NO_TOKENS = {"fdc_access_token": "", "fdc_refresh_token": "", "fdc_token_until": ""}


def now(partner: Partner) -> PartnerAccount:
    return PartnerAccount.objects.get(pk=partner.account.pk)


def raised() -> list[str]:
    return list(Alarm.objects.filter(cleared_at=None).values_list("kind", flat=True))


def lock_out(partner: Partner) -> None:
    partner.account.set_credentials(fdc_password="wrong", **NO_TOKENS)
    partner.account.save()
    partner.turn()


def paste(partner: Partner, **secrets: str) -> None:
    account = now(partner)
    account.paste(**secrets)
    account.save()
    try_later(account.pk)
    work()


def test_a_login_that_is_not_taken_raises_one_alarm_until_one_that_works_is_pasted(
    partner: Partner, order: FulfillmentOrder
) -> None:
    lock_out(partner)
    accounts.shut_out(now(partner), Unauthorized("again"))
    assert raised() == [alarms.PARTNER_UNAUTHORIZED]
    paste(partner, fdc_password="still wrong")
    account = now(partner)
    assert "Nothing of what was pasted was kept. " in account.check_result
    assert account.credentials["fdc_password"] == "wrong"
    assert account.paused_at
    assert not account.has_pasted
    assert raised() == [alarms.PARTNER_UNAUTHORIZED]
    paste(partner, fdc_password=OPENS["password"])
    account = now(partner)
    assert (account.paused_at, account.pause_reason) == (None, "")
    assert "Its merchant is 50012." in account.check_result
    assert raised() == []
    assert partner.job(order).state == JobState.GIVEN


def test_a_wrong_login_never_replaces_one_that_works(partner: Partner) -> None:
    before = now(partner).credentials
    paste(partner, fdc_password="wrong")
    assert now(partner).credentials == before
    assert now(partner).paused_at is None


def test_what_a_person_has_paused_is_resumed_by_a_person(
    partner: Partner, order: FulfillmentOrder
) -> None:
    accounts.pause(now(partner), "Stocktaking (kim)")
    paste(partner, fdc_password=OPENS["password"])
    partner.turn()
    assert now(partner).paused_at
    assert partner.orders() == []
    try_later(partner.account.pk, resume=True)
    work()
    assert now(partner).paused_at is None
    assert partner.job(order).state == JobState.GIVEN


def test_an_account_is_resumed_only_if_its_login_works(partner: Partner) -> None:
    lock_out_by_hand = now(partner)
    lock_out_by_hand.set_credentials(fdc_password="wrong", **NO_TOKENS)
    lock_out_by_hand.save()
    accounts.pause(now(partner), "Stocktaking (kim)")
    try_later(partner.account.pk, resume=True)
    work()
    assert now(partner).paused_at
    assert "gave no token" in now(partner).check_result


@pytest.mark.parametrize("hours", [0, 2])
def test_a_partner_that_is_not_reached_for_long_raises_an_alarm_that_ends_by_itself(
    partner: Partner, order: FulfillmentOrder, hours: int
) -> None:
    partner.fault("error_500_before", "post-orders")
    partner.turn()
    assert raised() == []
    assert now(partner).failing_since
    PartnerAccount.objects.update(failing_since=timezone.now() - timedelta(hours=hours))
    partner.act("POST", "faults", {"kind": "error_500_before", "operation": "get-orders"})
    partner.act("POST", "faults", {"kind": "error_500_before", "operation": "post-orders"})
    partner.turn()
    assert raised() == ([alarms.PARTNER_UNREACHABLE] if hours else [])
    partner.act("DELETE", "faults")
    partner.turn()
    assert raised() == []
    assert now(partner).failing_since is None


@pytest.mark.parametrize(
    ("own", "declared"),
    [
        ({"customs_value": "24.90", "customs_currency": "USD"}, "24.90"),
        ({"customs_value": "24.90", "customs_currency": "EUR"}, "7.50"),
        ({}, "7.50"),
    ],
    ids=["in dollars", "in another currency", "none"],
)
def test_a_unit_is_declared_at_its_own_value_in_dollars_else_at_the_usual_one(
    partner: Partner, dock: Dock, own: dict[str, Any], declared: str
) -> None:
    PartnerAccount.objects.update(unit_value="7.50")
    Product.objects.filter(sku=SKU).update(**own)
    dock.accepted()
    partner.turn()
    [line] = partner.orders()[0]["lineItems"]
    assert line["requestedSkuData"]["declaredValue"] == declared
