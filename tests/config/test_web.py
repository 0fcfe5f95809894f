"""A web process that has just started: all of the site is loaded, and none of it is garbage."""

import subprocess
import sys

from tests.config.reading import ROOT

ASK = """
import gc
before = gc.get_freeze_count()
from config.wsgi import application
import sys
print("api.views.orders" in sys.modules, before < 1000, gc.get_freeze_count() > 100_000)
"""


def test_what_is_loaded_at_the_start_is_never_looked_through_for_garbage() -> None:
    done = subprocess.run(
        [sys.executable, "-c", ASK], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout == "True True True\n"
