"""The addresses of dashboards; Pulse is the first page of the product."""

from tradewind.engines.metrics.views import Pulse
from tradewind.ui.pages import urls

app_name = "metrics"
urlpatterns = urls(Pulse)
