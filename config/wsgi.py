"""The page server's entry."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
application = get_wsgi_application()
# What is loaded now stays for life: the collector need not walk it again and again, which halves its pauses.
gc.collect()
gc.freeze()
