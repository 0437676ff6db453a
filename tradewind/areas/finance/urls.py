"""The addresses of finance."""

from tradewind.areas.finance.views import PAGES
from tradewind.ui.pages import urls

app_name = "finance"
urlpatterns = urls(*PAGES)
