"""A partner is connected by a command, and what it did not take is tried again by another."""

from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command

from fulfillment.handover import accounts
from fulfillment.models import FulfillmentOrder, JobState, PartnerAccount
from tests.fulfillment.handover.conftest import OPENS, Partner
from tests.work import work


def connect(partner: Partner, path: Path, **given: Any) -> None:
    account = partner.account
    call_command(
        "connect_partner",
        "fulfillment_com",
        warehouse=given.pop("warehouse", account.warehouse.name),
        merchant=account.merchant.name,
        secrets_file=path,
        base_url=account.base_url,
        option=[f"token_url={account.options['token_url']}", *given.pop("option", [])],
        **given,
    )


@pytest.fixture
def secrets(tmp_path: Path) -> Path:
    path = tmp_path / "secrets"
    path.write_text("\n".join(f"{name}={value}" for name, value in OPENS.items()))
    return path


def test_a_warehouse_is_given_to_its_partner(
    partner: Partner, secrets: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    partner.account.delete()
    connect(partner, secrets, begins_with="X-", option=["token_as_form=yes"], follow_stock=True)
    account = PartnerAccount.objects.get()
    assert (account.begins_with, account.follows_stock) == ("X-", True)
    assert account.options["token_as_form"] is True
    assert account.credentials["fdc_password"] == OPENS["password"]
    assert account.credentials["fdc_access_token"]
    assert "Its merchant is 50012." in capsys.readouterr().out


def test_a_login_that_does_not_work_never_replaces_one_that_does(
    partner: Partner, secrets: Path
) -> None:
    before = PartnerAccount.objects.get().credentials
    secrets.write_text(secrets.read_text().replace("a good password", "a wrong one"))
    with pytest.raises(CommandError, match=r"Nothing was kept\. .* gave no token"):
        connect(partner, secrets)
    assert PartnerAccount.objects.get().credentials == before


@pytest.mark.parametrize(
    ("wish", "why"),
    [
        ({"warehouse": "Nowhere"}, "There is no warehouse Nowhere"),
        ({"option": ["colour=red"]}, "has no option 'colour'"),
        ({"option": ["merchant_id=seven"]}, "no number"),
        ({"unit_value": "-1"}, "greater than or equal to 0"),
    ],
)
def test_what_makes_no_sense_is_refused(
    partner: Partner, secrets: Path, wish: dict[str, Any], why: str
) -> None:
    with pytest.raises(CommandError, match=why):
        connect(partner, secrets, **wish)


def test_every_secret_is_needed(partner: Partner, secrets: Path) -> None:
    secrets.write_text("client_id=7\n")
    with pytest.raises(CommandError, match=r"has no line client_secret=\.\.\."):
        connect(partner, secrets)
    with pytest.raises(CommandError, match="cannot be read"):
        connect(partner, secrets / "not there")


def test_a_secret_is_sent_to_no_strange_address(partner: Partner) -> None:
    for url in ("http://partner.example/v2/", "https://10.0.0.7/v2/"):
        partner.account.base_url = url
        with pytest.raises(ValidationError, match="address"):
            accounts.connect(partner.account)
    partner.account.refresh_from_db()
    partner.account.options = {"token_url": "https://10.0.0.7/token"}
    with pytest.raises(ValidationError, match="private"):
        accounts.connect(partner.account)


def test_what_was_not_taken_is_handed_over_again(partner: Partner, order: FulfillmentOrder) -> None:
    partner.account.options = {**partner.account.options, "warehouse_id": "99"}
    partner.account.save()
    partner.turn()
    job = partner.job(order)
    PartnerAccount.objects.update(options={**partner.account.options, "warehouse_id": "3"})
    call_command("hand_over_again", job.reference)
    work()
    assert partner.job(order).state == JobState.GIVEN
    for number in (job.reference, "X-1"):
        with pytest.raises(CommandError):
            call_command("hand_over_again", number)
