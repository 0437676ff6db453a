"""The page server's entry."""

import gc
import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

from tradewind.base import ecb

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
gc.disable()  # nothing of what is loaded here ever becomes garbage: looking for it took a tenth of every start
application = get_wsgi_application()
# The code of every page and the rates that came along are read before the first reader comes, not while they wait.
get_resolver().url_patterns  # noqa: B018
ecb.published_days()
# What is loaded now stays for life: the collector need not walk it again and again, which halves its pauses.
gc.freeze()
gc.enable()
