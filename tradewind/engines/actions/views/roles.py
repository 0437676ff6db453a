"""Roles and who holds them where."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from tradewind.engines.access.models import Grant, Role
from tradewind.engines.actions import queries, rights
from tradewind.engines.actions.forms import GrantFields, RoleFields
from tradewind.ui.pages import ActionPage, Bool, Bulk, Col, DetailPage, FormPage, ListPage, Ref, Section


class RoleList(ListPage[Role]):
    area, section, stem, plural = "actions", "settings", "role", "settings/roles"
    title, icon, read = _("Roles"), "shield-lock", "access.view_role"
    guide = "roles"
    columns = [
        Col("name", _("Name"), kind="localtext", link=True),
        Col("code", _("Code"), sort="code"),
        Col("rights", _("Rights"), value=lambda row: queries.label_of("*") if "*" in row.codes else len(row.codes)),
        Col("holders", _("People"), kind="number"),
        Col("shipped", _("Comes with the product"), kind="bool", sort="shipped"),
    ]
    filters = [Bool("shipped", _("Comes with the product"))]
    default_order = "code"
    primary, primary_code = "actions:role-new", "access.save_role"

    def rows(self, request: HttpRequest) -> QuerySet[Role]:
        return queries.roles(request.person)  # type: ignore[attr-defined]

    def search(self, rows: QuerySet[Role], text: str) -> QuerySet[Role]:
        return rows.filter(code__icontains=text)


def held_by(request: HttpRequest, row: Role) -> QuerySet[Grant]:
    """The grants of a role that the reader may see."""
    found = queries.grants(request.person).filter(role=row)  # type: ignore[attr-defined]
    return found.order_by("person__name", "pk")


HOLDINGS = [
    Col("entity", _("Entity"), value=lambda row: row.entity or _("All")),
    Col("market", _("Market"), value=lambda row: row.market or _("All")),
    Col("team", _("Team"), value=lambda row: row.team or _("All")),
]


class RoleDetail(DetailPage[Role]):
    of = RoleList
    subject = "access.role"
    title = "name"
    facts = RoleList.columns[1:]
    sections = [
        Section(
            _("Rights"),
            template="actions/role_rights.html",
            context=lambda request, row: {"groups": queries.grouped(row.codes)},
        ),
        Section(
            _("Held by"),
            rows=held_by,
            columns=[Col("person", _("Person"), kind="person"), *HOLDINGS],
            empty=_("Nobody holds this role yet."),
            more=lambda row: f"{reverse('actions:grant-list')}?role={row.pk}",
        ),
    ]
    actions = ["actions:role-edit"]


class RoleForm(FormPage[Role]):
    of = RoleList
    title, edit_title = _("New role"), _("Edit role")
    form = RoleFields
    create_code = "access.save_role"
    update = rights.save_role

    @staticmethod
    def create(by: Any, **cleaned: Any) -> Role:
        return rights.save_role(by, None, **cleaned)


class GrantList(ListPage[Grant]):
    area, section, stem, plural = "actions", "settings", "grant", "settings/grants"
    title, icon, read = _("Grants"), "key", "access.view_role"
    guide = "roles"
    peek = False
    columns = [
        Col("person", _("Person"), kind="person", sort="person__name"),
        Col("role", _("Role"), value="role.name", kind="localtext", sort="role__code"),
        *HOLDINGS,
        Col("given_by", _("Given by"), kind="person"),
        Col("created_at", _("Since"), kind="moment", sort="created_at"),
        Col("active", _("Active"), value="person.active", kind="bool", hidden=True),
    ]
    filters = [
        Ref("person", _("Person"), lambda request: queries.people(request.person)),  # type: ignore[attr-defined]
        Ref("role", _("Role"), lambda request: Role.objects.all(), search="code"),
        Ref("market", _("Market"), lambda request: queries.AXIS_MODELS["market"]._default_manager.all(), search="code"),
        Ref("entity", _("Entity"), lambda request: queries.AXIS_MODELS["entity"]._default_manager.all(), search="code"),
        Ref("team", _("Team"), lambda request: queries.AXIS_MODELS["team"]._default_manager.all(), search="code"),
    ]
    default_order = "person"
    primary, primary_label, primary_code = "actions:grant-new", _("Give a role"), "access.grant_role"
    secondary = [("actions:why", _("Why can somebody see this?"), "access.view_role")]
    bulk = [Bulk(rights.revoke_grant, _("Take back"), icon="trash", danger=True)]
    empty = _("Give people roles; without one a person sees only their own page.")

    def rows(self, request: HttpRequest) -> QuerySet[Grant]:
        return queries.grants(request.person)  # type: ignore[attr-defined]

    def search(self, rows: QuerySet[Grant], text: str) -> QuerySet[Grant]:
        return rows.filter(person__name__icontains=text)


class GrantForm(FormPage[Grant]):
    of = GrantList
    title = _("Give a role")
    form = GrantFields
    create = rights.grant_role

    def form_kwargs(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        return {"reader": request.person}  # type: ignore[attr-defined]


class GrantRevoke(ActionPage[Grant]):
    of = GrantList
    verb, danger, icon = "revoke", True, "trash"
    title, button = _("Take the role back"), _("Take back")
    action = rights.revoke_grant
