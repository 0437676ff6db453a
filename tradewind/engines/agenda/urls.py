"""Addresses of working time, holidays and absence."""

from tradewind.engines.agenda.views import PAGES
from tradewind.ui.pages import urls

app_name = "agenda"
urlpatterns = urls(*PAGES)
