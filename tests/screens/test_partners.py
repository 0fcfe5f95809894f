"""What the operator sees of partners: accounts, the orders that they have, what was said."""

from datetime import timedelta
from html import unescape
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from fulfillment.models import JobState, PartnerAccount, PartnerExchange, PartnerJob
from relay import alarms
from relay.alarms import Place
from tests.factories import WarehouseFactory
from tests.screens import partner_rows
from tests.screens.conftest import House
from tests.screens.pages import act, address, page, text

CREDENTIALS = ("fdc_client_id", "fdc_client_secret", "fdc_username", "fdc_password")


def accounts(client: Client) -> str:
    return text(client.get(address(PartnerAccount, "changelist")))


def form(client: Client, *place: object) -> dict[str, Any]:
    """The form as it was opened."""
    shown = client.get(address(PartnerAccount, "change" if place else "add", *place))
    fields = shown.context["adminform"].form
    values = {name: fields[name].value() for name in fields.fields}
    return {
        name: value for name, value in values.items() if value is not None and value is not False
    }


def pasted(**secrets: str) -> dict[str, str]:
    return {f"credential_fulfillment_com_{name}": value for name, value in secrets.items()}


def test_the_list_says_who_works_and_what_waits(manager: Client, house: House) -> None:
    for state in (JobState.GIVEN, JobState.REFUSED, JobState.IN_DOUBT):
        partner_rows.job(house, state)
    partner_rows.job(house, JobState.WAITING, created_at=timezone.now() - timedelta(hours=5))
    assert "Working 2 5 h 1" in accounts(manager)
    PartnerAccount.objects.update(paused_at=timezone.now(), pause_reason="It gave no token.")
    assert "Paused It gave no token." in accounts(manager)


def test_the_lists_ask_no_more_for_more_rows(manager: Client, house: House) -> None:
    def asked() -> list[int]:
        numbers = []
        for model in (PartnerAccount, PartnerJob, PartnerExchange):
            with CaptureQueriesContext(connection) as made:
                manager.get(address(model, "changelist"))
            numbers.append(len(made))
        return numbers

    partner_rows.job(house)
    partner_rows.account(house)
    before = asked()
    for _ in range(5):
        partner_rows.job(house)
        partner_rows.account(house)
    assert asked() == before


def test_an_account_is_made_and_waits_until_its_login_has_worked(
    manager: Client, house: House
) -> None:
    wish = form(manager) | {
        "warehouse": WarehouseFactory().pk,
        "merchant": house.store.merchant_id,
        "partner_key": partner_rows.PARTNER,
        "begins_with": "CD-",
        "methods": "ground = Ground\nexpress = Next Day",
        "unit_value": "12.50",
    }
    path = address(PartnerAccount, "add")
    assert "Paste it here; a new account needs it." in text(manager.post(path, wish))
    wish |= pasted(**dict.fromkeys(CREDENTIALS, "never_to_be_seen"))
    assert "Write “express” as" in text(manager.post(path, wish | {"methods": "express"}))
    assert manager.post(path, wish).status_code == 302
    account = PartnerAccount.objects.get()
    assert account.pause_reason == "Its connection has not been tested yet."
    assert account.methods == {"ground": "Ground", "express": "Next Day"}
    assert account.credentials == {}
    assert account.has_pasted
    shown = manager.get(address(PartnerAccount, "change", account.pk)).content.decode()
    assert "express = Next Day" in shown
    assert "never_to_be_seen" not in shown


def test_what_is_set_can_be_changed_and_where_it_is_cannot(manager: Client, house: House) -> None:
    account = partner_rows.account(house)
    before = account.credentials
    shown = form(manager, account.pk)
    assert "begins_with" in shown
    assert not {"warehouse", "merchant", "partner_key", "base_url"} & shown.keys()
    path = address(PartnerAccount, "change", account.pk)
    assert manager.post(path, shown | {"usual_method": "Slow"}).status_code == 302
    account.refresh_from_db()
    assert account.usual_method == "Slow"
    assert account.credentials == before
    assert not account.has_pasted


def test_our_numbers_begin_as_they_did_after_the_first_order(manager: Client, house: House) -> None:
    account = partner_rows.job(house).account
    shown = form(manager, account.pk)
    assert "begins_with" not in shown
    manager.post(address(PartnerAccount, "change", account.pk), shown | {"begins_with": "X-"})
    account.refresh_from_db()
    assert account.begins_with == "CD-"


def test_an_order_is_found_by_every_number_it_has(manager: Client, house: House) -> None:
    job, _ = partner_rows.job(house), partner_rows.job(house)
    for number in (job.reference, job.ref, str(job.fulfillment_order.order)):
        shown = manager.get(address(PartnerJob, "changelist"), {"q": number})
        assert [row.pk for row in shown.context["cl"].result_list] == [job.pk]


def test_the_page_of_an_order_says_what_was_said_on_both_sides(
    manager: Client, house: House
) -> None:
    job = partner_rows.job(
        house,
        upstream_code="020201",
        upstream_status="Labelled",
        tracking=[{"number": "1Z-MAYBE", "carrier": "UPS", "carrier_ref": ""}],
        raw={"merchantOrderId": "Ærø"},
    )
    said = text(manager.get(address(PartnerJob, "change", job.pk)))
    assert "020201 Labelled" in said
    assert '{ "merchantOrderId": "Ærø" }' in unescape(said)
    assert "1Z-MAYBE (may still change)" in said
    assert "https://api.fulfillment.com/v2/orders" in said
    told = text(manager.get(address(PartnerExchange, "change", job.exchanges.get().pk)))
    assert job.reference in told


def test_the_order_s_own_page_says_that_the_partner_has_it(
    shipper: Client, manager: Client, house: House
) -> None:
    job = partner_rows.job(
        house,
        upstream_status="Labelled",
        tracking=[{"number": "1Z-MAYBE", "carrier": "UPS", "carrier_ref": ""}],
    )
    path = address(type(job.fulfillment_order), "change", job.fulfillment_order_id)
    said = text(shipper.get(path))
    assert f"{job.account} has it" in said
    assert f"{job.reference}, {job.ref} there" in said
    assert "1Z-MAYBE (may still change)" in said
    assert "What the partner said and was told" not in said
    assert "What the partner said and was told" in text(manager.get(path))
    [cannot] = page(shipper, "ship", [job.fulfillment_order]).context["cannot"]
    assert "Take it back from the partner first" in cannot[1]


def test_a_refused_order_is_handed_over_again_and_another_is_not(
    manager: Client, house: House
) -> None:
    refused, given = partner_rows.refused(house), partner_rows.job(house)
    assert act(manager, "hand_over_again", refused) == "To be handed over again: 1."
    refused.refresh_from_db()
    assert refused.state == JobState.IN_DOUBT
    [(_, reason)] = page(manager, "hand_over_again", [given]).context["cannot"]
    assert reason == "It stands at “With the partner”."


def test_nobody_is_led_to_go_on_without_a_partner(manager: Client, house: House) -> None:
    shown = manager.get(address(PartnerJob, "change", partner_rows.silent(house).pk))
    [(only, _)] = shown.context["possible"]
    assert only.name == "go_on_alone"
    assert "xd-primary" not in shown.content.decode()


def test_an_alarm_of_a_partner_stands_where_the_others_stand(manager: Client, house: House) -> None:
    account = partner_rows.in_reno(house)
    place = Place(account.warehouse, account.merchant)
    for _ in range(2):
        alarms.raise_alarm(place, alarms.PARTNER_UNREACHABLE, "No answer since 10:15.")
    said = text(manager.get("/admin/"))
    assert said.count("No answer since 10:15.") == 1
    assert f"Reno, for {account.merchant}" in said
    assert "to the partner accounts" in said
    assert f"Reno, for {account.merchant}" in text(manager.get("/admin/relay/alarm/"))


def test_the_first_page_says_which_account_is_paused_and_why(manager: Client, house: House) -> None:
    assert "All stores and partners are reached." in text(manager.get("/admin/"))
    account = partner_rows.paused(house)
    said = text(manager.get("/admin/"))
    assert f"{account} is paused: Stocktaking To the account" in said
    assert "are reached" not in said
