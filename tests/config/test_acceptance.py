"""Every acceptance check of a platform's contract is claimed by a test (`-m acceptance`)."""

import re
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parent.parent
# A test may claim several checks: what follows a claim is only looked at.
CLAIM = re.compile(r"acceptance\(\"(\w+)\", (\d+)\)\n(?=(?:@.*\n|    .*\n|\)\n|\]\n)*def test_)")
CHECKS = {
    "next29": set(range(1, 19)),  # section 20
    "spresso": set(range(1, 23)),  # section 11
    "haravan": set(range(1, 21)),  # section 18
    "spree_hub": set(range(1, 11)),  # section 15
}


@pytest.mark.parametrize("platform", CHECKS)
def test_each_check_is_claimed_by_a_test(platform: str) -> None:
    claims = [
        claim for path in TESTS.rglob("test_*.py") for claim in CLAIM.findall(path.read_text())
    ]
    assert {int(number) for where, number in claims if where == platform} == CHECKS[platform]
