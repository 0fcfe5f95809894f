"""A fresh organization for each test."""

import pytest

from sandbox import Sandbox
from tests.sandbox.spresso.stage import Console, open_console


@pytest.fixture
def console(sandbox: Sandbox) -> Console:
    return open_console(sandbox)
