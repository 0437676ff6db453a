"""The sections of the left rail, in the order of the management outline."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Place:
    """One entry of the rail: where it leads, one word, one icon."""

    id: str
    label: str | Promise
    icon: str
    url: str


HOME: tuple[Place, ...] = (
    Place("me", _("My day"), "sun", "/me/"),
    Place("map", _("Map"), "hierarchy-3", "/map/"),
    Place("pulse", _("Pulse"), "activity-heartbeat", "/"),
)
AREAS: tuple[Place, ...] = (
    Place("structure", _("Structure"), "sitemap", "/structure/"),
    Place("culture", _("Culture"), "language", "/culture/"),
    Place("remote", _("Remote"), "home-signal", "/remote/"),
    Place("compliance", _("Compliance"), "scale", "/compliance/"),
    Place("performance", _("Performance"), "award", "/performance/"),
    Place("risk", _("Risk"), "shield-half", "/risk/"),
    Place("learning", _("Learning"), "school", "/learning/"),
    Place("finance", _("Finance"), "coins", "/finance/"),
    Place("supply", _("Supply"), "truck-delivery", "/supply/"),
    Place("market", _("Market"), "chart-radar", "/market/"),
    Place("customers", _("Customers"), "users", "/customers/"),
    Place("innovation", _("Innovation"), "bulb", "/innovation/"),
)
SETTINGS = Place("settings", _("Settings"), "settings", "/settings/")
SECTIONS: dict[str, Place] = {place.id: place for place in (*HOME, *AREAS, SETTINGS)}
