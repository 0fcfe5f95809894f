"""One id shows the way of one fact: from the request that brought it to what a store was asked."""

import logging
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from procrastinate.contrib.django.models import ProcrastinateJob

from locations.models import RequestPolicy
from relay import correlation, engine
from relay.models import Exchange, InboundMessage, OutboundCall
from tests.dock import Dock
from tests.work import work

ACCEPT = "fulfillmentRequestAccept"
HEADER = "X-Correlation-Id"


def ring(dock: Dock, **headers: str) -> Any:
    """The store's callback reaches us."""
    return Client().post(
        f"/next29/cb/{dock.store.endpoint_key}/fulfillment-order-notification/",
        '{"type": "fulfillment_requested"}',
        content_type="application/json",
        headers=headers,
    )


def test_a_message_gives_its_id_to_all_that_follows_from_it(
    dock: Dock, caplog: pytest.LogCaptureFixture
) -> None:
    """A callback, the pull that it wakes, the call of a rule, and each request to the store."""
    type(dock.store).objects.update(request_policy=RequestPolicy.ACCEPT_WHEN_CLEAR)
    dock.shop.place()
    caplog.set_level(logging.INFO)

    said = ring(dock)[HEADER]
    work()

    message = dock.store.messages.get()
    call = dock.store.calls.get(verb="accept_request")
    assert (message.correlation_id, call.correlation_id) == (said, said)
    pulled = dock.store.exchanges.filter(purpose="pull")
    assert set(pulled.values_list("correlation_id", flat=True)) == {said}
    asked = Exchange.objects.filter(attempt__call=call)
    assert asked.exists()
    assert set(asked.values_list("correlation_id", flat=True)) == {said}
    assert [each["correlation_id"] for each in dock.shop.calls(ACCEPT)] == [said]


def test_what_a_person_decides_has_the_id_of_their_request(dock: Dock) -> None:
    order = dock.place()
    with correlation.using("a-decision-of-kim"):
        dock.accept(order)
    work()
    call = dock.call(order, "accept_request")
    assert call.correlation_id == "a-decision-of-kim"
    assert dock.shop.calls(ACCEPT)[0]["correlation_id"] == "a-decision-of-kim"


def test_calls_made_in_one_turn_keep_their_own_ids(dock: Dock) -> None:
    orders = [dock.place() for _ in range(3)]
    for number, order in enumerate(orders):
        with correlation.using(f"decision-{number}"):
            dock.accept(order)
    work()
    ids = [call["correlation_id"] for call in dock.shop.calls(ACCEPT)]
    assert sorted(ids) == ["decision-0", "decision-1", "decision-2"]


def test_wakes_with_other_ids_are_still_one_pull(dock: Dock) -> None:
    for name in ("first", "second"):
        with correlation.using(name):
            engine.wake_pull(dock.store.pk)
    [job] = ProcrastinateJob.objects.filter(task_name=engine.PULL)
    assert job.args == {"store_id": dock.store.pk, "correlation_id": "first"}


def test_a_job_that_nobody_named_has_an_id_of_its_own(dock: Dock) -> None:
    dock.pull()
    dock.pull()
    ids = set(dock.store.exchanges.values_list("correlation_id", flat=True))
    assert len(ids) == 2
    assert all(correlation.is_well_formed(each) for each in ids)


def test_a_stranger_cannot_choose_the_id(dock: Dock, settings: Any) -> None:
    mine = "0123456789abcdef"
    assert ring(dock, **{HEADER: mine})[HEADER] != mine
    settings.TRUST_CORRELATION_ID = True
    assert ring(dock, **{HEADER: mine})[HEADER] == mine


@pytest.mark.parametrize("bad", ["short", "x" * 65, "with a space", "línea-ñandú", "a\tb" * 4])
def test_an_id_that_is_not_well_formed_is_replaced(dock: Dock, settings: Any, bad: str) -> None:
    settings.TRUST_CORRELATION_ID = True
    assert correlation.is_well_formed(ring(dock, **{HEADER: bad})[HEADER])


def test_each_page_is_found_by_the_id_and_shows_it(dock: Dock) -> None:
    type(dock.store).objects.update(request_policy=RequestPolicy.ACCEPT_WHEN_CLEAR)
    dock.shop.place()
    said = ring(dock)[HEADER]
    work()
    operator = Client()
    operator.force_login(User.objects.create_superuser("olga"))
    for model in (InboundMessage, OutboundCall, Exchange):
        listing = f"/admin/relay/{model._meta.model_name}/"
        found = operator.get(listing, {"q": said}).context["cl"].result_list
        assert len(found) >= 1, model
        page = operator.get(f"{listing}{found[0].pk}/change/").content.decode()
        for other in ("inboundmessage", "outboundcall", "exchange"):
            assert f"/admin/relay/{other}/?q={said}" in page
        assert operator.get(listing, {"q": "0" * 32}).context["cl"].result_count == 0


def test_a_worker_of_the_former_release_can_still_write_rows(dock: Dock) -> None:
    """It does not know the column; the database fills it in."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO relay_inboundmessage (store_id, endpoint, topic, dedupe_key, headers,"
            " body, remark, state, reason, received_at)"
            " VALUES (%s, 'callback', 'unknown', '1', '{}', '', '', 'received', '', now())",
            [dock.store.pk],
        )
    assert dock.store.messages.get().correlation_id == ""
