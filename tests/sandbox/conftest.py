"""One sandbox for all tests, one fresh store for each."""

from collections.abc import Iterator

import pytest

from sandbox import Sandbox, serve
from tests.sandbox.stage import Receiver, Stage, open_store


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Sandbox]:
    with serve() as running:
        yield running


@pytest.fixture
def empty_store(sandbox: Sandbox) -> Stage:
    """A store without a location."""
    return open_store(sandbox)


@pytest.fixture
def store(empty_store: Stage) -> Stage:
    """A store with one location of the service."""
    empty_store.location()
    return empty_store


@pytest.fixture
def other_store(sandbox: Sandbox) -> Stage:
    stage = open_store(sandbox)
    stage.location()
    return stage


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    receiver = Receiver()
    server = receiver.start()
    yield receiver
    server.shutdown()
    server.server_close()
