"""Looking at the product as somebody else, and asking why somebody sees something."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tradewind.base import clock
from tradewind.engines.access.registry import SUBJECTS
from tradewind.engines.access.scope import can
from tradewind.engines.actions import queries, rights
from tradewind.engines.actions.forms import ReasonFields, WhyFields
from tradewind.nouns.org.models import Person
from tradewind.ui import fields
from tradewind.ui.pages import ActionPage, Page

KEY = "view_as"  # in the session: {"person": id, "until": ISO moment}
VIEW_FOR = timedelta(hours=1)


class ViewAs(ActionPage[Person]):
    """Look at the product with another person's eyes; nothing can be changed meanwhile."""

    area, section, stem, plural, verb = "actions", "settings", "person", "settings/people", "view-as"
    title, button, icon = _("See the product as this person"), _("Start"), "eye"
    text = _(
        "For an hour you see what this person sees. You can change nothing, and the start and the end stand in the audit trail."
    )
    form, action = ReasonFields, rights.view_as

    def rows(self, request: HttpRequest) -> QuerySet[Person]:
        return queries.people(request.person).filter(active=True)  # type: ignore[attr-defined]

    @classmethod
    def offered(cls, row: Any) -> bool:
        return bool(row.active)

    def perform(self, request: HttpRequest, row: Person | None, values: dict[str, Any]) -> Any:
        person = super().perform(request, row, values)
        request.session[KEY] = {"person": person.pk, "until": (clock.now() + VIEW_FOR).isoformat()}
        return person

    def finish(self, request: HttpRequest, row: Any) -> HttpResponseBase:
        return HttpResponseRedirect("/me/")

    def after(self, row: Any) -> str:
        known = SUBJECTS.get("structure.person")
        return (known.url_of(row.pk) if known and row is not None else "") or "/"


class ViewAsEnd(Page):
    """Be oneself again."""

    area, section, name, path, any_person, in_menu = (
        "actions",
        "settings",
        "view-as-end",
        "settings/view-as/end/",
        True,
        False,
    )
    http_method_names = ["post"]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        """Write down the end and go back to the person's page."""
        request.session.pop(KEY, None)
        viewer, person = getattr(request, "view_as", None), request.person  # type: ignore[attr-defined]
        if viewer is not None:
            rights.end_view_as(viewer, person)
        return HttpResponseRedirect("/me/")


class Why(Page):
    """Why can this person see or do this, or why not?"""

    area, section, name, path, read = "actions", "settings", "why", "settings/why/", "access.view_role"
    guide = "roles"
    title, icon, template = _("Why can somebody see this?"), "help-circle", "actions/why.html"

    def context(self, request: HttpRequest, **kwargs: Any) -> dict[str, Any]:
        reader = request.person  # type: ignore[attr-defined]
        asked = bool(request.GET.get("person") and request.GET.get("code"))
        form = WhyFields(request.GET if asked else None, reader=reader, initial=request.GET.dict())
        fields.polish(form)
        return {"form": form, "answer": answer(form, reader) if asked and form.is_valid() else None}


def answer(form: WhyFields, reader: Person) -> dict[str, Any] | None:
    """The reasons in words; a record that the reader may not see is treated as not there."""
    asked = form.cleaned_data
    person, code, record = asked["person"], asked["code"], None
    if asked["kind"] and asked["record"]:
        record = found(asked["kind"], asked["record"], reader)
        if record is None:
            form.add_error("record", gettext("There is no such record, or you may not see it."))
            return None
    reasons = queries.explain(person, code, record)
    return {
        "person": person,
        "right": queries.label_of(code),
        "record": SUBJECTS[asked["kind"]].title_of(record) if record is not None else "",
        "yes": bool(reasons),
        "reasons": reasons or queries.explain_not(person, code, record),
    }


def found(kind: str, pk: int, reader: Person) -> Model | None:
    """A record the reader may see."""
    known = SUBJECTS[kind]
    row = known.model._base_manager.filter(pk=pk).first() if pk < 2**63 else None
    return row if row is not None and can(reader, known.read, row) else None
