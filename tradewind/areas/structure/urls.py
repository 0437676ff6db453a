"""Addresses of structure."""

from tradewind.areas.structure.views import PAGES
from tradewind.ui.pages import urls

app_name = "structure"
urlpatterns = urls(*PAGES)
