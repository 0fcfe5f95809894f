"""How gunicorn serves the site: processes and threads by the environment, logs without keys.

Read by `gunicorn --config config/gunicorn.py`. It listens where PORT says, and on 127.0.0.1:8000
without it. It writes no access log: an address of ours may contain a store's key, and the site
writes a line for each request itself, with the key masked (`config/middleware.py`).
"""

import logging
from pathlib import Path

from config import logs
from config.environment import Environment

env = Environment()

workers = env.int("WEB_WORKERS", default=2)
threads = env.int("WEB_THREADS", default=4)
# No request waits for a store, so one that takes this long hangs.
timeout = env.int("WEB_TIMEOUT_SECONDS", default=30)
graceful_timeout = timeout
# Longer than a proxy keeps an idle connection, so that it never sends into one being closed.
keepalive = 75
accesslog = None
logconfig_dict = logs.configuration(
    env.str("LOG_FORMAT", default="json"),
    env.str("LOG_LEVEL", default="INFO"),
    env.str("ENGINE_LOG_LEVEL", default="WARNING"),
)
# Warnings of Python go the same way as all other lines.
logging.captureWarnings(True)
# A worker's sign of life must not wait for a slow disk.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108 - no file of ours
