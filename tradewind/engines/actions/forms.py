"""What a person fills in about roles, grants, keys and views."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tradewind.base import clock
from tradewind.engines.access.models import Role
from tradewind.engines.access.registry import CODES
from tradewind.engines.access.scope import can
from tradewind.engines.actions import queries
from tradewind.engines.actions.registry import ACTIONS
from tradewind.nouns.org.models import Entity, Market, Person, Team
from tradewind.ui.fields import LocalTextFormField

LIFETIMES = [("30", _("30 days")), ("90", _("90 days")), ("365", _("One year")), ("", _("Until I end it"))]


def code_choices() -> list[tuple[str, Any]]:
    """Every permission, by room; a whole room first, everything on top."""
    rooms: dict[str, list[str]] = {}
    for code in CODES:
        if code in ACTIONS and ACTIONS[code].open:
            continue  # everybody may do that for themselves
        rooms.setdefault(code.split(".", 1)[0], []).append(code)
    found: list[tuple[str, Any]] = [(gettext("All rooms"), [("*", queries.label_of("*"))])]
    for room in sorted(rooms, key=queries.room_name):
        pairs = sorted(((code, queries.label_of(code)) for code in rooms[room]), key=lambda pair: pair[1])
        found.append((queries.room_name(room), [(f"{room}.*", queries.label_of(f"{room}.*")), *pairs]))
    return found


class RightsWidget(forms.CheckboxSelectMultiple):
    """A box for each right, room by room."""

    template_name = "actions/rights_widget.html"


class RoleFields(forms.Form):
    """A role and what it may do."""

    code = forms.SlugField(label=_("Code"), max_length=60)
    name = LocalTextFormField(label=_("Name"), max_length=80)
    codes = forms.MultipleChoiceField(label=_("Rights"), choices=code_choices, widget=RightsWidget, required=False)


class GrantFields(forms.Form):
    """A role for a person, at a place."""

    person = forms.ModelChoiceField(label=_("Person"), queryset=Person.objects.none())
    role = forms.ModelChoiceField(label=_("Role"), queryset=Role.objects.all())
    entity = forms.ModelChoiceField(
        label=_("Entity"), queryset=Entity.objects.filter(active=True), required=False, empty_label=_("All")
    )
    market = forms.ModelChoiceField(
        label=_("Market"), queryset=Market.objects.filter(active=True), required=False, empty_label=_("All")
    )
    team = forms.ModelChoiceField(
        label=_("Team"),
        queryset=Team.objects.filter(active=True),
        required=False,
        empty_label=_("All"),
        help_text=_("Teams under it are covered too."),
    )

    def __init__(self, *args: Any, reader: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = queries.people(reader).filter(active=True)  # type: ignore[attr-defined]


class KeyFields(forms.Form):
    """An API key's name, reach and life."""

    name = forms.CharField(label=_("Name"), max_length=80, help_text=_("Which program will use it."))
    reach = forms.ChoiceField(
        label=_("May do"),
        choices=[("read", _("Only read what I may see")), ("all", _("Everything I may do"))],
        widget=forms.RadioSelect,
        initial="read",
    )
    days = forms.ChoiceField(label=_("Valid for"), choices=LIFETIMES, required=False, initial="90")

    def __init__(self, *args: Any, reader: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.reader = reader

    def arguments(self) -> dict[str, Any]:
        """What the action gets."""
        days = self.cleaned_data["days"]
        return {
            "name": self.cleaned_data["name"],
            "codes": read_codes(self.reader) if self.cleaned_data["reach"] == "read" else None,
            "expires_at": clock.now() + timedelta(days=int(days)) if days else None,
        }


def read_codes(person: Person) -> list[str]:
    """The rights of a person that only show something."""
    return sorted(code for code in CODES if code.split(".", 1)[1].startswith("view_") and can(person, code))


class ReasonFields(forms.Form):
    """Why somebody looks at the product as another person."""

    reason = forms.CharField(label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))


class WhyFields(forms.Form):
    """A question about one person's rights."""

    person = forms.ModelChoiceField(label=_("Person"), queryset=Person.objects.none())
    code = forms.ChoiceField(label=_("Right"), choices=list)
    kind = forms.ChoiceField(label=_("Kind of record"), choices=list, required=False)
    record = forms.IntegerField(
        label=_("Number of the record"),
        required=False,
        min_value=1,
        help_text=_("It stands in the address of its page."),
    )

    def __init__(self, *args: Any, reader: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = queries.people(reader)  # type: ignore[attr-defined]
        groups = [(group, [pair for pair in pairs if "*" not in pair[0]]) for group, pairs in code_choices()]
        self.fields["code"].choices = [("", ""), *((group, pairs) for group, pairs in groups if pairs)]  # type: ignore[attr-defined]
        self.fields["kind"].choices = [("", ""), *queries.kinds(reader)]  # type: ignore[attr-defined]


class ProviderFields(forms.Form):
    """An outside identity provider."""

    kind = forms.ChoiceField(
        label=_("Kind"), choices=[("openid_connect", "OpenID Connect (OIDC)"), ("saml", "SAML 2.0")]
    )
    name = forms.CharField(label=_("Name"), max_length=40, help_text=_("It stands on the button of the sign-in page."))
    address = forms.CharField(
        label=_("Address of the provider"),
        max_length=500,
        help_text=_("OIDC: the issuer. SAML: the address of the provider's metadata."),
    )
    client_id = forms.CharField(
        label=_("Client ID or entity ID"),
        max_length=191,
        help_text=_("OIDC: the client ID. SAML: the provider's entity ID."),
    )
    secret = forms.CharField(
        label=_("Secret"),
        max_length=500,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=_("Only OIDC. Leave blank to keep the one there is."),
    )
    trusted = forms.BooleanField(
        label=_("Its e-mail addresses are always verified"),
        required=False,
        help_text=_(
            "For a provider that does not say so itself. Anybody it lets choose an address could sign in as that person."
        ),
    )
