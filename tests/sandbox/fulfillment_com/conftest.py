"""One fresh warehouse for each test."""

import pytest

from sandbox import Sandbox
from tests.sandbox.fulfillment_com.stage import Partner, open_partner


@pytest.fixture
def partner(sandbox: Sandbox) -> Partner:
    return open_partner(sandbox)
