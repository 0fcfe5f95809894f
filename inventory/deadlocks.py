"""Tries a change again that the database gave up to untangle two transactions."""

import functools
import logging
import random
import time
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from django.db import OperationalError, transaction
from psycopg import errors

log = logging.getLogger(__name__)

TRIES = 5
P = ParamSpec("P")
T = TypeVar("T")


def is_deadlock(error: BaseException) -> bool:
    """Tell whether the database gave a transaction up because two waited for each other."""
    return isinstance(error.__cause__, errors.DeadlockDetected)


def tried_again(change: Callable[P, T]) -> Callable[P, T]:
    """Make a change that opens its own transaction try again after a deadlock.

    Levels and orders are locked in the order of their ids, so this is rare. Inside a transaction
    that somebody else has opened, the error is theirs: all of it has to be done again.
    """

    @functools.wraps(change)
    def trying(*args: P.args, **kwargs: P.kwargs) -> T:
        for number in range(1, TRIES):
            try:
                return change(*args, **kwargs)
            except OperationalError as error:
                if not is_deadlock(error) or transaction.get_connection().in_atomic_block:
                    raise
                log.warning("deadlock in %s, try %s", change.__qualname__, number)
                time.sleep(random.uniform(0.01, 0.05) * number)  # noqa: S311 - spreads the tries
        return change(*args, **kwargs)

    return trying
