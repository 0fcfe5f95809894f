"""The sandbox as a process: started, greeted, stopped, and turned away from a taken port."""

import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.sandbox.stage import HTTP, VERSION

ROOT = Path(__file__).resolve().parent.parent.parent


def start(*arguments: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "sandbox", *arguments],
        cwd=ROOT,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def test_it_starts_with_two_stores_refuses_a_taken_port_and_stops_cleanly() -> None:
    process = start("--port", "0")
    assert process.stdout is not None
    greeting = [process.stdout.readline() for _ in range(3)]
    url = greeting[0].split()[2].rstrip("/")
    assert "sandbox-acme-token" in greeting[1]

    stores = HTTP.get(f"{url}/next29/_sandbox/stores", timeout=5).json()["stores"]
    assert [store["subdomain"] for store in stores] == ["acme-outdoors", "blue-harbor"]
    headers = {"Authorization": "Bearer sandbox-blue-token", **VERSION}
    answer = HTTP.get(f"{url}/next29/blue-harbor/api/admin/locations/", headers=headers, timeout=5)
    assert answer.json()["results"] == []

    port = url.rpartition(":")[2]
    second = start("--port", port)
    _, complaint = second.communicate(timeout=15)
    assert (second.returncode, complaint.count("\n")) == (2, 1)
    assert port in complaint

    process.send_signal(signal.SIGTERM)
    _, noise = process.communicate(timeout=5)
    assert (process.returncode, noise) == (0, "")


@pytest.mark.parametrize(
    ("address", "number"),
    [
        ("spresso/harbor-goods", lambda placed: placed["orders"][0]["orderNo"]),
        ("haravan/gom-may", lambda placed: placed["orders"][0]["id"]),
        ("spree_hub/acme-goods", lambda placed: placed["order_number"].strip("R")),
    ],
    ids=["spresso", "haravan", "spree_hub"],
)
def test_numbers_begin_later_where_a_reader_remembers_an_earlier_run(
    address: str, number: Callable[[Any], Any]
) -> None:
    first, later = (_first_number(skip, address, number) for skip in ("0", "7000"))
    assert later - first == 7000


def _first_number(skip: str, address: str, number: Callable[[Any], Any]) -> int:
    process = start("--port", "0", "--skip", skip)
    assert process.stdout is not None
    url = process.stdout.readline().split()[2].rstrip("/")
    placed = HTTP.post(f"{url}/{address}/_sandbox/orders", json={"send": False}, timeout=5)
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=5)
    return int(number(placed.json()))
