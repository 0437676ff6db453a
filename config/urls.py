"""All addresses: each room's own under its name, identity under /account/, the API under /api/v1/."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path
from django.utils.translation import gettext_lazy as _
from django.views.generic import RedirectView

from config import health, meter
from config.api import api
from config.identity import end_session
from tradewind.engines.practices.views import with_home
from tradewind.ui.pages import arrange
from tradewind.ui.pages.places import SettingsIndex

ROOT_ROOMS = {
    "metrics": "",
    "practices": "map/",
    "inbox": "",
    "access": "",
    "jobs": "",
    "actions": "",
    "exchange": "",
    "discuss": "",
    "agenda": "",
}


def room_urls() -> list[URLPattern | URLResolver]:
    """The urls of each room: an area under its own name, always with a first page; an engine where ROOT_ROOMS says."""
    found: list[URLPattern | URLResolver] = []
    for room in settings.ROOMS:
        label = room.rsplit(".", 1)[1]
        own = find_spec(f"{room}.urls")
        if label in settings.AREAS:
            patterns = import_module(f"{room}.urls").urlpatterns if own else []
            found.append(path(f"{label}/", include((with_home(label, patterns), label))))
        elif own:
            found.append(path(ROOT_ROOMS.get(label, f"{label}/"), include(f"{room}.urls")))
    return found


urlpatterns: list[URLPattern | URLResolver] = [
    # People are invited and their address is kept by whoever keeps the people; neither is done here.
    path("account/email/", RedirectView.as_view(url="/me/profile/")),
    path("account/signup/", RedirectView.as_view(url="/account/login/")),
    path("account/sessions/<int:pk>/end/", end_session, name="end_session"),
    path("account/", include("allauth.urls")),
    path("api/v1/", api.urls),
    path("healthz", health.healthz),
    path("readyz", health.readyz),
    path("metrics", meter.metrics),
    *([path("ui/", include("tradewind.ui.urls"))] if find_spec("tradewind.ui.urls") else []),
    path("settings/", SettingsIndex.as_view()),
    path("guide/", include("tradewind.ui.guide")),
    *room_urls(),
]

handler400 = "tradewind.ui.errors.bad_request"
handler403 = "tradewind.ui.errors.forbidden"
handler404 = "tradewind.ui.errors.not_found"
handler429 = "tradewind.ui.errors.too_many"
handler500 = "tradewind.ui.errors.server_error"

arrange(
    "settings",
    (_("Company"), ("compliance:company-list", "compliance:entity-list", "compliance:site-list", "structure:first-hour")),
    (_("Where we sell"), ("market:market-list", "market:channel-list", "market:brand-list")),
    (_("People and rights"), ("actions:role-list", "actions:grant-list", "actions:why", "actions:provider-list", "structure:function-list",
                              "structure:job-list")),
    (_("Working time"), ("agenda:pattern-list", "agenda:holidays", "agenda:holiday-list", "agenda:absence-list", "agenda:special_day-list")),
    (_("Money"), ("metrics:close-list", "finance:ecb", "finance:rate_set-list", "finance:rate-list")),
    (_("Running the system"), ("compliance:backup-list", "actions:event-list", "jobs:job-list", "jobs:schedule-list", "jobs:webhook-list",
                               "exchange:watch_rule-list", "inbox:mail", "inbox:delivery-list")),
)  # fmt: skip
