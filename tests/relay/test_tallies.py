"""Totals that only rise, written with what they count; and garbage that leaves nothing else."""

from django.db import transaction
from django.test import Client

from relay import tallies
from relay.models import InboundMessage, Tally
from tests.dock import Dock
from tests.factories import StoreFactory
from tests.fulfillment.test_at_once import at_once
from tests.relay.test_correlation import ring
from tests.relay.test_secrets import whole_database
from tests.work import work

ATTEMPT = "accept_request"


def attempts() -> dict[str, int]:
    return {
        outcome: count
        for (verb, outcome), count in tallies.totals()[tallies.ATTEMPTS].items()
        if verb == ATTEMPT
    }


def test_every_attempt_is_counted_by_how_it_ended(dock: Dock) -> None:
    order = dock.place()
    dock.shop.fault("error_500_before", "fulfillmentOrdersRetrieve", times=1)
    dock.accept(order)
    work()
    assert attempts() == {"waiting": 1}
    dock.later()
    assert attempts() == {"waiting": 1, "done": 1}


def test_what_is_rolled_back_is_not_counted(db: None) -> None:
    with transaction.atomic():
        tallies.add(tallies.ATTEMPTS, ATTEMPT, "done")
        transaction.set_rollback(True)
    assert attempts() == {}


def test_many_count_at_once_and_none_is_lost(engine: None) -> None:
    def count() -> None:
        for _ in range(50):
            tallies.add(tallies.ATTEMPTS, ATTEMPT, "done")

    at_once(count, count, count, count)
    assert attempts() == {"done": 200}
    assert Tally.objects.count() <= tallies.SLOTS


def test_messages_are_counted_by_topic_and_outcome(dock: Dock) -> None:
    ring(dock)
    InboundMessage.objects.create(store=dock.store, topic="made up", dedupe_key="1", body=b"{}")
    work()
    assert tallies.totals()[tallies.MESSAGES] == {
        ("next29:fulfillment_requested", "done"): 1,
        ("next29:other", "failed"): 1,
    }


GARBAGE = (
    ("POST", "/next29/cb/nobody", b"{}", {}, 404),
    ("POST", "/next29/cb/{key}", b"\xff\xfe", {}, 400),
    ("POST", "/next29/cb/{key}", b"[" * 100_000, {}, 400),
    ("POST", "/next29/webhooks/{key}/", b"{}", {"X-29Next-Signature": "0" * 64}, 401),
    ("POST", "/next29/webhooks/{key}/", b"x" * 1_000_001, {}, 413),
    ("GET", "/next29/webhooks/{key}/", b"", {}, 405),
)


def test_garbage_on_an_endpoint_stores_nothing_but_a_counter(engine: None, db: None) -> None:
    store = StoreFactory()
    store.set_credentials(access_token="token", webhook_secret="s" * 32)
    store.save()
    before = whole_database()
    for _ in range(3):
        for method, path, body, headers, status in GARBAGE:
            answer = Client().generic(
                method,
                path.format(key=store.endpoint_key),
                body,
                content_type="application/json",
                headers=headers,
            )
            assert answer.status_code == status, path
    refused = tallies.totals()[tallies.REFUSED]
    assert refused == {
        ("next29:callback", "404"): 3,
        ("next29:callback", "400"): 6,
        ("next29:webhook", "401"): 3,
        ("next29:webhook", "413"): 3,
        ("next29:webhook", "405"): 3,
    }
    Tally.objects.all().delete()
    assert whole_database() == before
