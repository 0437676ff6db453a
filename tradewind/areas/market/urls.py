"""Addresses of market."""

from tradewind.areas.market import views
from tradewind.ui.pages import urls

app_name = "market"
urlpatterns = urls(
    views.MarketList, views.MarketDetail, views.MarketForm,
    views.BrandList, views.BrandDetail, views.BrandForm,
    views.ChannelList, views.ChannelDetail, views.ChannelForm,
)  # fmt: skip
