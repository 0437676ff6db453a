"""What one can do with the company, its entities and its sites."""

from __future__ import annotations

from typing import Any, TypeVar

from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _

from tradewind.areas.compliance.models import BackupRun
from tradewind.base import clock
from tradewind.base.errors import Refused
from tradewind.engines.access.scope import Scope, company_wide
from tradewind.engines.actions.action import action
from tradewind.engines.jobs.queue import enqueue
from tradewind.nouns.org.models import Company, Entity, Person, Site

R = TypeVar("R", Company, Entity, Site)


def taken(row: Model, code: str) -> bool:
    """Whether another record of the kind has the code."""
    others: QuerySet[Model] = type(row)._default_manager.exclude(pk=row.pk)
    return others.filter(code=code).exists()


def settle(row: R, values: dict[str, Any]) -> R:
    """Write plain values on a record and save it; Refused names a zone or a code that cannot be."""
    faults: dict[str, Any] = {}
    if "zone" in values:
        try:
            clock.zone(values["zone"])
        except Refused as fault:
            faults["zone"] = fault.message
    if "code" in values and taken(row, values["code"]):
        faults["code"] = _("This code is taken.")
    if faults:
        raise Refused(_("Some fields are missing or not right."), fields=faults)
    for field, value in values.items():
        setattr(row, field, value)
    row.save()
    return row


def scope_of_entity(entity: Entity | None = None, **_rest: Any) -> Scope:
    """An entity is its own place; a new one is the company's matter."""
    return Scope(entity.pk if entity is not None else None)


def scope_of_site(site: Site | None = None, *, entity: Entity | None = None, **_rest: Any) -> Scope:
    """A site lies in its entity; one that moves to another is the company's matter."""
    after = entity.pk if entity is not None else None
    return Scope(after if site is None or site.entity_id == after else None)


@action(scope=company_wide)
def save_company(
    by: Person | None,
    company: Company | None = None,
    *,
    name: dict[str, str],
    currency: str,
    zone: str,
    country: str = "",
    language: str = "en",
    fiscal_start: int = 1,
    demo: bool = False,
) -> Company:
    """Name the company and its currency, zone and fiscal year."""
    if not 1 <= fiscal_start <= 12:
        raise Refused(_("A month lies between 1 and 12."), fields={"fiscal_start": _("A month lies between 1 and 12.")})
    row = company or Company.objects.first() or Company()
    return settle(row, {"name": name, "currency": currency, "zone": zone, "country": country, "language": language,
                        "fiscal_start": fiscal_start, "demo": demo})  # fmt: skip


@action(scope=scope_of_entity)
def save_entity(
    by: Person | None,
    entity: Entity | None = None,
    *,
    code: str,
    name: dict[str, str],
    country: str,
    currency: str,
    zone: str = "UTC",
    registration: str = "",
    active: bool = True,
) -> Entity:
    """Add a legal entity, or change it."""
    return settle(entity or Entity(), {"code": code, "name": name, "country": country, "currency": currency,
                                       "zone": zone, "registration": registration, "active": active})  # fmt: skip


@action(scope=scope_of_site)
def save_site(
    by: Person | None,
    site: Site | None = None,
    *,
    code: str,
    name: dict[str, str],
    country: str,
    zone: str,
    region: str = "",
    city: str = "",
    entity: Entity | None = None,
    active: bool = True,
) -> Site:
    """Add a place where people work, or change it."""
    return settle(site or Site(), {"code": code, "name": name, "country": country, "zone": zone, "region": region,
                                   "city": city, "entity": entity, "active": active})  # fmt: skip


@action(scope=company_wide)
def record_backup(by: Person | None, run: BackupRun | None = None, **facts: Any) -> BackupRun:
    """Write down a backup that was made, or what verifying it showed."""
    run = run or BackupRun()
    for field, value in facts.items():
        setattr(run, field, value)
    run.save()
    return run


@action()
def request_backup(by: Person | None) -> None:
    """Back the installation up now."""
    enqueue("compliance.make_backup", by=by, unique="backup")


@action(scope=company_wide)
def request_proof(by: Person | None, run: BackupRun) -> BackupRun:
    """Prove a backup by a restore now."""
    enqueue("compliance.verify_backup", by=by, unique=f"proof-{run.pk}", subject=run, run_id=run.pk)
    return run
