"""Whatever is sent to an operation, it answers as its document says, and never with a 500."""

import copy
import os
from contextlib import suppress
from http import HTTPStatus
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as looking
from hypothesis.errors import Unsatisfiable
from pytest_django.live_server_helper import LiveServer
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from api.document import document
from tests.api.caller import Program, accept, open_program, ship

# So many examples for each operation and mode; to look longer: API_FUZZ=500.
EXAMPLES = int(os.environ.get("API_FUZZ", "12"))
CHECKS = [status_code_conformance, content_type_conformance, response_schema_conformance]
SCHEMA = schemathesis.openapi.from_dict(copy.deepcopy(document()))
OPERATIONS = [each.ok() for each in SCHEMA.get_all_operations()]


@pytest.fixture
def program(transactional_db: None, settings: Any) -> Program:
    """A merchant with orders that have small numbers, so that some are hit."""
    settings.API_CALLS_PER_MINUTE = settings.API_LOGINS_PER_MINUTE = 10**6
    program = open_program(is_partner=True)
    for number in ("0", "1"):
        row = program.placed(merchantOrderId=number)
        accept(row)
        ship(row, number)
    program.placed(merchantOrderId="2")
    return program


@pytest.mark.parametrize("mode", GenerationMode, ids=lambda mode: mode.value)
def test_every_answer_is_one_of_the_document(
    program: Program, live_server: LiveServer, mode: GenerationMode
) -> None:
    session = requests.Session()
    session.headers["Authorization"] = f"Bearer {program.token}"
    seen: set[tuple[str, int]] = set()
    for operation in OPERATIONS:
        _ask(operation, mode, f"{live_server.url}/v2", session, seen)
    # It has looked: at all operations, and not only at refusals.
    assert len({label for label, _ in seen}) >= len(OPERATIONS) - 2
    assert {200, 404} <= {status for _, status in seen}


def _ask(
    operation: Any,
    mode: GenerationMode,
    base_url: str,
    session: requests.Session,
    seen: set[tuple[str, int]],
) -> None:
    @looking(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=[*HealthCheck],
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def ask(case: Any) -> None:
        answer = case.call(base_url=base_url, session=session)
        seen.add((operation.label, answer.status_code))
        assert answer.status_code < HTTPStatus.INTERNAL_SERVER_ERROR, answer.text
        case.validate_response(answer, checks=CHECKS)

    # What takes nothing cannot be given anything wrong.
    with suppress(Unsatisfiable):
        ask()
