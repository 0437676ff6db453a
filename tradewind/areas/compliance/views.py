"""Pages of the company, its entities and sites, and of backups."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from tradewind.areas.compliance import actions, queries
from tradewind.areas.compliance.forms import CompanyFields, EntityFields, SiteFields
from tradewind.areas.compliance.models import BackupRun
from tradewind.nouns.org.models import Company, Entity, Site
from tradewind.ui.pages import ActionPage, Bool, Choice, Col, DetailPage, FormPage, ListPage, Section

ACTIVE = Bool("active", _("Active"))


class CompanyList(ListPage[Company]):
    area, stem, section = "compliance", "company", "settings"
    title, icon = _("Company"), "building"
    read = "compliance.view_company"
    columns = [
        Col("name", _("Name"), kind="localtext", link=True),
        Col("currency", _("Reporting currency")),
        Col("zone", _("Headquarters' time zone")),
        Col("fiscal_start", _("First month of the fiscal year"), kind="number"),
    ]

    def rows(self, request: HttpRequest) -> QuerySet[Company]:
        return queries.companies(request.person)  # type: ignore[attr-defined]


class CompanyDetail(DetailPage[Company]):
    of = CompanyList
    facts = [*CompanyList.columns[1:], Col("country", _("Country"), kind="country"), Col("language", _("Language"))]
    actions = ["compliance:company-edit"]


class CompanyForm(FormPage[Company]):
    edit_title = _("Edit the company")
    form = CompanyFields
    update = actions.save_company
    of = CompanyList


class EntityList(ListPage[Entity]):
    area, stem, section, plural = "compliance", "entity", "settings", "entities"
    title, icon = _("Entities"), "building-bank"
    read = "compliance.view_company"
    columns = [
        Col("code", _("Code"), sort="code", link=True),
        Col("name", _("Name"), kind="localtext"),
        Col("country", _("Country"), kind="country", sort="country"),
        Col("currency", _("Currency"), sort="currency"),
        Col("registration", _("Registration number")),
        Col("active", _("Active"), kind="bool", sort="active"),
    ]
    filters = [ACTIVE]
    default_order = "code"
    primary, primary_code = "compliance:entity-new", "compliance.save_entity"
    empty = _("Add the legal entities that sell, buy and employ.")

    def rows(self, request: HttpRequest) -> QuerySet[Entity]:
        return queries.entities(request.person)  # type: ignore[attr-defined]

    def search(self, rows: QuerySet[Entity], text: str) -> QuerySet[Entity]:
        return rows.filter(code__icontains=text)


class EntityDetail(DetailPage[Entity]):
    of = EntityList
    facts = [*EntityList.columns, Col("zone", _("Time zone"))]
    sections = [
        Section(
            _("Sites"),
            rows=lambda request, row: row.sites.all(),
            columns=[Col("code", _("Code")), Col("name", _("Name"), kind="localtext"), Col("city", _("City"))],
            empty=_("No site belongs to this entity yet."),
        )
    ]
    actions = ["compliance:entity-edit"]


class EntityForm(FormPage[Entity]):
    title, edit_title = _("New entity"), _("Edit entity")
    form = EntityFields
    save = actions.save_entity
    of = EntityList


class SiteList(ListPage[Site]):
    area, stem, section = "compliance", "site", "settings"
    title, icon = _("Sites"), "map-pin"
    read = "compliance.view_company"
    columns = [
        Col("code", _("Code"), sort="code", link=True),
        Col("name", _("Name"), kind="localtext"),
        Col("city", _("City"), sort="city"),
        Col("country", _("Country"), kind="country", sort="country"),
        Col("zone", _("Time zone"), sort="zone"),
        Col("active", _("Active"), kind="bool", sort="active"),
    ]
    filters = [ACTIVE]
    default_order = "code"
    primary, primary_code = "compliance:site-new", "compliance.save_site"
    empty = _("Add the places where people work; holidays and local time follow them.")

    def rows(self, request: HttpRequest) -> QuerySet[Site]:
        return queries.sites(request.person).select_related("entity")  # type: ignore[attr-defined]

    def search(self, rows: QuerySet[Site], text: str) -> QuerySet[Site]:
        return rows.filter(code__icontains=text) | rows.filter(city__icontains=text)


class SiteDetail(DetailPage[Site]):
    of = SiteList
    facts = [*SiteList.columns, Col("region", _("Region")), Col("entity", _("Entity"))]
    actions = ["compliance:site-edit"]


class SiteForm(FormPage[Site]):
    title, edit_title = _("New site"), _("Edit site")
    form = SiteFields
    save = actions.save_site
    of = SiteList


def backup_tone(row: BackupRun) -> str:
    """How a backup stands: failed, only made, or proved by a restore."""
    return "bad" if row.state == BackupRun.FAILED or row.error else "good" if row.verified_at else "attention"


def backup_state(row: BackupRun) -> Any:
    """The same in words."""
    if row.state == BackupRun.FAILED:
        return _("Failed")
    if row.error:
        return _("Restore failed")
    return _("Restore proved") if row.verified_at else _("Not proved yet")


class BackupList(ListPage[BackupRun]):
    area, stem, section = "compliance", "backup", "settings"
    title, icon = _("Backups"), "database-export"
    guide = "backup"
    read = "compliance.view_backup"
    columns = [
        Col("started_at", _("Started"), kind="moment", sort="id", link=True),
        Col("state", _("State"), kind="chip", value=backup_state, tone=backup_tone),
        Col("verified_at", _("Restore proved"), kind="moment"),
        Col("recovery_seconds", _("Recovery took (s)"), kind="number"),
        Col("rows", _("Rows"), kind="number"),
        Col("files", _("Files"), kind="number"),
        Col("bytes", _("Bytes"), kind="number"),
        Col("scheduled", _("Scheduled"), kind="bool"),
    ]
    filters = [Choice("state", _("State"), [("done", _("Made")), ("failed", _("Failed"))])]
    default_order = "-started_at"
    primary, primary_code, primary_label = "compliance:backup-make", "compliance.request_backup", _("Back up now")
    empty = _(
        "The first backup is made tonight at 03:00, or now if you press the button. Each is proved by a real restore."
    )

    def rows(self, request: HttpRequest) -> QuerySet[BackupRun]:
        return queries.backups(request.person)  # type: ignore[attr-defined]


class BackupDetail(DetailPage[BackupRun]):
    of = BackupList
    title = staticmethod(lambda row: Path(row.path).name)
    facts = [
        *BackupList.columns,
        Col("recovery_point", _("Recovery point"), kind="moment"),
        Col("path", _("File")),
        Col("second_copy", _("Second place")),
        Col("error", _("Error")),
    ]
    actions = ["compliance:backup-verify"]


class BackupMake(ActionPage[BackupRun]):
    """Put a backup into the queue."""

    verb = "make"
    title, button = _("Back up now"), _("Back up now")
    action = actions.request_backup
    of = BackupList
    with_row = False


class BackupVerify(ActionPage[BackupRun]):
    """Put the proof of a backup into the queue."""

    verb = "verify"
    title, button = _("Prove this backup by a restore"), _("Prove")
    action = actions.request_proof
    of = BackupList
