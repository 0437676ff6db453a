"""Addresses of the shell itself."""

from django.urls import path

from tradewind.ui import views
from tradewind.ui.pages.places import SettingsIndex

app_name = "ui"
urlpatterns = [
    path("palette/", views.Palette.as_view(), name="palette"),
    path("settings/", SettingsIndex.as_view(), name="settings"),
    path("preference/", views.Preference.as_view(), name="preference"),
]
