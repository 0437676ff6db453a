"""What the shell needs on every page, read from the request and the slots."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language_info

from tradewind.base import clock
from tradewind.ui import hooks, nav
from tradewind.ui.formats import format_clock, zone_name
from tradewind.ui.pages.registry import MenuPart, menu


@dataclass(frozen=True)
class ZoneClock:
    """The time of day somewhere, for the top bar."""

    city: str
    zone: str
    time: str


class Shell:
    """The frame of a page for this request: computed on use, so a page without the shell pays nothing."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    @cached_property
    def person(self) -> Any:
        return getattr(self.request, "person", None)

    @cached_property
    def zone(self) -> str:
        return getattr(self.request, "zone", None) or settings.TIME_ZONE

    @cached_property
    def theme(self) -> str:
        """'light', 'dark' or 'auto': the person's choice, else this browser's."""
        chosen = getattr(self.request, "theme", None) or self.request.COOKIES.get("theme")
        return chosen if chosen in ("light", "dark") else "auto"

    @property
    def rail(self) -> str:
        """'narrow' or 'wide', as this browser last chose."""
        return "narrow" if self.request.COOKIES.get("rail") == "narrow" else "wide"

    @cached_property
    def clocks(self) -> list[ZoneClock]:
        """My time, and headquarters' time when its clock differs from mine."""
        moment = clock.now()
        mine = ZoneClock(zone_name(self.zone), self.zone, format_clock(moment, self.zone))
        office = hooks.call("headquarters")
        if not office or clock.local(moment, office[1]).utcoffset() == clock.local(moment, self.zone).utcoffset():
            return [mine]
        return [mine, ZoneClock(str(office[0]), office[1], format_clock(moment, office[1]))]

    @cached_property
    def section(self) -> str:
        """The rail entry that this address belongs to."""
        page = getattr(self.request, "page", None)
        if page is not None:
            return str(page.section)
        first = self.request.path.strip("/").split("/")[0] or "pulse"
        return first if first in nav.SECTIONS else ""

    @cached_property
    def home(self) -> tuple[nav.Place, ...]:
        return nav.HOME

    @cached_property
    def areas(self) -> tuple[nav.Place, ...]:
        return nav.AREAS

    @cached_property
    def settings_place(self) -> nav.Place:
        return nav.SETTINGS

    @cached_property
    def menu(self) -> list[MenuPart]:
        """The pages of the current section that this person may open, under their headings."""
        return menu(self.request, self.section) if self.section else []

    @cached_property
    def languages(self) -> list[tuple[str, str]]:
        return [(code, get_language_info(code)["name_local"]) for code, _name in settings.LANGUAGES]

    @cached_property
    def slots(self) -> dict[str, str]:
        """Addresses of the shell's slots; '' where no engine fills one."""
        names = ("scope", "notices", "notice_count", "profile", "sign_out", "view_as_end", "stream")
        return {name: hooks.slot_url(name) for name in names}

    @cached_property
    def view_as(self) -> Any:
        return getattr(self.request, "view_as", None)

    @cached_property
    def scope_label(self) -> str:
        return str(getattr(getattr(self.request, "scope", None), "label", "") or "")


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context processor: ``shell`` for templates that extend ui/base.html."""
    return {"shell": Shell(request)}
