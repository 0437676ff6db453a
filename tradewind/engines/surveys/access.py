"""Who may make surveys and see their results; to answer one needs no more than to be invited."""

from __future__ import annotations

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tradewind.engines.access.registry import SUBJECTS, codes, default_role, subject
from tradewind.engines.access.scope import cover, holdings
from tradewind.engines.surveys.models import Invitation, Question, Survey, Wave
from tradewind.nouns.org.models import Person

NOTHING = Q(pk__in=[])
READ = "surveys.view_survey"

codes("surveys", view_survey=_("See surveys"), view_result=_("See results of surveys"))


def placed(person: Person, key: str) -> Q:
    """The condition for records where a person may see surveys."""
    held = [one for one in holdings(person) if one.allows(READ)]
    return (cover(held, SUBJECTS[key]) or Q(pk__isnull=False)) if held else NOTHING


def waves(person: Person | None) -> Q:
    """Waves of surveys one looks after, and those one is invited to once they are open."""
    if person is None or not person.active:
        return NOTHING
    invited = Invitation.objects.filter(person=person).values("wave")
    own = Q(survey__owner=person.pk) | (Q(pk__in=invited) & ~Q(state=Wave.PLANNED))
    return placed(person, "surveys.wave") | own


def invitations(person: Person | None) -> Q:
    """One's own invitations alone: whether somebody has answered is nobody else's to see."""
    return Q(person=person.pk) & ~Q(wave__state=Wave.PLANNED) if person is not None and person.active else NOTHING


def axes(prefix: str) -> dict[str, str]:
    """Where a record lies: where its survey does."""
    return {axis: f"{prefix}{axis}_id" for axis in ("entity", "market", "team")}


subject("surveys.survey", model=Survey, read=READ, label=_("Survey"), axes={**axes(""), "self": "owner_id"},
        url="surveys:survey-detail")  # fmt: skip
subject("surveys.question", model=Question, read=READ, label=_("Question"),
        axes={**axes("survey__"), "self": "survey__owner_id"}, url="surveys:question-detail")  # fmt: skip
subject("surveys.wave", model=Wave, read=READ, label=_("Wave"), axes=axes("survey__"), url="surveys:wave-detail",
        reads=waves)  # fmt: skip
subject("surveys.invitation", model=Invitation, read=READ, label=_("Invitation"), url="surveys:invitation-record",
        axes={"self": "person_id"}, title=lambda row: str(row.wave), reads=invitations)  # fmt: skip

KEEPERS = [READ, "surveys.view_result", "surveys.save_survey", "surveys.save_question", "surveys.remove_question",
           "surveys.open_wave", "surveys.invite_people", "surveys.close_wave"]  # fmt: skip
for role in ("general_manager", "country_manager", "team_lead", "people"):
    default_role(role, KEEPERS)
default_role("auditor", [READ])
