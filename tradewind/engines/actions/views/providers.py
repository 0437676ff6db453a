"""Settings of sign-in through outside identity providers."""

from __future__ import annotations

from typing import Any

from allauth.socialaccount.models import SocialApp
from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from tradewind.engines.actions import providers
from tradewind.engines.actions.forms import ProviderFields
from tradewind.ui.pages import ActionPage, Col, DetailPage, FormPage, ListPage


def return_address(row: SocialApp) -> str:
    """The address to enter at the provider: where it sends people back to."""
    if row.provider == providers.OIDC:
        return settings.SITE_URL + reverse("openid_connect_callback", args=[row.provider_id])
    return settings.SITE_URL + reverse("saml_acs", args=[row.client_id])


def metadata_address(row: SocialApp) -> str:
    """Our own metadata for a SAML provider."""
    return settings.SITE_URL + reverse("saml_metadata", args=[row.client_id]) if row.provider == providers.SAML else ""


class ProviderList(ListPage[SocialApp]):
    area, section, stem, plural = "actions", "settings", "provider", "settings/sign-in"
    title, icon, read = _("Sign-in providers"), "login-2", "access.save_provider"
    searchable = peek = export = False
    columns = [
        Col("name", _("Name"), sort="name", link=True),
        Col("provider", _("Kind"), value=lambda row: "OIDC" if row.provider == providers.OIDC else "SAML"),
        Col("address", _("Address of the provider"), value=providers.address_of),
    ]
    default_order = "name"
    primary, primary_code = "actions:provider-new", "access.save_provider"
    empty = _(
        "Let people sign in with the company's own identity provider. Only people known here by a verified e-mail address get in."
    )

    def rows(self, request: HttpRequest) -> QuerySet[SocialApp]:
        rows: QuerySet[SocialApp] = SocialApp.objects.filter(provider__in=(providers.OIDC, providers.SAML))
        return rows


class ProviderDetail(DetailPage[SocialApp]):
    of = ProviderList
    title = "name"
    slots = ()
    facts = [
        *ProviderList.columns[1:],
        Col("client_id", _("Client ID or entity ID"), value=providers.client_of),
        Col(
            "secret",
            _("Secret"),
            value=lambda row: _("Kept encrypted") if providers.SEALED in row.settings else _("None"),
        ),
        Col("return", _("Send people back to"), value=return_address),
        Col("metadata", _("Our metadata"), value=metadata_address),
    ]
    actions = ["actions:provider-edit", "actions:provider-remove"]


class ProviderForm(FormPage[SocialApp]):
    of = ProviderList
    title, edit_title = _("New sign-in provider"), _("Edit sign-in provider")
    form = ProviderFields
    create_code = "access.save_provider"
    update = providers.save_provider

    @staticmethod
    def create(by: Any, **cleaned: Any) -> SocialApp:
        return providers.save_provider(by, None, **cleaned)

    def initial(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        if row is None:
            return super().initial(request, row)
        trusted = bool(row.settings.get("verified_email"))
        return {
            "kind": row.provider,
            "name": row.name,
            "address": providers.address_of(row),
            "client_id": providers.client_of(row),
            "trusted": trusted,
        }


class ProviderRemove(ActionPage[SocialApp]):
    of = ProviderList
    verb, danger, icon = "remove", True, "trash"
    title, button = _("Remove this provider"), _("Remove")
    action = providers.remove_provider
    leads = "list"
