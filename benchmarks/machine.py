"""What the figures were measured on."""

import platform
import subprocess
from collections.abc import Mapping

import psutil
from django.db import connection

from benchmarks.surroundings import PROJECT


def describe() -> Mapping[str, str]:
    """Return the machine's size and the versions, by name."""
    memory = psutil.virtual_memory().total / 2**30
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        version = cursor.fetchone()[0]
        cursor.execute("SHOW synchronous_commit")
        durable = cursor.fetchone()[0]
    return {
        "cores": str(psutil.cpu_count()),
        "memory": f"{memory:.0f} GB",
        "system": f"{platform.system()} {platform.machine()}",
        "Python": platform.python_version(),
        "PostgreSQL": f"{version}, as it comes (synchronous_commit {durable})",
        "commit": _commit(),
    }


def _commit() -> str:
    try:
        commit = _git("rev-parse", "--short", "HEAD")
        changed = _git("status", "--porcelain", "--untracked-files=no", "--", ":!docs")
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return f"{commit}, with changes" if changed else commit


def _git(*arguments: str) -> str:
    done = subprocess.run(  # noqa: S603 - our own words
        ["git", *arguments],  # noqa: S607
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()
