"""Addresses of meetings."""

from tradewind.engines.meetings.views import PAGES
from tradewind.ui.pages import urls

app_name = "meetings"
urlpatterns = urls(*PAGES)
