"""Addresses of the library."""

from tradewind.engines.library.views import PAGES
from tradewind.ui.pages import urls

app_name = "library"
urlpatterns = urls(*PAGES)
