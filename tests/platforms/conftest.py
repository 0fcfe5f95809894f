"""A server that misbehaves on demand, and clients that talk to it."""

from collections.abc import Iterator

import pytest
from hypothesis import settings

from platforms.http import Exchange, Limits, Transport
from platforms.next29.client import Next29Client
from tests.platforms.tiny_server import TinyServer, serve_tiny

TOKEN = "tok-n3ver-to-be-seen"
PATIENT = Limits(connect_seconds=5, read_seconds=10, total_seconds=20, answer_bytes=20_000)
HURRIED = Limits(connect_seconds=5, read_seconds=0.3, total_seconds=0.4, answer_bytes=20_000)

# A busy machine is no failure of the code, and nothing is to be left beside the tests.
settings.register_profile("platforms", deadline=None, database=None)
settings.load_profile("platforms")


@pytest.fixture
def tiny() -> Iterator[TinyServer]:
    with serve_tiny() as server:
        yield server


@pytest.fixture
def exchanges() -> list[Exchange]:
    return []


@pytest.fixture
def transport(tiny: TinyServer, exchanges: list[Exchange]) -> Iterator[Transport]:
    transport = Transport(tiny.base_url, record=exchanges.append, limits=PATIENT)
    yield transport
    transport.close()


@pytest.fixture
def hurried(tiny: TinyServer, exchanges: list[Exchange]) -> Iterator[Transport]:
    """A transport that loses patience at once."""
    transport = Transport(tiny.base_url, record=exchanges.append, limits=HURRIED)
    yield transport
    transport.close()


@pytest.fixture
def client(transport: Transport) -> Next29Client:
    return Next29Client({"access_token": TOKEN}, transport, {})
