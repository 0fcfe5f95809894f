"""Every system check of ours speaks up when it should, says what to do, and else is silent."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.core.checks import CheckMessage, run_checks

from config import checks, messages

SCOPES = ["fulfillment_service:read", "fulfillment_service:write", "webhooks:read"]


def app(**wishes: Any) -> dict[str, dict[str, Any]]:
    """Settings of an app that are whole, but for what is wished."""
    whole = {"client_id": "us", "client_secret": "a-secret", "local_stores": ""}
    return {"next29": {**whole, "scopes": [*SCOPES, "webhooks:write"], **wishes}}


FINE = {
    "SALT_KEY": ["x" * 16],
    "PUBLIC_URL": "https://crossdock.example.com",
    "ALLOW_LOCAL_STORES": False,
    "PLATFORM_APPS": app(),
}
WRONG = [
    ("crossdock.E001", {"SALT_KEY": ["short"]}),
    ("crossdock.E001", {"SALT_KEY": []}),
    ("crossdock.E001", {"SALT_KEY": ["x" * 16, "short"]}),
    ("crossdock.E002", {"PUBLIC_URL": "crossdock.example.com"}),
    ("crossdock.E002", {"PUBLIC_URL": "ftp://crossdock.example.com"}),
    ("crossdock.E002", {"PUBLIC_URL": "https://"}),
    ("crossdock.E002", {"PUBLIC_URL": "https://crossdock.example.com?x=1"}),
    ("crossdock.E003", {"MESSAGES_MODULE": "tests.config.test_checks"}),
    ("crossdock.E004", {"PULL_CRON": "hourly"}),
    ("crossdock.E004", {"REREAD_CRON": "61 * * * *"}),
    ("crossdock.E005", {"WORKER_STALLED_SECONDS": 10.0, "WORKER_HEARTBEAT_SECONDS": 10.0}),
    ("crossdock.E005", {"WORKER_HEARTBEAT_SECONDS": 0.0}),
    ("crossdock.E020", {"PLATFORM_APPS": app(client_secret="")}),
    ("crossdock.E020", {"PLATFORM_APPS": app(client_id="")}),
    ("crossdock.E021", {"PLATFORM_APPS": app(scopes=["fulfillment_service:read"])}),
    ("crossdock.E022", {"PLATFORM_APPS": app(local_stores="http://127.0.0.1:8029/{store}")}),
    ("crossdock.W001", {"PUBLIC_URL": "http://crossdock.example.com"}),
    ("crossdock.W002", {"ALLOW_LOCAL_STORES": True}),
]
# What a check sees in place of `config.messages`.
DELIVERIES = {**messages.DELIVERIES, "v" * 100: None}


def found(settings: Any, **wrong: Any) -> dict[str, CheckMessage]:
    for name, value in {**FINE, **wrong}.items():
        setattr(settings, name, value)
    said = run_checks(include_deployment_checks=True)
    return {str(each.id): each for each in said if str(each.id).startswith("crossdock.")}


def test_they_are_silent_when_all_is_well(settings: Any) -> None:
    assert found(settings) == {}


@pytest.mark.parametrize(("number", "wrong"), WRONG)
def test_each_of_them_speaks_up(settings: Any, number: str, wrong: dict[str, Any]) -> None:
    said = found(settings, **wrong)

    # What is no address at all is no https address either.
    assert {number} <= set(said) <= {number, "crossdock.W001"}
    assert number == "crossdock.E003" or said[number].hint


def test_each_of_them_is_tested_here() -> None:
    numbers = re.findall(r"crossdock\.[EW]\d+", Path(checks.__file__).read_text())
    assert sorted(numbers) == sorted({number for number, _ in WRONG})
