"""Addresses of rights, the audit trail and the shell's parts."""

from tradewind.engines.actions.views import PAGES
from tradewind.ui.pages import urls

app_name = "actions"
urlpatterns = urls(*PAGES)
