"""A job engine that is empty before each test and whose clock stands still."""

from collections.abc import Iterator

import pytest
from procrastinate.contrib.django import app

from tests.dock import forget_jobs


@pytest.fixture
def engine(django_db_serialized_rollback: None, transactional_db: None) -> Iterator[None]:
    """An engine without old jobs. Django empties its own tables between tests, not the engine's.

    What the migrations wrote (status codes, groups) is put back for the next test.
    """
    forget_jobs()
    yield
    forget_jobs()


@pytest.fixture(autouse=True)
def no_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Periodic jobs start when a test says so, not when a minute happens to be full."""
    monkeypatch.setattr(app.periodic_registry, "periodic_tasks", {})
