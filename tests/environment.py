"""The settings that tests and checks run with.

A pytest plugin, so that it is read before Django's settings. As a program it runs a tool with
the same settings: `python -m tests.environment mypy relay`.
"""

import os
import runpy
import secrets
import sys

SETTINGS = {
    "DJANGO_SETTINGS_MODULE": "config.settings",
    # What a developer's own .env says must not decide whether a test passes.
    "ENV_FILE": "",
    "SECRET_KEY": secrets.token_urlsafe(50),
    "CREDENTIALS_SALT": secrets.token_urlsafe(20),
    "PUBLIC_URL": "http://127.0.0.1:8000",
    "ALLOWED_HOSTS": "127.0.0.1,localhost,testserver",
    "HTTPS": "false",
    "ALLOW_LOCAL_STORES": "true",
    "LOG_LEVEL": "WARNING",
    # Two test runs at once must not share a database.
    "TEST_DATABASE_NAME": f"test_crossdock_{os.getpid()}",
    "EMBEDDED_POSTGRES": "var/test-postgres",
    # Threads of a worker must not keep the test database open after the test.
    "DATABASE_CONNECTION_SECONDS": "0",
}
for name, value in SETTINGS.items():
    os.environ.setdefault(name, value)

if __name__ == "__main__":
    sys.argv = sys.argv[1:]
    sys.path.insert(0, os.getcwd())
    if sys.argv[0].endswith(".py"):
        runpy.run_path(sys.argv[0], run_name="__main__")
    else:
        runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
