"""Pages that bring positions and duties in from files."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tradewind.areas.structure.exchange.duties import import_duties
from tradewind.areas.structure.exchange.positions import import_positions
from tradewind.areas.structure.forms.charters import DutyFileFields
from tradewind.areas.structure.forms.positions import PositionFileFields
from tradewind.areas.structure.views.imports import FileImport

COUNTS = [("rows", _("Rows")), ("new", _("New")), ("changed", _("Changed")), ("same", _("Unchanged"))]


class PositionImport(FileImport):
    """Bring positions in; what the list exports comes in again."""

    area, name, path = "structure", "position-import", "positions/import/"
    title, icon, read = _("Import positions"), "file-import", "structure.import_positions"
    guide, counts = "charters", COUNTS
    action, form = import_positions, PositionFileFields
    list_page = ("structure:position-list", _("Positions"))


class DutyImport(FileImport):
    """Bring the duties of charters in; what the list of duties exports comes in again."""

    area, name, path = "structure", "duty-import", "duties/import/"
    title, icon, read = _("Import duties"), "file-import", "structure.import_duties"
    guide = "charters"
    counts = [("rows", _("Rows")), ("changed", _("Charters changed")), ("same", _("Charters unchanged"))]
    action, form = import_duties, DutyFileFields
    list_page = ("structure:duty-list", _("Duties"))


PAGES = (PositionImport, DutyImport)
