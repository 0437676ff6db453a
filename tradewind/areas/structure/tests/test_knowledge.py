"""structure.knowledge and structure.culture change when, and only when, the facts change."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from tradewind.areas.structure.library import PRINCIPLE, STORY, VISION
from tradewind.areas.structure.practices.knowledge import culture, knowledge
from tradewind.base import clock
from tradewind.engines.discuss.models import Kudos
from tradewind.engines.library import actions
from tradewind.engines.library.factories import published, rewritten, space
from tradewind.engines.library.queries.searching import note_search
from tradewind.engines.practices.rules import Evidence, cadence, health
from tradewind.nouns.org.models import Person

pytestmark = pytest.mark.django_db
START = datetime(2026, 1, 5, 9, tzinfo=UTC)


def counts(found: Evidence) -> dict[str, tuple[int, int]]:
    return {part.code: (part.done, part.due) for part in found.parts}


def knowledge_mark() -> str:
    return health(knowledge(clock.now()), cadence("month"), clock.now())


def culture_mark() -> str:
    return health(culture(clock.now()), cadence("quarter"), clock.now())


def test_knowledge_goes_from_nothing_over_good_to_overdue_and_back() -> None:
    with time_machine.travel(START, tick=False) as now:
        assert knowledge_mark() == "none"
        draft = actions.create_document.system(space=space(), kind="structure.page", title="Draft")
        assert counts(knowledge(clock.now())) == {"review": (0, 0), "searches": (0, 0), "translations": (0, 0)}
        document = published()
        assert knowledge_mark() == "good"
        now.shift(timedelta(days=364))
        assert knowledge_mark() == "good"
        now.shift(timedelta(days=3))
        assert counts(knowledge(clock.now()))["review"] == (0, 1)
        assert knowledge_mark() == "overdue"
        actions.confirm_review.system(document)
        assert knowledge_mark() == "good"
        assert draft.published_at is None


def test_searches_in_vain_count_for_thirty_days() -> None:
    with time_machine.travel(START, tick=False) as now:
        published()
        for found in (True, False, False):
            note_search("报关费", found)
        assert counts(knowledge(clock.now()))["searches"] == (1, 3)
        assert knowledge_mark() == "overdue"
        now.shift(timedelta(days=31))
        assert knowledge_mark() == "good"


def test_stale_translation_asks_for_attention_until_it_is_renewed() -> None:
    document = rewritten(published(), "文字", language="zh-hans")
    assert counts(knowledge(clock.now()))["translations"] == (1, 1)
    rewritten(document, "New words.")
    assert counts(knowledge(clock.now()))["translations"] == (0, 1)
    assert knowledge_mark() == "attention"
    rewritten(document, "新文字", language="zh-hans")
    assert knowledge_mark() == "good"


def test_what_lies_in_the_trash_and_templates_do_not_count() -> None:
    document = published()
    actions.update_document.system(published("Template"), template=True)
    actions.trash_document.system(document)
    assert counts(knowledge(clock.now()))["review"] == (0, 0)


def test_culture_goes_from_nothing_over_good_to_overdue() -> None:
    with time_machine.travel(START, tick=False) as now:
        published("Any page")
        assert culture_mark() == "none"
        published("Vision", kind=VISION)
        principle = rewritten(published("Customers first", kind=PRINCIPLE), "客户第一", language="zh-hans")
        assert counts(culture(clock.now())) == {
            "vision": (1, 1),
            "principles": (1, 1),
            "stories": (0, 1),
            "languages": (1, 1),
        }
        assert culture_mark() == "overdue"
        published("How Ana did it", f"See [the principle](doc:{principle.pk}).", kind=STORY)
        assert culture_mark() == "good"
        now.shift(timedelta(days=91))
        assert counts(culture(clock.now()))["stories"] == (0, 1)
        published("Again", f"[p](doc:{principle.pk})", kind=STORY)
        assert culture_mark() == "good"
        now.shift(timedelta(days=300))
        assert counts(culture(clock.now()))["principles"] == (0, 1)
        assert culture_mark() == "overdue"


def test_principle_with_a_stale_translation_asks_for_attention() -> None:
    principle = rewritten(published("Customers first", kind=PRINCIPLE), "客户第一", language="zh-hans")
    published("Story", f"[p](doc:{principle.pk})", kind=STORY)
    assert culture_mark() == "good"
    rewritten(principle, "Customers before all.")
    assert counts(culture(clock.now()))["languages"] == (0, 1)
    assert culture_mark() == "attention"


def test_kudos_that_name_a_principle_keep_it_alive_for_ninety_days() -> None:
    with time_machine.travel(START, tick=False) as now:
        published("Vision", kind=VISION)
        principle = rewritten(published("Customers first", kind=PRINCIPLE), "客户第一", language="zh-hans")
        page, people = published("Any page"), [Person.objects.create(name=name) for name in ("Ana", "Ben")]
        assert culture_mark() == "overdue"
        row = Kudos.objects.create(giver=people[0], words="Thanks", principle=principle)
        Kudos.objects.create(giver=people[0], words="Thanks", principle=page)
        row.receivers.set(people[1:])
        assert counts(culture(clock.now()))["stories"] == (1, 1)
        assert culture_mark() == "good" and culture(clock.now()).seen == row.created_at
        published("Story", f"[p](doc:{principle.pk})", kind=STORY)
        assert counts(culture(clock.now()))["stories"] == (1, 1)
        now.shift(timedelta(days=91))
        assert counts(culture(clock.now()))["stories"] == (0, 1)
        Kudos.objects.create(giver=people[0], words="Thanks", principle=principle, removed_at=clock.now())
        assert culture_mark() == "overdue"
