"""Addresses of surveys."""

from tradewind.engines.surveys.views import PAGES
from tradewind.ui.pages import urls

app_name = "surveys"
urlpatterns = urls(*PAGES)
