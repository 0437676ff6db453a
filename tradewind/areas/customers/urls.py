"""Addresses of customers."""

from tradewind.areas.customers import views
from tradewind.ui.pages import urls

app_name = "customers"
urlpatterns = urls(views.OrderList, views.OrderDetail, views.CustomerList, views.CustomerDetail)
