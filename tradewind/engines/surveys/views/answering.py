"""What everybody sees: what they are asked, the page they answer on, and results that are shared with them."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from tradewind.base.errors import NotAllowed, Refused
from tradewind.engines.surveys import actions, queries
from tradewind.engines.surveys.models import Invitation, Wave
from tradewind.engines.surveys.views.parts import cut_words, local, may
from tradewind.nouns.org.queries import reader
from tradewind.ui.pages import Page

MOST = 20


class Home(Page):
    """What I am asked, and results I may see."""

    area, section, name, path = "surveys", "structure", "home", ""
    title, icon, any_person, guide = _("Your answers"), "clipboard-check", True, "surveys"
    template = "surveys/home.html"

    def context(self, request: HttpRequest, **kwargs: Any) -> dict[str, Any]:
        person = reader(request)
        mine = queries.invitations(person)
        shared = mine.filter(wave__state=Wave.CLOSED, wave__survey__shared=True).order_by("-wave__closes")[:MOST]
        return {
            "open": queries.to_answer(person)[:MOST],
            "shared": shared,
            "may_manage": may(request, "surveys.view_survey"),
        }


class WaveAnswer(Page):
    """The page one answers on: phone first, in the reader's language, without JavaScript."""

    area, section, name, path = "surveys", "structure", "wave-answer", "waves/<int:pk>/answer/"
    title, any_person, in_menu = _("Your answers"), True, False
    template = "surveys/answer.html"

    def invitation(self, request: HttpRequest, pk: int) -> Invitation:
        """The reader's own invitation; 404 without one."""
        row = queries.invitations(reader(request)).filter(wave=min(pk, 2**63 - 1)).first()
        if row is None:
            raise Http404
        return row

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        row = self.invitation(request, kwargs["pk"])
        if not queries.to_answer(reader(request)).filter(pk=row.pk).exists():
            return self.ended(request, row, {})
        return self.asked(request, row.wave, {}, {})

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        """Keep the answers; what does not fit comes back beside its question with everything that was given."""
        row = self.invitation(request, kwargs["pk"])
        given = typed(request, row.wave)
        try:
            outcome = actions.answer_wave(reader(request), row.wave, answers=given)
        except NotAllowed:
            raise
        except Refused as refusal:
            if not refusal.fields:
                return self.ended(request, row, {"error": str(refusal)})
            return self.asked(request, row.wave, given, dict(refusal.fields), status=422)
        return self.ended(request, row, outcome)

    def asked(
        self, request: HttpRequest, wave: Wave, given: dict[str, Any], faults: dict[str, Any], *, status: int = 200
    ) -> HttpResponse:
        """The questions, with what was given so far."""
        questions = [
            drawn(asked, given.get(str(asked["id"])), faults.get(str(asked["id"]), "")) for asked in wave.asked
        ]
        context = {"title": str(wave.survey.title), "wave": wave, "intro": str(wave.survey.intro), "questions": questions,
                   "faults": len(faults), "cuts": cut_words(wave)}  # fmt: skip
        return self.show(request, context, status=status)

    def ended(self, request: HttpRequest, row: Invitation, outcome: dict[str, Any]) -> HttpResponse:
        """Thanks, how a check went, or that it can no longer be answered."""
        row.refresh_from_db()
        wrong = [local(asked["text"]) for asked in row.wave.asked if asked["id"] in outcome.get("wrong", ())]
        context = {"title": str(row.wave.survey.title), "row": row, "wave": row.wave, "outcome": outcome, "wrong": wrong,
                   "passed": outcome.get("passed")}  # fmt: skip
        return self.show(request, context, template="surveys/answered.html")


def typed(request: HttpRequest, wave: Wave) -> dict[str, Any]:
    """What was given to each question of the page."""
    found: dict[str, Any] = {}
    for asked in wave.asked:
        name = f"q{asked['id']}"
        several = asked["kind"] == "multi"
        found[str(asked["id"])] = request.POST.getlist(name) if several else request.POST.get(name, "")
    return found


def drawn(asked: dict[str, Any], given: Any, fault: Any) -> dict[str, Any]:
    """A question for the page."""
    chosen = given if isinstance(given, list) else [given]
    options = [(one["code"], local(one["text"]), one["code"] in chosen) for one in asked["options"]]
    steps = []
    if asked["kind"] in ("scale", "nps"):
        steps = [(step, str(step) in chosen) for step in range(asked["low"], asked["high"] + 1)]
    return {
        "name": f"q{asked['id']}", "kind": asked["kind"], "text": local(asked["text"]), "hint": local(asked["hint"]),
        "required": asked["required"], "options": options, "steps": steps, "low": local(asked["low_label"]),
        "high": local(asked["high_label"]), "given": given or "", "fault": fault,
    }  # fmt: skip


class InvitationRecord(Page):
    """Where a to-do leads: the page to answer on."""

    area, section, name, path = "surveys", "structure", "invitation-record", "invitations/<int:pk>/"
    title, any_person, in_menu = _("Survey to answer"), True, False

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        row = queries.invitations(reader(request)).filter(pk=min(kwargs["pk"], 2**63 - 1)).first()
        if row is None:
            raise Http404
        return HttpResponseRedirect(reverse("surveys:wave-answer", args=[row.wave_id]))
