"""Pages of reporting lines: the solid one, and dotted ones besides."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from tradewind.areas.structure import actions
from tradewind.areas.structure.forms.people import DottedFields, LineEndFields, ManagerFields
from tradewind.areas.structure.queries import people as queries
from tradewind.areas.structure.views.people import PersonList
from tradewind.nouns.org.models import Person
from tradewind.ui.pages import ActionPage


class PersonManager(ActionPage[Person]):
    of = PersonList
    verb, icon = "manager", "hierarchy"
    title, button = _("Set the manager"), _("Save")
    text = _("The solid line: who decides about pay and leave. The line before it ends the day before.")
    action = actions.set_manager
    form = ManagerFields


class PersonDotted(ActionPage[Person]):
    of = PersonList
    verb, icon = "dotted", "line-dashed"
    title, button = _("Add a dotted line"), _("Add")
    text = _("A second manager, of a market or a project, beside the solid line.")
    action = actions.set_dotted
    form = DottedFields


class PersonDottedEnd(ActionPage[Person]):
    of = PersonList
    verb, icon = "dotted-end", "unlink"
    title, button = _("End a dotted line"), _("End the line")
    action = actions.end_line
    form = LineEndFields

    @classmethod
    def offered(cls, row: Any) -> bool:
        return queries.dotted_managers(row).exists()

    def form_kwargs(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        return {"managers": queries.dotted_managers(row)}


PAGES = (PersonManager, PersonDotted, PersonDottedEnd)
