"""What one can do with people, teams and lines."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Model
from django.utils.translation import gettext as _

from tradewind.base import clock
from tradewind.base.errors import NotAllowed, Refused
from tradewind.engines.access.scope import Scope, company_wide, forget
from tradewind.engines.actions.action import action
from tradewind.engines.actions.rights import outranks
from tradewind.nouns.org.models import (
    Entity,
    Function,
    Job,
    Market,
    Person,
    Site,
    Team,
    User,
)  # fmt: skip

PERSON_FIELDS = (
    "key", "name", "preferred_name", "email", "language", "zone", "country", "entity", "market", "site", "job",
    "job_title", "started_on", "ended_on", "phone", "birth_date", "national_id", "bank_account",
)  # fmt: skip


def home_scope(*args: Any, entity: Any = None, market: Any = None, **_kwargs: Any) -> Scope:
    """Where a person will lie."""
    ids = [one.pk if isinstance(one, Model) else one for one in (entity, market)]
    return Scope(entity=ids[0], market=ids[1])


@action(scope=home_scope)
def save_person(
    by: Person | None,
    person: Person | None = None,
    *,
    name: str,
    email: str | None = None,
    language: str = "en",
    zone: str = "UTC",
    country: str = "",
    entity: Entity | None = None,
    market: Market | None = None,
    site: Site | None = None,
    job: Job | None = None,
    started_on: date | None = None,
    **more: Any,
) -> Person:
    """Add a person, or change a person's facts."""
    known = {"name": name.strip(), "email": (email or "").strip().lower() or None, "language": language, "zone": zone,
             "country": country.upper(), "entity": entity, "market": market, "site": site, "job": job,
             "started_on": started_on, **more}  # fmt: skip
    person = person or Person()
    check_person(person, known)
    keep_sign_in(by, person, known["email"])
    for field, value in known.items():
        setattr(person, field, value)
    person.save()
    user = User.objects.filter(person=person).first()
    if user and person.email and user.email != person.email:
        user.email = person.email
        user.save(update_fields=["email"])
    return person


def keep_sign_in(by: Person | None, person: Person, email: str | None) -> None:
    """Refuse a new address for somebody who holds more than the editor: who gets their mail could become them."""
    user = User.objects.filter(person=person).first() if person.pk else None
    if by is not None and by.pk != person.pk and user is not None and email != user.email and outranks(person, by):
        raise NotAllowed(_("This person holds rights that you do not have; you cannot change how they sign in."))


def check_person(person: Person, known: dict[str, Any]) -> None:
    """Refuse what cannot be a person, naming the field."""
    faults: dict[str, Any] = {}
    if not known["name"]:
        faults["name"] = _("This field is required.")
    if unknown := set(known) - set(PERSON_FIELDS):
        faults.update({name: _("This field is not known.") for name in unknown})
    if known["email"] and Person.objects.filter(email=known["email"]).exclude(pk=person.pk).exists():
        faults["email"] = _("Somebody else has this e-mail address.")
    try:
        clock.zone(known["zone"])
    except Refused as fault:
        faults["zone"] = fault.message
    if faults:
        raise Refused(_("Some fields are missing or not right."), fields=faults)


@action()
def save_private(
    by: Person | None,
    person: Person,
    *,
    phone: str = "",
    birth_date: str = "",
    national_id: str = "",
    bank_account: str = "",
) -> Person:
    """Change a person's private data; it is kept encrypted and history tells only that it changed."""
    person.phone, person.birth_date = phone, birth_date
    person.national_id, person.bank_account = national_id, bank_account
    person.save(update_fields=["phone", "birth_date", "national_id", "bank_account"])
    return person


@action()
def deactivate_person(by: Person | None, person: Person) -> Person:
    """End a person's access; what they did stays."""
    if by is not None and by.pk == person.pk:
        raise Refused(_("You cannot deactivate yourself."), code="self")
    person.active = False
    person.save(update_fields=["active"])
    User.objects.filter(person=person).update(is_active=False)
    forget(person)
    return person


@action()
def reactivate_person(by: Person | None, person: Person) -> Person:
    """Give a deactivated person their access back."""
    person.active = True
    person.save(update_fields=["active"])
    User.objects.filter(person=person).update(is_active=True)
    return person


def scope_of_team(
    team: Team | None = None,
    *,
    parent: Team | None = None,
    entity: Entity | None = None,
    market: Market | None = None,
    **_rest: Any,
) -> Scope:
    """A team is its own place in its entity and market; a new one lies under its parent."""
    if team is not None:
        return Scope(team.entity_id, team.market_id, team.pk)
    return Scope(*(one.pk if one is not None else None for one in (entity, market, parent)))


@action(scope=scope_of_team)
def save_team(
    by: Person | None,
    team: Team | None = None,
    *,
    code: str,
    name: dict[str, str],
    parent: Team | None = None,
    lead: Person | None = None,
    function: Function | None = None,
    entity: Entity | None = None,
    market: Market | None = None,
    active: bool = True,
) -> Team:
    """Add a team, or change it."""
    team = team or Team()
    above = parent
    while above is not None:
        if above.pk == team.pk:
            raise Refused(
                _("A team cannot lie under itself."), code="circle", fields={"parent": _("This would make a circle.")}
            )
        above = above.parent
    if Team.objects.filter(code=code).exclude(pk=team.pk).exists():
        raise Refused(_("This code is taken."), fields={"code": _("This code is taken.")})
    for field, value in (("code", code), ("name", name), ("parent", parent), ("lead", lead), ("function", function),
                         ("entity", entity), ("market", market), ("active", active)):  # fmt: skip
        setattr(team, field, value)
    team.save()
    return team


@action(scope=company_wide)
def save_function(
    by: Person | None, function: Function | None = None, *, code: str, name: dict[str, str], in_matrix: bool = True
) -> Function:
    """Add a function of the company, or change it; `in_matrix`: every active market needs it."""
    function = function or Function()
    function.code, function.name, function.in_matrix = code, name, in_matrix
    function.save()
    return function


@action(scope=company_wide)
def save_job(
    by: Person | None, job: Job | None = None, *, code: str, title: dict[str, str], function: Function | None = None
) -> Job:
    """Add a job, or change it."""
    job = job or Job()
    job.code, job.title, job.function = code, title, function
    job.save()
    return job
