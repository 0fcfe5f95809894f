"""A quick run of the measurements works from end to end. What they measure is not judged here."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.config.reading import ROOT

QUICK = ("mirror", "accept", "allocation", "stock_sync", "api")


@pytest.mark.processes
def test_a_quick_run_prints_and_writes_its_figures_and_leaves_nothing_running(
    tmp_path: Path,
) -> None:
    page = tmp_path / "performance.md"

    done = subprocess.run(
        [sys.executable, "-m", "benchmarks", *QUICK, "--quick", "--write", str(page)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=600,
    )

    assert (done.returncode, done.stderr) == (0, "")
    written = page.read_text()
    for what in (
        "take in a page of 200 orders, changed",
        "accept 1,000 requests: until the answer",
        "accept 1,000 requests of counted products: until the answer",
        "promise units, all of the same two products, 8 processes at a time",
        "2,000 stock records, 1 % changed: until they are queued",
        "place an order",
        "far pages of all orders, for an integrator",
    ):
        assert f"| {what} |" in done.stdout
        assert f"| {what} |" in written
    assert not (ROOT / "var" / "benchmarks" / "postgres" / "postmaster.pid").exists()


def test_what_is_not_a_measurement_is_refused_by_name() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks", "speed"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        env={**os.environ, "DATABASE_URL": ""},
    )
    assert done.returncode == 2
    assert "There is no speed. There are: webhook, mirror, accept," in done.stderr
