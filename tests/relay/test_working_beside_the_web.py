"""What the tests' own worker relies on: the web of the same process does not get into its way."""

import threading
from datetime import timedelta
from itertools import count

import pytest
from django.db import connection
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from locations.models import Store
from relay import engine
from tests.work import work

pytestmark = pytest.mark.usefixtures("engine")
TIMES = 10


def test_what_comes_in_while_the_work_begins_does_not_stop_it(store: Store) -> None:
    """The web wakes jobs all the while; they are for later, so that the work has an end."""
    enough = threading.Event()

    def web() -> None:
        later = timezone.now() + timedelta(hours=1)
        for number in count():
            engine.wake_courier(store.pk, at=later + timedelta(seconds=number))
            if enough.is_set():
                break
        connection.close()

    thread = threading.Thread(target=web)
    thread.start()
    try:
        for _ in range(TIMES):
            work()
    finally:
        enough.set()
        thread.join()
    assert ProcrastinateJob.objects.filter(task_name=engine.WAKE).count() > TIMES
