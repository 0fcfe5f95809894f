"""Log lines say what they belong to, and show no key of an endpoint."""

import json
import logging
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import Client
from django.urls import get_resolver, reverse

from config import logs
from locations.models import Store, new_key
from relay import correlation
from tests.config.reading import ENOUGH, run_settings
from tests.factories import StoreFactory

KEY = "kEy-" + "x" * 28


def line(form: str, message: str, *args: object, **more: Any) -> str:
    """What the console shows of a line."""
    record = logging.LogRecord("relay", logging.INFO, "", 0, message, args, more.pop("exc", None))
    record.__dict__.update(more)
    logs.Context().filter(record)
    return {"json": logs.Json, "line": logs.Line}[form]().format(record)


def test_a_line_for_machines_has_its_context_in_fields() -> None:
    with correlation.using("abc-123-def", 7):
        said = json.loads(line("json", "sent %s", "it", status=200))
    assert said["time"].endswith("Z")
    assert {name: said[name] for name in ("level", "logger", "message", "status")} == {
        "level": "INFO",
        "logger": "relay",
        "message": "sent it",
        "status": 200,
    }
    assert (said["correlation_id"], said["store_id"]) == ("abc-123-def", 7)


def test_a_line_for_people_has_it_at_the_end() -> None:
    with correlation.using("abc-123-def", 7):
        assert line("line", "sent").endswith("INFO relay sent [store=7 id=abc-123-def]")
    assert line("line", "sent").endswith("INFO relay sent")


def endpoints() -> Iterator[str]:
    """The address of every endpoint that has a store's key in it."""
    for name in get_resolver().reverse_dict:
        if isinstance(name, str) and "key" in str(get_resolver().reverse_dict.getlist(name)):
            yield name


def test_there_are_endpoints_with_keys() -> None:
    assert {"next29-callback", "next29-webhook"} <= set(endpoints())


@pytest.mark.parametrize("name", sorted(endpoints()))
@pytest.mark.parametrize("form", logs.FORMATS)
def test_no_line_shows_the_key_of_an_endpoint(form: str, name: str) -> None:
    key = new_key()
    path = reverse(name, kwargs={"key": key})
    for text in (path, f"https://example.com{path}?x=1", path.replace("/", "//") + "more/"):
        assert key not in line(form, "Not Found: %s", text)
    try:
        raise ValueError(path)
    except ValueError:
        assert key not in line(form, "broken", exc=sys.exc_info())


@pytest.fixture
def store(db: None) -> Store:
    return StoreFactory(endpoint_key=KEY)


@pytest.mark.parametrize(("key", "status"), [(KEY, 200), ("z" * 32, 404)])
def test_an_inbound_message_leaves_one_line(
    engine: None, store: Store, caplog: pytest.LogCaptureFixture, key: str, status: int
) -> None:
    caplog.set_level(logging.INFO, logger="config.middleware")
    body = '{"type": "fulfillment_requested"}'
    answer = Client().post(f"/next29/cb/{key}", body, content_type="application/json")
    assert answer.status_code == status
    [record] = [each for each in caplog.records if each.name == "config.middleware"]
    said = logs.Line().format(record)
    assert f"POST /next29/cb/*** → {status} in " in said
    assert f"{len(body)} bytes" in said
    assert key not in said
    assert body not in said


def test_a_path_cannot_begin_a_line_of_its_own(caplog: pytest.LogCaptureFixture, db: None) -> None:
    caplog.set_level(logging.INFO, logger="config.middleware")
    Client().get("/nothing%0a2026-01-01 INFO relay all is well")
    [record] = [each for each in caplog.records if each.name == "config.middleware"]
    assert "\n" not in record.getMessage()


@pytest.mark.parametrize("path", ["/health/live", "/metrics"])
def test_what_machines_ask_all_the_time_leaves_no_line(
    path: str, caplog: pytest.LogCaptureFixture, db: None
) -> None:
    caplog.set_level(logging.INFO, logger="config.middleware")
    Client().get(path)
    assert not caplog.records or {each.name for each in caplog.records} == {"django.request"}


def test_every_logger_of_django_goes_through_the_mask(monkeypatch: pytest.MonkeyPatch) -> None:
    loggers = run_settings(monkeypatch, **ENOUGH)["LOGGING"]["loggers"]
    for name in ("django", "django.server"):
        assert (loggers[name]["handlers"], loggers[name]["propagate"]) == ([], True)


def test_the_form_is_for_machines_in_production_and_for_people_in_development(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert run_settings(monkeypatch, **ENOUGH)["LOG_FORMAT"] == "json"
    assert run_settings(monkeypatch, **ENOUGH, DEBUG="true")["LOG_FORMAT"] == "line"
    with pytest.raises(ImproperlyConfigured, match="LOG_FORMAT must be json or line, not 'xml'"):
        run_settings(monkeypatch, **ENOUGH, LOG_FORMAT="xml")
