"""Programs of merchants."""

import pytest

from tests.api.caller import Program, open_program


@pytest.fixture
def program(db: None) -> Program:
    return open_program()


@pytest.fixture
def partner(db: None) -> Program:
    return open_program(is_partner=True)
