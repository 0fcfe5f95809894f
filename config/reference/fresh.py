"""A database as the migrations leave it: made for a moment, and dropped."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection


@contextmanager
def database() -> Iterator[None]:
    """Connect to a new database in which nothing but the migrations has written.

    What a site's own people have changed, such as groups, is no part of the reference.
    """
    name = connection.settings_dict["NAME"]
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        yield
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)
