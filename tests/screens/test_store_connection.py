"""A store's page: what the merchant granted, whether we are subscribed, and a fresh token."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from locations.models import Store
from relay import engine
from tests.screens.conftest import House
from tests.screens.pages import act, address, page, text

GRANTED = "fulfillment_service:read fulfillment_service:write webhooks:read"


@pytest.fixture
def app(house: House) -> Store:
    """A store that has installed us and did not allow everything."""
    store = house.store
    store.scopes, store.installed_at = GRANTED, timezone.now()
    store.set_credentials(refresh_token="refresh_never_to_be_seen")
    store.save()
    return store


def shown(client: Client, store: Store) -> str:
    return text(client.get(address(Store, "change", store.pk)))


def filled(client: Client, store: Store, **wishes: str) -> dict[str, Any]:
    """The form of the store's page as it was opened, with what a person changes."""
    form = client.get(address(Store, "change", store.pk)).context["adminform"].form
    values = {name: form[name].value() for name in form.fields}
    return {name: value for name, value in {**values, **wishes}.items() if value is not None}


def test_it_says_what_is_granted_and_what_is_missing(app: Store, manager: Client) -> None:
    said = shown(manager, app)
    assert "fulfillment_service:read, fulfillment_service:write, webhooks:read." in said
    assert (
        "Missing: webhooks:write (we may not have changes announced to us, "
        "such as an order that is cancelled)"
    ) in said
    assert "never_to_be_seen" not in said


def test_it_says_when_nothing_is_missing_and_when_it_is_not_known(
    app: Store, manager: Client, settings: Any
) -> None:
    app.scopes = f"{GRANTED} webhooks:write"
    app.save()
    assert "Nothing is missing." in shown(manager, app)
    app.scopes = ""
    app.save()
    assert "Not known: the store is connected with a pasted token." in shown(manager, app)


def test_it_says_whether_the_store_announces_changes(app: Store, manager: Client) -> None:
    assert "The store announces nothing to us." in shown(manager, app)
    app.subscribed_at, app.subscription_remark = timezone.now(), "But not everything."
    app.save()
    assert "But not everything." in shown(manager, app)


def test_a_person_can_have_it_subscribed(app: Store, manager: Client, house: House) -> None:
    act(manager, "subscribe", app)
    call = app.calls.get(verb="subscribe")
    assert call.created_by == house.people["manager"]
    act(manager, "subscribe", app)
    assert app.calls.count() == 1


def test_a_pasted_token_ends_what_the_app_was_granted(app: Store, manager: Client) -> None:
    wish = filled(manager, app, **{"credential_next29_access_token": "pasted"})
    answer = manager.post(address(Store, "change", app.pk), wish)
    assert answer.status_code == 302
    store = Store.objects.get()
    assert store.credentials["access_token"] == "pasted"
    assert "refresh_token" not in store.credentials
    assert store.webhook_secret
    assert (store.scopes, store.installed_at) == ("", None)


def test_saving_the_form_leaves_all_else_as_it_is(app: Store, manager: Client) -> None:
    wish = filled(manager, app, name="Acme US")
    answer = manager.post(address(Store, "change", app.pk), wish)
    assert answer.status_code == 302
    store = Store.objects.get()
    assert store.name == "Acme US"
    assert (store.secrets, store.scopes) == (app.secrets, GRANTED)


# --- stock -----------------------------------------------------------------------------------


def waking(capture: Any, client: Client, store: Store, **wishes: str) -> set[str]:
    """Save the form, and return the jobs that it asks for."""
    with capture(execute=True):
        answer = client.post(address(Store, "change", store.pk), filled(client, store, **wishes))
    assert answer.status_code == 302, text(answer)
    found = set(ProcrastinateJob.objects.values_list("task_name", flat=True))
    return {str(name) for name in found} - {engine.TEST_CONNECTION}


def test_a_store_that_is_told_of_stock_is_read_first(
    app: Store, manager: Client, django_capture_on_commit_callbacks: Any
) -> None:
    wishes = {"stock_policy": "sellable", "stock_buffer": "2", "stock_cap": "50"}
    jobs = waking(django_capture_on_commit_callbacks, manager, app, **wishes)
    assert jobs == {engine.READ_STOCK}
    store = Store.objects.get()
    assert (store.stock_policy, store.stock_buffer, store.stock_cap) == ("sellable", 2, 50)


def test_a_store_is_not_read_when_nothing_of_its_stock_changes(
    app: Store, manager: Client, django_capture_on_commit_callbacks: Any
) -> None:
    assert waking(django_capture_on_commit_callbacks, manager, app, name="Acme US") == set()


def test_its_stock_records_are_read_when_a_person_asks(
    app: Store, manager: Client, django_capture_on_commit_callbacks: Any
) -> None:
    assert "It is told nothing." in text(page(manager, "read_stock", [app]))
    with django_capture_on_commit_callbacks(execute=True):
        assert act(manager, "read_stock", app) == "Stock records being read: 1."
    assert ProcrastinateJob.objects.filter(task_name=engine.READ_STOCK).count() == 1


def test_a_new_store_is_connected_before_anybody_decides_on_its_stock(manager: Client) -> None:
    assert "Units kept back" not in text(manager.get(address(Store, "add")))
