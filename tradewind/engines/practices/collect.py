"""Counting evidence: run what a practice declares, keep it for the day, and ask its owner when it is overdue."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import translation

from tradewind.base import clock
from tradewind.base.words import LocalText
from tradewind.engines.access.scope import Scope
from tradewind.engines.inbox.asking import ask, settle_cause
from tradewind.engines.practices.models import Episode, EvidenceRow, PracticeOwner
from tradewind.engines.practices.practice import BUILT, Spec
from tradewind.engines.practices.rules import OVERDUE, Evidence, Part, deciding, health, together
from tradewind.nouns.org.queries import company_day

ASKED = "practices.overdue"


def evaluate(id: str, now: datetime | None = None) -> str:  # noqa: A002
    """Count one practice and keep the result as today's; its health over all scopes. Safe to repeat."""
    spec, now = BUILT[id], now or clock.now()
    answer = spec.collect(now)
    company = isinstance(answer, Evidence)
    scopes: Mapping[Scope, Evidence] = {Scope(): answer} if isinstance(answer, Evidence) else answer
    day = company_day(now)
    with suppress(IntegrityError), transaction.atomic():  # counted by somebody else in the same moment
        EvidenceRow.objects.filter(practice=id, current=True).exclude(day=day).update(current=False)
        EvidenceRow.objects.filter(practice=id, day=day).delete()
        EvidenceRow.objects.bulk_create(
            [row_of(spec, day, scope, found, company, now) for scope, found in scopes.items()]
        )
        episodes(spec, scopes, now)
    return health(together(scopes.values()), spec.cadence, now)


def row_of(spec: Spec, day: date, scope: Scope, evidence: Evidence, company: bool, now: datetime) -> EvidenceRow:
    """One scope's evidence as a row."""
    worst = deciding(evidence, spec.cadence, now)
    return EvidenceRow(
        practice=spec.leaf.id, day=day, entity_id=scope.entity, market_id=scope.market, team_id=scope.team,
        company=company, health=health(evidence, spec.cadence, now), done=worst.done if worst else 0,
        due=worst.due if worst else 0, seen=evidence.seen, at=now, parts=[packed(part) for part in evidence.parts],
    )  # fmt: skip


def packed(part: Part) -> dict[str, Any]:
    """A part as JSON, its label in every language of the product."""
    return {
        "code": part.code,
        "label": in_every_language(part.label),
        "done": part.done,
        "due": part.due,
        "last": part.last.isoformat() if part.last else None,
        "link": part.link,
        "good_from": str(part.good_from),
        "bad_below": str(part.bad_below),
    }


def in_every_language(label: Any) -> dict[str, str]:
    """A lazy text as it reads in each language."""
    if isinstance(label, Mapping):
        return dict(label)
    found = {}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            found[language] = str(label)
    return found


def unpacked(row: EvidenceRow) -> Evidence:
    """A row's evidence again."""
    parts = tuple(
        Part(
            code=part["code"],
            label=LocalText(part["label"]),
            done=part["done"],
            due=part["due"],
            last=datetime.fromisoformat(part["last"]) if part["last"] else None,
            link=part["link"],
            good_from=Decimal(part["good_from"]),
            bad_below=Decimal(part["bad_below"]),
        )
        for part in row.parts
    )
    return Evidence(parts, row.seen)


def episodes(spec: Spec, scopes: Mapping[Scope, Evidence], now: datetime) -> None:
    """Begin and end the times in which the practice is overdue, in the company and in each market with an owner."""
    owners = list(PracticeOwner.objects.filter(practice=spec.leaf.id).select_related("person"))
    by_market = {owner.market_id: owner for owner in owners if owner.person and owner.person.active}
    opened = {episode.market_id: episode for episode in Episode.objects.filter(practice=spec.leaf.id, ended_at=None)}
    for market in {None, *by_market, *opened}:
        mine = [found for scope, found in scopes.items() if market is None or scope.market == market]
        if health(together(mine), spec.cadence, now) == OVERDUE:
            alarm(spec, market, opened.get(market), by_market.get(market), now)
        elif market in opened:
            Episode.objects.filter(pk=opened[market].pk).update(ended_at=now)
            settle_cause(ASKED, key_of(spec.leaf.id, market))


def alarm(spec: Spec, market: int | None, episode: Episode | None, owner: PracticeOwner | None, now: datetime) -> None:
    """Keep the episode open and ask the owner, once in it; an owner named later is asked when named."""
    episode = episode or Episode.objects.create(practice=spec.leaf.id, market_id=market, began_at=now)
    if owner is None or owner.person is None or episode.asked_id == owner.person_id:
        return
    settle_cause(ASKED, key_of(spec.leaf.id, market))
    ask(owner.person, ASKED, owner, key=key_of(spec.leaf.id, market), data={"practice": spec.leaf.label})
    Episode.objects.filter(pk=episode.pk).update(asked=owner.person)


def key_of(id: str, market: int | None) -> str:  # noqa: A002
    """What stands for the cause of a to-do."""
    return f"{id} {market or ''}".strip()
