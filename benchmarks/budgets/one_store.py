"""Telling one store as fast as it allows: how much of its limit is used, and that it is kept."""

import time
from collections.abc import Iterator
from http import HTTPStatus

from benchmarks import programs
from benchmarks.figures import Figure
from benchmarks.shops import Shop, most_in_a_second, open_shops
from benchmarks.stage import Stage
from relay.models import CallState

# That of 29 Next, and one that leaves little time between two requests.
LIMITS = (4, 20)
CALLS = 200
LEAST_SHARE = 0.95
LOOK_SECONDS = 0.5


def measure(stage: Stage) -> Iterator[Figure]:
    """Yield the share of each limit that is used while calls wait."""
    with programs.sandbox() as (sandbox, _):
        for limit, shop in zip(LIMITS, open_shops(sandbox, len(LIMITS)), strict=True):
            yield _at_its_limit(shop, limit, stage.rounds(CALLS, quick=3 * limit))


def _at_its_limit(shop: Shop, limit: int, count: int) -> Figure:
    shop.place(count)
    before = len(shop.calls())
    shop.limit(limit)
    if shop.accept_all() != count:
        raise RuntimeError("Not every request could be accepted.")
    with programs.worker():
        while shop.store.calls.exclude(state=CallState.DONE).exists():
            time.sleep(LOOK_SECONDS)
    asked = shop.calls()[before:]
    moments = [float(call["arrived"]) for call in asked]
    rate = (len(moments) - 1) / (max(moments) - min(moments))
    throttled = sum(call["status"] == HTTPStatus.TOO_MANY_REQUESTS for call in asked)
    most = most_in_a_second(moments)
    return Figure(
        what=f"tell a store that allows {limit} requests/s",
        how=(
            f"{count} answers wait, each of them two requests (look, then send), for one worker; "
            "counted where they arrive"
        ),
        floor=f"{limit}/s, the store's limit",
        figure=f"{rate:.2f}/s; most in any second {most}, refused as too fast {throttled}",
        ratio=f"{rate / limit:.1%}",
        budget=f"≥ {LEAST_SHARE:.0%}, never above",
        met=rate >= LEAST_SHARE * limit and most <= limit and not throttled,
    )
