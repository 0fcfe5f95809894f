"""Access in the admin: issued and shown once, revoked at once, and only by who may."""

import html
import re
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse
from oauth2_provider.models import get_access_token_model, get_application_model

from api.models import ApiKey, ExpectedReturn, Login, MerchantOrder
from locations.models import Store
from tests.api.caller import PASSWORD, Program, body, heard
from tests.factories import MerchantFactory, UserFactory, member

LISTS = (
    "api_login",
    "api_apikey",
    "api_use",
    "api_charge",
    "api_expectedreturn",
    "api_merchantorder",
    "oauth2_provider_application",
    "oauth2_provider_accesstoken",
)


@pytest.fixture
def manager(db: None) -> Client:
    client = Client()
    client.force_login(member("manager"))
    return client


def act(client: Client, model: str, name: str, pk: int) -> Any:
    """Take an action on a row, as the page in between does; return what is said."""
    url = reverse(f"admin:{model}_act", args=[name])
    page = client.get(f"{url}?id={pk}")
    assert page.status_code == 200
    answer = client.post(url, {"confirmed": "1", "seen": page.context["seen"]}, follow=True)
    assert answer.status_code == 200
    return " ".join(str(message) for message in get_messages(answer.wsgi_request)) or (
        answer.content.decode()
    )


@pytest.mark.parametrize("name", LISTS)
def test_a_manager_sees_them_and_a_supervisor_does_not(
    program: Program, manager: Client, name: str
) -> None:
    program.placed()
    program.call("PUT", "returns", body("rma_request", merchantOrderId=""))
    page = manager.get(reverse(f"admin:{name}_changelist"), {"q": "x"})
    assert page.status_code == 200
    page = manager.get(reverse(f"admin:{name}_changelist"))
    assert page.status_code == 200
    assert program.token not in page.content.decode()
    other = Client()
    other.force_login(member("supervisor"))
    assert other.get(reverse(f"admin:{name}_changelist")).status_code == 403


def test_a_merchants_login_does_not_open_the_back_office(program: Program) -> None:
    browser = Client()
    assert browser.login(username=program.user.username, password=PASSWORD)
    assert browser.get("/admin/").status_code == 302


def test_a_login_gives_its_merchant_a_store(manager: Client) -> None:
    user, merchant = UserFactory(is_staff=False), MerchantFactory()
    sent = {"user": user.pk, "merchant": merchant.pk, "creates_orders": "on"}
    assert manager.post(reverse("admin:api_login_add"), sent).status_code == 302
    assert Login.objects.get(user=user).creates_orders
    assert Store.objects.get(merchant=merchant).platform_key == "own_api"


def test_a_client_gets_a_secret_that_is_shown_once_and_works(
    program: Program, manager: Client
) -> None:
    add = reverse("admin:oauth2_provider_application_add")
    sent = {"name": "Their shop", "authorization_grant_type": "password", "redirect_uris": ""}
    page = manager.post(add, sent, follow=True).content.decode()
    row = get_application_model().objects.get(name="Their shop")
    found = re.search(r"shown this once: (\w+)", page)
    assert found
    wish = body("oauth_token_request_password", client_id=row.client_id, client_secret=found[1])
    wish |= {"username": program.user.username, "password": PASSWORD}
    answer = heard(Client().post("/v2/oauth/access_token", wish))
    assert answer.status == 200, answer.said
    change = reverse("admin:oauth2_provider_application_change", args=[row.pk])
    assert found[1] not in manager.get(change).content.decode()
    act(manager, "oauth2_provider_application", "renew_secret", row.pk)
    assert heard(Client().post("/v2/oauth/access_token", wish)).status == 401
    assert program.call("GET", "users/me", token=answer.said["access_token"]).status == 200
    act(manager, "oauth2_provider_application", "revoke_all_tokens", row.pk)
    assert program.call("GET", "users/me", token=answer.said["access_token"]).status == 401


def test_a_token_is_revoked(program: Program, manager: Client) -> None:
    assert program.get("users/me").status == 200
    act(
        manager,
        "oauth2_provider_accesstoken",
        "revoke_token",
        get_access_token_model().objects.get().pk,
    )
    assert program.get("users/me").status == 401


def test_a_key_is_issued_and_revoked(program: Program, manager: Client) -> None:
    said = act(manager, "api_login", "issue_key", Login.objects.get().pk)
    found = re.search(rf"{program.user.username}: ([\w-]{{30,}})", said)
    assert found
    header = {"x-api-key": found[1]}
    assert program.call("GET", "track/1Z", token="", **header).status == 404
    act(manager, "api_apikey", "revoke_key", ApiKey.objects.get().pk)
    assert program.call("GET", "track/1Z", token="", **header).status == 401


def test_staff_says_that_an_announced_return_has_come(program: Program, manager: Client) -> None:
    sent = body("rma_request")
    sent.pop("merchantOrderId")
    program.call("PUT", "returns", sent)
    act(manager, "api_expectedreturn", "process", ExpectedReturn.objects.get().pk)
    assert program.call("PUT", "returns", sent).status == 409


def test_staff_reads_all_that_was_sent(program: Program, manager: Client) -> None:
    program.placed(integrator="Shopify")
    program.call("PUT", "returns", body("rma_request", merchantOrderId=""))
    placed = seen(manager, "api_merchantorder", MerchantOrder.objects.get().pk)
    for said in ("Shopify", "Amara", "amara.osei@example.com", "1 × NW-TEA-SET, USD 129.99 each"):
        assert said in placed, said
    back = seen(manager, "api_expectedreturn", ExpectedReturn.objects.get().pk)
    sent = body("rma_request")
    [item] = sent["items"]
    for said in (*sent["recipient"].values(), f"{item['quantityExpected']} × {item['sku']}"):
        assert said in back, said


@pytest.mark.parametrize(
    ("warehouse", "note"),
    [("US", ""), ("CA", "Customs value of each: USD 129.99")],
)
def test_the_packer_reads_a_customs_value_where_the_parcel_goes_abroad(
    program: Program, warehouse: str, note: str
) -> None:
    program.warehouse.country = warehouse
    program.warehouse.save()
    row = program.placed()
    assert row.lines.get(sku="NW-TEA-SET").note == note
    program.call("DELETE", f"orders/{row.pk}")
    assert row.lines.get(sku="NW-TEA-SET").note == note


def seen(client: Client, model: str, pk: int) -> str:
    page = client.get(reverse(f"admin:{model}_change", args=[pk]))
    return html.unescape(page.content.decode())
