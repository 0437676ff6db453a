"""Addresses of My day, notices, to-dos, requests and their settings."""

from tradewind.engines.inbox.views import PAGES
from tradewind.ui.pages import urls

app_name = "inbox"
urlpatterns = urls(*PAGES)
