"""The settings of the site, with one more address: the floor that requests are measured against."""

from config.settings import *  # noqa: F403

ROOT_URLCONF = "benchmarks.floor"
