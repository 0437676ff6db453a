"""The look of every screen, as a Django app without tables."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class UiConfig(AppConfig):
    """Shell, components, page kit and charts."""

    name = "tradewind.ui"
    label = "ui"
    verbose_name = _("Pages")
