"""Every acceptance check of a platform's contract is claimed by a test (`-m acceptance`)."""

import re
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parent.parent
CLAIM = re.compile(r"acceptance\(\"(\w+)\", (\d+)\)\n(?:@.*\n|    .*\n|\)\n|\]\n)*def test_")
# Contract next29, section 20.
CHECKS = {"next29": set(range(1, 19))}


@pytest.mark.parametrize("platform", CHECKS)
def test_each_check_is_claimed_by_a_test(platform: str) -> None:
    claims = [
        claim for path in TESTS.rglob("test_*.py") for claim in CLAIM.findall(path.read_text())
    ]
    assert {int(number) for where, number in claims if where == platform} == CHECKS[platform]
