"""Backups and company pages: who may see and start them."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from tradewind.areas.compliance.actions import record_backup, save_company, save_entity, save_site
from tradewind.base import clock
from tradewind.base.errors import NotAllowed
from tradewind.engines.access.models import Role
from tradewind.engines.actions.rights import grant_role, install_roles
from tradewind.engines.jobs.models import Job
from tradewind.nouns.org.models import Company, Person, Site, User

pytestmark = pytest.mark.django_db


def signed_in(role: str) -> Client:
    """A browser signed in with a role."""
    install_roles.system()
    person = Person.objects.create(name=role, email=f"{role}@example.com")
    grant_role.system(person=person, role=Role.objects.get(code=role))
    client = Client()
    client.force_login(User.objects.create_user(f"{role}@example.com", None, person=person))
    return client


def test_backup_pages_show_the_proof_and_queue_work() -> None:
    run = record_backup.system(path="/x/tradewind-1.twb", rows=12, verified_at=clock.now(), recovery_seconds=1.5)
    client = signed_in("compliance")
    assert "tradewind-1.twb" in client.get(reverse("compliance:backup-detail", args=[run.pk])).content.decode()
    assert "Restore proved" in client.get(reverse("compliance:backup-list")).content.decode()
    assert client.post(reverse("compliance:backup-make")).status_code == 302
    assert client.post(reverse("compliance:backup-verify", args=[run.pk])).status_code == 302
    assert sorted(Job.objects.values_list("name", flat=True)) == ["compliance.make_backup", "compliance.verify_backup"]


def test_member_may_not_see_or_start_backups() -> None:
    client = signed_in("member")
    assert client.get(reverse("compliance:backup-list")).status_code == 403
    assert client.post(reverse("compliance:backup-make")).status_code == 403
    assert not Job.objects.exists()


def test_company_is_one_row_and_bad_zone_is_refused() -> None:
    company = save_company.system(name={"en": "A"}, currency="EUR", zone="UTC")
    client = signed_in("general_manager")
    form = {
        "name_en": "B",
        "currency": "USD",
        "zone": "Asia/Shanghai",
        "country": "CN",
        "language": "en",
        "fiscal_start": "4",
        "version": "1",
    }
    assert client.post(reverse("compliance:company-edit", args=[company.pk]), form).status_code == 302
    company = Company.objects.get()
    assert (str(company.name), company.currency, company.fiscal_start) == ("B", "USD", 4)
    wrong = client.post(
        reverse("compliance:company-edit", args=[company.pk]), {**form, "version": "2", "zone": "Mars/Base"}
    )
    assert wrong.status_code == 422
    assert Company.objects.get().zone == "Asia/Shanghai"


def test_entity_code_is_taken_once() -> None:
    save_entity.system(code="sz", name={"en": "Shenzhen"}, country="CN", currency="CNY")
    client = signed_in("general_manager")
    form = {"code": "sz", "name_en": "Again", "country": "CN", "currency": "CNY", "zone": "UTC"}
    assert client.post(reverse("compliance:entity-new"), form).status_code == 422
    assert client.post(reverse("compliance:entity-new"), {**form, "code": "hk"}).status_code == 302


def test_who_looks_after_one_entity_changes_no_other_and_not_the_company() -> None:
    install_roles.system()
    company = save_company.system(name={"en": "A"}, currency="EUR", zone="UTC")
    own, other = (
        save_entity.system(code=code, name={"en": code}, country="DE", currency="EUR") for code in ("own", "other")
    )
    site = save_site.system(code="x", name={"en": "X"}, country="DE", zone="UTC", entity=other)
    person = Person.objects.create(name="Near")
    grant_role.system(person=person, role=Role.objects.get(code="compliance"), entity=own)
    with pytest.raises(NotAllowed):
        save_company(person, company, name={"en": "B"}, currency="USD", zone="UTC")
    with pytest.raises(NotAllowed):
        save_entity(person, other, code="other", name={"en": "B"}, country="DE", currency="USD")
    for target in (own, other):
        with pytest.raises(NotAllowed):
            save_site(person, site, code="x", name={"en": "B"}, country="DE", zone="UTC", entity=target)
    other.refresh_from_db()
    assert (Company.objects.get().currency, other.currency, Site.objects.get().entity) == ("EUR", "EUR", other)
    assert save_entity(person, own, code="own", name={"en": "B"}, country="DE", currency="USD").currency == "USD"
