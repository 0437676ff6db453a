"""A person's own API keys."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from tradewind.base import clock
from tradewind.engines.access.models import ApiToken
from tradewind.engines.actions import queries, rights
from tradewind.engines.actions.forms import KeyFields
from tradewind.ui.pages import ActionPage, Bulk, Col, FormPage, ListPage


def state_of(row: ApiToken) -> Any:
    """Whether a key works."""
    if row.revoked_at:
        return _("Ended")
    return _("Expired") if row.expires_at and row.expires_at <= clock.now() else _("Works")


def tone_of(row: ApiToken) -> str:
    """The colour of a key's state."""
    return "neutral" if row.revoked_at or (row.expires_at and row.expires_at <= clock.now()) else "good"


class KeyList(ListPage[ApiToken]):
    area, section, stem, plural, any_person = "actions", "me", "key", "me/keys", True
    title, icon = _("API keys"), "api"
    searchable = peek = export = False
    columns = [
        Col("name", _("Name"), sort="name"),
        Col("prefix", _("Begins with")),
        Col(
            "reach",
            _("May do"),
            value=lambda row: _("Everything I may do") if row.codes is None else _("Only read what I may see"),
        ),
        Col("state", _("State"), kind="chip", value=state_of, tone=tone_of),
        Col("created_at", _("Made"), kind="moment", sort="created_at"),
        Col("used_at", _("Last used"), kind="moment", sort="used_at"),
        Col("expires_at", _("Valid until"), kind="moment", sort="expires_at"),
    ]
    default_order = "-created_at"
    primary, primary_label = "actions:key-new", _("New key")
    bulk = [Bulk(rights.revoke_token, _("End"), icon="ban", code="", danger=True)]
    empty = _("A key lets a program use the API as you, with your rights or fewer.")

    def rows(self, request: HttpRequest) -> QuerySet[ApiToken]:
        return queries.keys(request.person)  # type: ignore[attr-defined]

    def _bulk(self, request: HttpRequest) -> list[Bulk]:
        return list(self.bulk)  # one's own keys need no right


class KeyForm(FormPage[ApiToken]):
    of = KeyList
    any_person = True
    title = _("New key")
    form = KeyFields
    code = "access.create_token"
    create = rights.create_token

    def form_kwargs(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        return {"reader": request.person}  # type: ignore[attr-defined]

    def arguments(self, form: forms.BaseForm) -> dict[str, Any]:
        return form.arguments() if isinstance(form, KeyFields) else {}

    def finish(self, request: HttpRequest, row: Any) -> HttpResponseBase:
        """Show the key, this once; it is in no address and no log."""
        token, key = row
        response = self.show(
            request,
            {"token": token, "key": key, "list_url": reverse("actions:key-list")},
            template="actions/key_made.html",
        )
        response["Cache-Control"] = "no-store"
        return response


class KeyRevoke(ActionPage[ApiToken]):
    of = KeyList
    any_person = True
    verb, danger, icon = "revoke", True, "ban"
    title, button = _("End this key"), _("End")
    text = _("Programs that use it are refused from now on.")
    action = rights.revoke_token
