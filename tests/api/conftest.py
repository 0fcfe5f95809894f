"""Programs of merchants."""

import pytest
from django.core.cache import cache

from tests.api.caller import Program, open_program


@pytest.fixture(autouse=True)
def nothing_was_tried() -> None:
    """The tries of the test before do not count."""
    cache.clear()


@pytest.fixture
def program(db: None) -> Program:
    return open_program()


@pytest.fixture
def partner(db: None) -> Program:
    return open_program(is_partner=True)
