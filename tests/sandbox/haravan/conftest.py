"""One fresh shop for each test."""

import pytest

from sandbox import Sandbox
from tests.sandbox.haravan.stage import Shop, open_shop


@pytest.fixture
def shop(sandbox: Sandbox) -> Shop:
    return open_shop(sandbox)


@pytest.fixture
def other_shop(sandbox: Sandbox) -> Shop:
    return open_shop(sandbox)
