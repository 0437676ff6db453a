"""Outside identity providers (OIDC, SAML) that an administrator sets up on a page; their secrets are kept encrypted."""

from __future__ import annotations

from typing import Any

from allauth.socialaccount.models import SocialApp
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.text import slugify
from django.utils.translation import gettext as _

from tradewind.base.crypto import encrypt
from tradewind.base.errors import Refused
from tradewind.engines.actions.action import action
from tradewind.nouns.org.models import Person

OIDC, SAML = "openid_connect", "saml"
SEALED = "sealed_secret"
# Which claims of a SAML answer we read; the names that Entra ID, Okta and ADFS use by default.
SAML_CLAIMS = {
    "uid": "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/nameidentifier",
    "email": "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress",
}


@action(room="access", private=("settings", "secret"))
def save_provider(
    by: Person | None,
    provider: SocialApp | None = None,
    *,
    kind: str,
    name: str,
    address: str,
    client_id: str = "",
    secret: str = "",
    trusted: bool = False,
) -> SocialApp:
    """Set up sign-in through an outside identity provider.

    `address` is the issuer of an OIDC provider or the metadata address of a SAML one, `client_id` what the first calls us
    or the entity ID of the second; a blank `secret` leaves the one there is. `trusted` takes the provider's e-mail addresses as verified though it does not say so.
    """
    check(kind, name, address, client_id)
    row = provider or SocialApp(provider_id=free_id(name))
    known = row.settings if isinstance(row.settings, dict) else {}
    row.provider, row.name, row.secret = kind, name.strip()[:40], ""
    row.client_id = client_id.strip() if kind == OIDC else row.provider_id
    sealed = encrypt(secret) if secret else known.get(SEALED, "")
    row.settings = settings_of(kind, address.strip(), client_id.strip(), trusted=trusted) | (
        {SEALED: sealed} if sealed else {}
    )
    row.save()
    return row


def check(kind: str, name: str, address: str, client_id: str) -> None:
    """Refuse what cannot work, by field."""
    faults: dict[str, Any] = {}
    if kind not in (OIDC, SAML):
        faults["kind"] = _("Choose OIDC or SAML.")
    if not name.strip():
        faults["name"] = _("This field is required.")
    if not client_id.strip():
        faults["client_id"] = _("This field is required.")
    try:
        URLValidator(["https", "http"])(address.strip())
    except ValidationError:
        faults["address"] = _("Give the whole address, beginning with https://.")
    if faults:
        raise Refused(_("Some fields are missing or not right."), fields=faults)


def free_id(name: str) -> str:
    """A short name for addresses that no other provider has."""
    base = slugify(name)[:40] or "sso"
    found, number = base, 2
    while SocialApp.objects.filter(provider_id=found).exists():
        found, number = f"{base}-{number}", number + 1
    return found


def settings_of(kind: str, address: str, entity: str, *, trusted: bool) -> dict[str, Any]:
    """What the sign-in library wants to know."""
    if kind == OIDC:
        return {"server_url": address, "verified_email": trusted}
    return {
        "attribute_mapping": SAML_CLAIMS,
        "use_nameid_for_email": True,
        "verified_email": trusted,
        "idp": {"entity_id": entity, "metadata_url": address},
        "advanced": {"want_assertion_signed": True, "reject_deprecated_algorithm": True},
    }


def address_of(row: SocialApp) -> str:
    """The issuer or metadata address of a provider."""
    found = row.settings or {}
    return str(found.get("server_url") or found.get("idp", {}).get("metadata_url", ""))


def client_of(row: SocialApp) -> str:
    """What an OIDC provider calls us, or the entity ID of a SAML one."""
    return row.client_id if row.provider == OIDC else str((row.settings or {}).get("idp", {}).get("entity_id", ""))


@action(room="access")
def remove_provider(by: Person | None, provider: SocialApp) -> None:
    """Remove sign-in through an outside identity provider; people keep their other ways in."""
    provider.delete()
