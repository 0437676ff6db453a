"""Outside identity providers named by the environment, for installations that are set up by scripts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def from_environment(env: Callable[..., Any]) -> dict[str, Any]:
    """The sign-in library's provider settings: an OIDC provider when OIDC_URL is set, a SAML one when SAML_METADATA_URL is."""
    found: dict[str, Any] = {}
    if env("OIDC_URL"):
        app = {
            "provider_id": "oidc",
            "name": env("OIDC_NAME", "OIDC"),
            "client_id": env("OIDC_CLIENT_ID", ""),
            "secret": env("OIDC_SECRET", ""),
            "settings": {"server_url": env("OIDC_URL"), "verified_email": env("OIDC_TRUSTED") == "1"},
        }
        found["openid_connect"] = {"OAUTH_PKCE_ENABLED": True, "APPS": [app]}
    if env("SAML_METADATA_URL"):
        address = env("SAML_METADATA_URL")
        entity = env("SAML_ENTITY_ID", address)
        claims = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/"
        app = {
            "provider_id": entity,
            "name": env("SAML_NAME", "SAML"),
            "client_id": "saml",
            "settings": {
                "attribute_mapping": {"uid": f"{claims}nameidentifier", "email": f"{claims}emailaddress"},
                "use_nameid_for_email": True,
                "verified_email": env("SAML_TRUSTED") == "1",
                "idp": {"entity_id": entity, "metadata_url": address},
            },
        }
        found["saml"] = {"APPS": [app]}
    found.setdefault("openid_connect", {"OAUTH_PKCE_ENABLED": True})
    return found
