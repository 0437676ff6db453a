"""Addresses of learning."""

from tradewind.areas.learning.views import PAGES
from tradewind.ui.pages import urls

app_name = "learning"
urlpatterns = urls(*PAGES)
