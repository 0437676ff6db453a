"""Addresses of the Map; the first pages of areas are mounted with the areas."""

from tradewind.engines.practices import views
from tradewind.ui.pages import urls

app_name = "practices"
urlpatterns = urls(views.MapPage, views.MapFile, views.OwnerRecord, views.PracticePage, views.OwnerPage)
