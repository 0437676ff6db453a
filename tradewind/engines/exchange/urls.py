"""Addresses of imports."""

from tradewind.engines.exchange.views import PAGES
from tradewind.ui.pages import urls

app_name = "exchange"
urlpatterns = urls(*PAGES)
