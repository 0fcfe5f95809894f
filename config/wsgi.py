"""The web application that gunicorn serves."""

import gc
import os
from importlib import import_module

from django.conf import settings
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

application = get_wsgi_application()

# Every now and then Python looks through all objects for garbage, and whoever waits for a page then
# waits longer by as long as that takes: 150 ms. What is loaded here is none and never will be, so
# it is not looked at again. All pages are loaded first, which else the first request does.
import_module(settings.ROOT_URLCONF)
gc.collect()
gc.freeze()
