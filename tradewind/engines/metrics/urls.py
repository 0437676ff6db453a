"""The addresses of numbers; Pulse is the first page of the product."""

from tradewind.engines.metrics.views import PAGES
from tradewind.ui.pages import urls

app_name = "metrics"
urlpatterns = urls(*PAGES)
