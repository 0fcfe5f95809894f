"""`manage.py pull` over the sandbox: what it takes in, says and fails with."""

import io

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from fulfillment.management.commands import pull as command
from fulfillment.models import FulfillmentOrder
from locations.models import Store
from relay import asking
from relay.models import Alarm, CallState
from tests.factories import StoreFactory
from tests.sandbox.stage import Stage

pytestmark = pytest.mark.usefixtures("engine")


def pull(*stores: str) -> str:
    """Run the command; return all that it said, errors included."""
    said = io.StringIO()
    call_command("pull", *stores, stdout=said, stderr=said)
    return said.getvalue()


def failing_pull(*stores: str) -> str:
    said = io.StringIO()
    with pytest.raises(CommandError) as failure:
        call_command("pull", *stores, stdout=said, stderr=said)
    return f"{said.getvalue()}{failure.value}"


def test_it_says_what_is_new_and_what_waits(store: Store, shop: Stage) -> None:
    first = shop.place()
    shop.place()

    assert f"{store}: 2 new, 0 cancellations. Now waiting for an answer: 2 requests" in pull()
    shop.service.step(first, "fulfillment-request/accept")
    shop.press(first, "ask-cancel")
    said = pull(store.name)
    assert f"{store}: 0 new, 1 cancellation. Now waiting" in said
    assert "1 request, 0 cancellations." in said, "nobody has to weigh what we never promised"
    assert f"{store}: 0 new, 0 cancellations" in pull(store.account)


def test_it_works_in_this_process_and_leaves_the_answers_to_the_worker(
    store: Store, shop: Stage
) -> None:
    Store.objects.update(request_policy="accept_when_clear")
    shop.place()

    pull()

    assert FulfillmentOrder.objects.get().pending_answer == "accept_request"
    assert store.calls.get().state == CallState.WAITING
    assert shop.effects("accept") == []


def test_long_work_shows_how_far_it_is(
    store: Store, shop: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command, "PROGRESS_SECONDS", 0.0)
    Store.objects.update(requests_per_second=20)
    shop.place(count=5)

    assert f"{store}: 4 orders listed, 0 taken in …" in pull()


def test_one_store_that_fails_does_not_keep_the_others_waiting(
    store: Store, shop: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "RETRY_SECONDS", (0.0,))
    broken = StoreFactory(name="A broken one", base_url="http://127.0.0.1:9/api/")
    broken.set_credentials(access_token="some-token")
    broken.save()
    shop.place()

    said = failing_pull("A broken one", store.name)

    assert "A broken one: could not be asked. " in said
    assert f"{store}: 1 new" in said
    assert "Not all work could be taken in: A broken one." in said
    assert Alarm.objects.get(store=broken).kind == "pull_failed"


def test_a_refused_token_pauses_the_store(store: Store, shop: Stage) -> None:
    shop.control("DELETE", "tokens", {"token": shop.token})

    assert f"{store}: could not be asked. " in failing_pull()

    assert Store.objects.get().paused_at


def test_a_paused_store_is_left_alone(store: Store, shop: Stage) -> None:
    Store.objects.update(paused_at=timezone.now(), pause_reason="Stocktaking.")
    shop.place()

    assert f"{store}: not asked, for it is paused. Stocktaking." in pull()
    assert "There is no store to ask" in pull()
    assert "is paused" in failing_pull(store.name), "asked for by name, it is a failure"
    assert not FulfillmentOrder.objects.exists()


def test_a_list_that_cannot_be_read_to_its_end_is_a_failure(store: Store, shop: Stage) -> None:
    shop.place(count=3)
    shop.fault("foreign_next", times=1)

    said = failing_pull()

    assert f"{store}: 2 new" in said, "what could be read counts"
    assert "Not all work could be taken in" in said


def test_a_store_that_nobody_knows_is_an_error_in_words() -> None:
    StoreFactory(name="Acme Outdoors")

    assert "There is no store “Acme”. There are: Acme Outdoors." in failing_pull("Acme")
