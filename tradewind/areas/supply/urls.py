"""Addresses of supply."""

from tradewind.areas.supply import views
from tradewind.ui.pages import urls

app_name = "supply"
urlpatterns = urls(views.ProductList, views.ProductDetail)
