"""Where the measurements take place, and the settings that all their processes get."""

import os
import re
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
FOLDER = PROJECT / "var" / "benchmarks"
POSTGRES = FOLDER / "postgres"
HOST = "127.0.0.1"


def environment(database_url: str) -> dict[str, str]:
    """Return the environment of all processes: nothing of a developer's own settings is left.

    The secrets are no secrets: nothing that they protect outlives a run.
    """
    own = {name: value for name, value in os.environ.items() if name not in _settings()}
    return own | {
        "DJANGO_SETTINGS_MODULE": "benchmarks.settings",
        "ENV_FILE": "",
        "SECRET_KEY": "used for nothing but measurements, and the same in each of them",
        "CREDENTIALS_SALT": "used for nothing but measurements",
        "DATABASE_URL": database_url,
        "PUBLIC_URL": f"http://{HOST}",
        "ALLOWED_HOSTS": f"{HOST},localhost",
        "HTTPS": "false",
        "DEBUG": "false",
        "ALLOW_LOCAL_STORES": "true",
        "LOG_LEVEL": "WARNING",
        # A program of a measurement calls as fast as it can.
        "API_CALLS_PER_MINUTE": "10000000",
        # What is scheduled would come in between.
        "PULL_CRON": "0 0 1 1 *",
        "REREAD_CRON": "0 0 1 1 *",
        "PYTHONUNBUFFERED": "1",
    }


def _settings() -> set[str]:
    names = re.findall(r"^([A-Z_]+)=", (PROJECT / ".env.example").read_text(), re.MULTILINE)
    return {*names, *(f"{name}_FILE" for name in names)}
