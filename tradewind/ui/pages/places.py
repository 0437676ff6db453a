"""The first page of an area, and the index of Settings: marks of health, then the work one may open."""

from typing import Any, ClassVar

from django.http import HttpRequest

from tradewind.ui import nav
from tradewind.ui.pages.page import Page
from tradewind.ui.pages.registry import menu


class AreaPage(Page):
    """An area's own page: its eight practices as marks, its work; a room adds to it in ``block work``.

    ``class Home(AreaPage): area = "supply"`` is enough; the title and icon come from the rail.
    """

    name: ClassVar[str] = "home"
    path: ClassVar[str] = ""
    template: ClassVar[str] = "ui/area.html"
    any_person: ClassVar[bool] = True
    in_menu: ClassVar[bool] = False

    def __init_subclass__(cls, **kwargs: Any) -> None:
        place = nav.SECTIONS.get(cls.area)
        if place is not None and "title" not in cls.__dict__:
            cls.title, cls.icon = place.label, place.icon
        super().__init_subclass__(**kwargs)

    def get_menu(self, request: HttpRequest) -> list[Any]:
        """The pages of this area that the person may open."""
        return menu(request, self.section)

    def show(self, request: HttpRequest, context: dict[str, Any], **kwargs: Any) -> Any:
        return super().show(request, {"menu": self.get_menu(request), **context}, **kwargs)


class SettingsIndex(AreaPage):
    """Every Settings page this person may open."""

    area = "ui"
    section = "settings"
    name = "settings"
    title = nav.SETTINGS.label
    icon = nav.SETTINGS.icon
    template = "ui/settings.html"
