"""Results of a wave: the same rules of hiding for pages, files and the API, because all read them here."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tradewind.base.errors import NotAllowed
from tradewind.base.money import from_units
from tradewind.base.places import COUNTRIES
from tradewind.base.words import LocalText
from tradewind.engines.surveys import rules
from tradewind.engines.surveys.models import Answer, Survey, Wave
from tradewind.engines.surveys.queries import CUTS, may_see_results
from tradewind.engines.surveys.rules import Given, Tally
from tradewind.nouns.org.models import Entity, Function, Market, Person, Team

OPEN, FEW = "open", "few"
CUT_NAMES: Mapping[str, Any] = {
    "team": gettext_lazy("Team"), "country": gettext_lazy("Country"), "function": gettext_lazy("Function"),
    "market": gettext_lazy("Market"), "entity": gettext_lazy("Entity"),
}  # fmt: skip
MOST_WAVES = 12
NAMED: Mapping[str, Any] = {"team": Team, "function": Function, "market": Market, "entity": Entity}
Rows = list[tuple[Mapping[str, str], list[Given]]]


@dataclass(frozen=True)
class Group:
    """The answers of one group of a cut to one question."""

    cut: str
    key: str
    label: str
    tally: Tally


@dataclass
class Asked:
    """One question with its answers; `whole` is None where too few gave one."""

    asked: Mapping[str, Any]
    whole: Tally | None = None
    groups: list[Group] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The question in the reader's language."""
        return str(LocalText(self.asked["text"]))

    def labels(self) -> dict[str, str]:
        """What can be answered, in the reader's language, by the key of a tally's spread."""
        if self.asked["options"]:
            return {option["code"]: str(LocalText(option["text"])) for option in self.asked["options"]}
        return {key: key for key in self.whole.spread} if self.whole else {}


@dataclass
class Results:
    """What may be told of a wave; `hidden` is '' or why nothing is told: `open` or `few`."""

    wave: Wave
    invited: int
    answered: int
    hidden: str = ""
    questions: list[Asked] = field(default_factory=list)

    @property
    def cuts(self) -> list[str]:
        """The cuts of which some group may be told."""
        found = {group.cut for asked in self.questions for group in asked.groups}
        return [cut for cut in CUTS if cut in found]


def results(person: Person | None, wave: Wave) -> Results:
    """The results of a wave for somebody; NotAllowed where they may not see them.

    Of an anonymous wave nothing is told before it has closed (else two looks would tell the answer given between them),
    nothing of fewer than its minimum, and of groups only what `rules.safe_groups` allows. Texts are told for the whole
    alone, in an order that tells nothing.
    """
    if not may_see_results(person, wave):
        raise NotAllowed(_("You may not see the results of this survey."))
    return tell(wave)


def tell(wave: Wave) -> Results:
    """The results, for a reader who may see them."""
    found = Results(wave, wave.invitations.count(), wave.invitations.filter(answered=True).count())
    if wave.anonymous and wave.state != Wave.CLOSED:
        found.hidden = OPEN
    elif wave.anonymous and wave.responses.count() < wave.minimum:
        found.hidden = FEW
    if found.hidden:
        return found
    given = answers_of(wave)
    names = group_names(wave)
    found.questions = [told(asked, wave, given.get(asked["id"], []), names) for asked in wave.asked]
    return found


def answers_of(wave: Wave) -> dict[int, Rows]:
    """By question, for each person who answered it: where they stood and what they gave."""
    rows = Answer.objects.filter(response__wave=wave).order_by("pk")
    groups: dict[Any, Mapping[str, str]] = dict(wave.responses.values_list("pk", "groups"))
    by_person: dict[tuple[int, Any], list[Given]] = defaultdict(list)
    for question, response, option, number, text in rows.values_list(
        "question", "response", "option", "number", "text"
    ):
        by_person[question, response].append(Given(option, None if number is None else from_units(number), text))
    found: dict[int, Rows] = defaultdict(list)
    for (question, response), given in by_person.items():
        found[question].append((groups[response], given))
    return found


def told(asked: Mapping[str, Any], wave: Wave, rows: Rows, names: Mapping[tuple[str, str], str]) -> Asked:
    """One question as it may be told."""
    minimum = wave.minimum if wave.anonymous else 1
    found = Asked(asked)
    if len(rows) < minimum:
        return found
    found.whole = rules.tally(asked, [given for _groups, given in rows])
    if asked["kind"] == "text":
        found.texts = [one.text for _groups, given in rows for one in given]
        return found
    safe = rules.safe_groups([groups for groups, _given in rows], wave.cuts, minimum)
    for cut in wave.cuts:
        for key in safe[cut]:
            part = rules.tally(asked, [given for groups, given in rows if groups.get(cut) == key])
            found.groups.append(Group(cut, key, names.get((cut, key), key), part))
    found.groups.sort(key=lambda group: (CUTS.index(group.cut), group.label))
    return found


def group_names(wave: Wave) -> dict[tuple[str, str], str]:
    """How the groups of a wave are called, in the reader's language."""
    keys: dict[str, set[str]] = defaultdict(set)
    for groups in wave.responses.values_list("groups", flat=True):
        for cut, key in groups.items():
            keys[cut].add(key)
    found = {("country", key): str(COUNTRIES[key].name) for key in keys["country"] if key in COUNTRIES}
    for cut, model in NAMED.items():
        rows = model.objects.filter(pk__in=[int(key) for key in keys[cut] if key.isdecimal()])
        found.update({(cut, str(row.pk)): str(row) for row in rows})
    return found


def table(found: Results) -> list[list[Any]]:
    """The results as rows of a file, the heading first: question, cut, group, answer, people, share, mean."""
    rows: list[list[Any]] = [
        [
            _("Question"),
            _("Compared by"),
            _("Group"),
            _("Answer"),
            _("Number of people"),
            _("Share of answers"),
            _("Mean"),
            _("Free text"),
        ]
    ]
    for asked in found.questions:
        parts = [("", "", asked.whole)] if asked.whole else []
        for cut, label, tally in [*parts, *((group.cut, group.label, group.tally) for group in asked.groups)]:
            base = [asked.text, str(CUT_NAMES.get(cut, "")), label]
            rows.append([*base, "", tally.count, None, tally.mean, ""])
            for key, name in asked.labels().items():
                count = tally.spread.get(key, 0)
                rows.append([*base, name, count, share(count, tally.count), None, ""])
        rows.extend([asked.text, "", "", "", None, None, None, text] for text in asked.texts)
    return rows


def share(count: int, of: int) -> Any:
    """A part of a whole as a ratio; None of nothing."""
    return from_units(count * 10_000 // of) if of else None


def earlier(person: Person | None, survey: Survey) -> Sequence[Results]:
    """The results of a survey's last closed waves that may be told to somebody, the oldest first."""
    rows = survey.waves.filter(state=Wave.CLOSED).select_related("survey").order_by("-number")[:MOST_WAVES]
    found = [tell(wave) for wave in rows if may_see_results(person, wave)]
    return [one for one in reversed(found) if not one.hidden]
