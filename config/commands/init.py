"""Make a new installation: store, keys, roles, an administrator, and on wish the demo company."""

from __future__ import annotations

import argparse
import secrets
from typing import Any

from django.contrib.auth.hashers import make_password
from django.utils.translation import gettext as _

from config import store
from tradewind.areas.compliance.actions import save_company
from tradewind.areas.finance.actions.accounts import install_accounts
from tradewind.areas.structure.actions import give_password, save_person
from tradewind.areas.structure.actions.functions import install_functions
from tradewind.base import vault
from tradewind.base.errors import Refused
from tradewind.base.home import home
from tradewind.engines.access.models import Role
from tradewind.engines.actions.action import origin
from tradewind.engines.actions.rights import grant_role, install_roles
from tradewind.engines.jobs.queue import enqueue, run_now
from tradewind.nouns.org.models import Company, Person, User

ADMIN = "admin@localhost"


def add(parser: argparse.ArgumentParser) -> None:
    """Declare the words."""
    parser.add_argument("--demo", action="store_true", help="load the demo company")
    parser.add_argument("--admin", metavar="EMAIL", help="the first administrator's e-mail address")


def run(args: argparse.Namespace) -> dict[str, Any]:
    """Make the installation; Refused when there is one, safe to repeat after a crash half-way."""
    store.migrate()
    if User.objects.exists():
        raise Refused(_("This home is already in use: %(home)s") % {"home": home()}, code="already_initialised")
    with origin("command"):
        install_roles.system()
        recovery = vault.make_recovery_key()
        if not Company.objects.exists():
            save_company.system(
                name={"en": "My company", "zh-hans": "我的公司"}, currency="USD", zone="Asia/Shanghai", country="CN"
            )
        install_functions.system()
        install_accounts.system()
        rows = demo() if args.demo else []
        rows.append(administrator(args.admin or ADMIN))
        # The first worker makes the first backup and proves it; what can be counted already is on the Map at once.
        enqueue("compliance.make_backup", unique="backup")
        run_now("practices.evaluate_practices")
    answer: dict[str, Any] = {"home": str(home()), "sign_in": rows}
    return {**answer, **({"recovery_key": recovery} if recovery else {})}


def demo() -> list[dict[str, str]]:
    """Load the demo company; its sign-ins."""
    from config.demo import load  # noqa: PLC0415  heavy, and only a demo needs it

    return load()


def administrator(email: str) -> dict[str, str]:
    """Make the person who may do everything, with a password told this once. The user comes last: it marks the end."""
    person = Person.objects.filter(email=email.lower()).first()
    person = person or save_person.system(name=_("Administrator"), email=email, zone="Asia/Shanghai")
    grant_role.system(person=person, role=Role.objects.get(code="administrator"))
    password = secrets.token_urlsafe(12)
    give_password.system(person, hashed=make_password(password))
    return {"role": "administrator", "email": email.lower(), "password": password}
