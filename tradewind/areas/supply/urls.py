"""Addresses of supply."""

from tradewind.areas.supply.views import PAGES
from tradewind.ui.pages import urls

app_name = "supply"
urlpatterns = urls(*PAGES)
