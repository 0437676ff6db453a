"""The actions on access's tables; they stand one engine up because access is the lowest and knows no actions."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _

from tradewind.base import clock
from tradewind.base.errors import NotAllowed, Refused
from tradewind.engines.access.access import ROLE_NAMES
from tradewind.engines.access.models import ApiToken, Grant, Role, SavedView
from tradewind.engines.access.registry import CODES, DEFAULT_ROLES
from tradewind.engines.access.scope import Scope, forget, holdings
from tradewind.engines.actions.action import Bulk, action
from tradewind.nouns.org.models import Entity, Market, Person, Team

TOKEN_PREFIX = "twk_"  # noqa: S105  the public start of every key, so that leak scanners know it


def grant_scope(*args: Any, entity: Any = None, market: Any = None, team: Any = None, **_kwargs: Any) -> Scope:
    """Where a grant lies."""
    return Scope(*(one.pk if isinstance(one, Model) else one for one in (entity, market, team)))


@action(room="access", scope=grant_scope)
def grant_role(
    by: Person | None,
    *,
    person: Person,
    role: Role,
    entity: Entity | None = None,
    market: Market | None = None,
    team: Team | None = None,
) -> Grant:
    """Give a person a role within an entity, a market and a team."""
    must_hold(by, role, grant_scope(entity=entity, market=market, team=team))
    forget(person)
    found = Grant.objects.filter(person=person, role=role, entity=entity, market=market, team=team).first()
    return found or Grant.objects.create(person=person, role=role, entity=entity, market=market, team=team, given_by=by)


def must_hold(by: Person | None, role: Role, where: Scope) -> None:
    """Nobody gives away more than they hold themselves at that place."""
    if by is not None and lacking(by, role.codes, where):
        raise NotAllowed(
            _("You cannot give the role “%(role)s”: it holds rights that you do not have there.") % {"role": role.name}
        )


def lacking(by: Person, codes: Iterable[str], where: Scope) -> list[str]:
    """Those of the codes that a person does not hold at a place."""
    held = [h for h in holdings(by) if h.covers(where)]
    return [code for code in codes if not any(h.allows(code) for h in held)]


def outranks(person: Person, by: Person) -> bool:
    """Whether a person holds any right somewhere that `by` does not hold there."""
    return any(lacking(by, held.codes, held.scope) for held in holdings(person))


@action(room="access")
def view_as(by: Person | None, person: Person, *, reason: str) -> Bulk[Person]:
    """See the product as another person."""
    if not reason.strip():
        raise Refused(_("Say why; it stays in the audit trail."), fields={"reason": _("This field is required.")})
    if by is None or by.pk == person.pk or not person.active:
        raise Refused(_("Choose somebody else who is active."), code="nobody")
    if outranks(person, by):
        raise NotAllowed(_("This person holds rights that you do not have; you cannot see the product as them."))
    return Bulk(person, counts={"reason": reason.strip()[:500]}, subject=person)


@action(room="access", open_to_all=True)
def end_view_as(by: Person | None, person: Person) -> Bulk[None]:
    """Stop seeing the product as another person."""
    return Bulk(None, subject=person)


@action(room="access")
def revoke_grant(by: Person | None, grant: Grant) -> Person:
    """Take a role back from a person."""
    if grant.role.code == "administrator" and not others_like(grant).exists():
        raise Refused(_("This is the last administrator; name another one first."), code="last_administrator")
    person = grant.person
    grant.delete()
    forget(person)
    return person


def others_like(grant: Grant) -> QuerySet[Grant]:
    """Other grants of the role to active people; of one that holds everywhere, those alone that hold everywhere as well.

    The role is locked to the end of the transaction, so that the last two cannot go at once.
    """
    Role.objects.select_for_update().get(pk=grant.role_id)
    others = Grant.objects.filter(role=grant.role_id, person__active=True).exclude(pk=grant.pk)
    whole = grant.entity_id is None and grant.market_id is None and grant.team_id is None
    return others.filter(entity=None, market=None, team=None) if whole else others


@action(room="access")
def save_role(by: Person | None, role: Role | None, *, code: str, name: dict[str, str], codes: list[str]) -> Role:
    """Define a role and the rights it holds."""
    unknown = [c for c in codes if c != "*" and c not in CODES and not c.endswith(".*")]
    if unknown:
        raise Refused(
            _("Unknown rights: %(codes)s") % {"codes": ", ".join(unknown)}, fields={"codes": ", ".join(unknown)}
        )
    role = role or Role()
    if role.pk and role.shipped and role.code != code:
        raise Refused(_("The code of a shipped role stays as it is."), fields={"code": code})
    # A role holds wherever it was given: who takes rights out of it, must have them everywhere too.
    must_hold(by, Role(code=code, name=name, codes={*codes, *role.codes}), Scope())
    role.code, role.name, role.codes = code, name, sorted(set(codes))
    role.save()
    return role


@action(room="access")
def install_roles(by: Person | None) -> Bulk[int]:
    """Bring the shipped roles up to what the rooms declare; roles made by hand stay as they are."""
    count = 0
    for code, names in ROLE_NAMES.items():
        wanted = sorted(DEFAULT_ROLES.get(code, set()))
        role, made = Role.objects.get_or_create(code=code, defaults={"name": names, "codes": wanted, "shipped": True})
        if not made and role.shipped and set(wanted) - set(role.codes):
            role.codes = sorted(set(role.codes) | set(wanted))
            role.save()
            count += 1
        count += made
    return Bulk(count, counts={"roles": count})


def token_hash(token: str) -> str:
    """How a key is kept."""
    return hashlib.sha256(token.encode()).hexdigest()


@action(room="access", open_to_all=True)
def create_token(
    by: Person, *, name: str, codes: list[str] | None = None, expires_at: datetime | None = None
) -> Bulk[tuple[ApiToken, str]]:
    """Make a key for the API that acts as oneself; the key itself is told this once."""
    if (
        not by.active or "_token_codes" in by.__dict__
    ):  # a key that made keys would outlive its own end and its narrow rights
        raise NotAllowed(_("Sign in first."))
    if not name.strip():
        raise Refused(_("Give the key a name."), fields={"name": _("This field is required.")})
    key = TOKEN_PREFIX + secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        person=by, name=name.strip(), prefix=key[:12], hash=token_hash(key), codes=codes, expires_at=expires_at
    )
    return Bulk((token, key), subject=token)


@action(room="access", open_to_all=True)
def revoke_token(by: Person, token: ApiToken) -> ApiToken:
    """End one of one's own keys."""
    if token.person_id != by.pk:
        raise NotAllowed(_("This key belongs to somebody else."))
    token.revoked_at = token.revoked_at or clock.now()
    token.save(update_fields=["revoked_at"])
    return token


def person_of_token(key: str) -> Person | None:
    """The active person a live key acts as, limited to the key's rights; None for any other text."""
    if not key.startswith(TOKEN_PREFIX):
        return None
    now = clock.now()
    token = ApiToken.objects.select_related("person").filter(hash=token_hash(key), revoked_at__isnull=True).first()
    if token is None or (token.expires_at and token.expires_at <= now) or not token.person.active:
        return None
    if token.used_at is None or (now - token.used_at).total_seconds() > 60:
        ApiToken.objects.filter(pk=token.pk).update(used_at=now)
    token.person.__dict__["_token_codes"] = token.codes
    return token.person


@action(room="access", open_to_all=True)
def save_view(by: Person, *, page: str, name: str, query: str, shared: bool = False) -> SavedView:
    """Keep a list as it is shown under a name."""
    if not name.strip():
        raise Refused(_("Give the view a name."), fields={"name": _("This field is required.")})
    view, _made = SavedView.objects.update_or_create(
        person=by, page=page, name=name.strip()[:80], defaults={"query": query[:4000], "shared": shared}
    )
    return view


@action(room="access", open_to_all=True)
def delete_view(by: Person, *, view: int) -> None:
    """Forget one of one's own saved views."""
    if by is not None:
        SavedView.objects.filter(person=by, pk=view).delete()
