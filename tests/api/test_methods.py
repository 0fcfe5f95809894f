"""How an order is to be shipped, in the merchant's words: mapped once, by the operator."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from fulfillment.models import FulfillmentOrder, ShippingMethod
from locations.models import RequestPolicy
from tests.api.caller import Program, accept, order
from tests.factories import member


@pytest.fixture
def manager(db: None) -> Client:
    client = Client()
    client.force_login(member("manager"))
    return client


def code_of(program: Program, row: FulfillmentOrder) -> Any:
    shown = program.get(f"orders/{row.pk}").said["currentStatus"]
    return shown["status"]["code"], shown["reason"]


def by_rule(row: FulfillmentOrder) -> None:
    row.store.request_policy = RequestPolicy.ACCEPT_WHEN_CLEAR
    row.store.save()


def test_a_method_that_nobody_mapped_is_a_problem_until_somebody_does(
    program: Program, manager: Client
) -> None:
    by_rule(program.placed())
    row = program.placed(shippingMethod="Two days")
    wanted = "Which carrier shipping method “Two days” means was not chosen yet."
    assert code_of(program, row) == ("010701", wanted)
    assert order(row.pk).request_status == "requested"
    assert row.requests.get().suggestion == "", "it is ours to repair"

    shown = manager.get(reverse("admin:fulfillment_fulfillmentorder_change", args=[row.pk]))
    method = ShippingMethod.objects.get(code="Two days")
    page = reverse("admin:fulfillment_shippingmethod_change", args=[method.pk])
    assert f'href="{page}">Choose the carrier</a>' in shown.content.decode()
    assert "Not chosen yet" in manager.get(page).content.decode()
    assert manager.post(page, {"carrier": "ups"}).status_code == 302

    assert code_of(program, row)[0] == "010901", "the rule has accepted it"
    assert not row.problems.filter(settled_at=None).exists()
    said = "Shipping method “Two days” goes by UPS."
    assert row.events.get(text=said).user == member_of(manager)
    assert code_of(program, program.placed(shippingMethod="Two days"))[0] == "010901"


def member_of(client: Client) -> Any:
    return client.get(reverse("admin:index")).wsgi_request.user  # type: ignore[attr-defined]


def test_one_that_names_no_method_can_be_accepted_all_the_same(program: Program) -> None:
    row = program.placed(shippingMethod=" ")
    assert code_of(program, row) == ("010703", "It does not say how it is to be shipped.")
    accept(row)
    assert order(row.pk).request_status == "accepted"


def test_a_carrier_that_there_is_not_is_a_problem(program: Program) -> None:
    ShippingMethod.objects.update(carrier="pony")
    assert code_of(program, program.placed())[0] == "010704"


def test_only_who_may_choose_a_carrier_is_led_to_it(program: Program) -> None:
    row = program.placed(shippingMethod="Two days")
    supervisor = Client()
    supervisor.force_login(member("supervisor", program.warehouse))
    shown = supervisor.get(reverse("admin:fulfillment_fulfillmentorder_change", args=[row.pk]))
    assert "shipping method “Two days”" in shown.content.decode()
    assert "Choose the carrier" not in shown.content.decode()
