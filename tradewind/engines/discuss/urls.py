"""Addresses of the slots of a record's page."""

from tradewind.engines.discuss.views import PAGES
from tradewind.ui.pages import urls

app_name = "discuss"
urlpatterns = urls(*PAGES)
