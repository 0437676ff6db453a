"""Pages of invitations: sending one, taking it back, and where its link leads."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tradewind.areas.structure import actions
from tradewind.areas.structure.forms.people import (
    WelcomeFields,
)  # fmt: skip
from tradewind.areas.structure.views.people import PersonList
from tradewind.base.errors import Refused
from tradewind.nouns.org.models import Person, User
from tradewind.ui.fields import polish
from tradewind.ui.pages import ActionPage, Page


def not_in_yet(row: Person) -> bool:
    """Whether a person has chosen no password yet."""
    user = User.objects.filter(person=row).first()
    return bool(row.active and row.email) and (user is None or not user.has_usable_password())


class PersonInvite(ActionPage[Person]):
    of = PersonList
    verb, icon = "invite", "mail-forward"
    title, button = _("Invite to sign in"), _("Send the invitation")
    text = _("The person gets a link to choose a password. It works once, for seven days; an earlier link ends.")
    action = actions.invite_person

    @classmethod
    def offered(cls, row: Any) -> bool:
        return not_in_yet(row)

    def perform(self, request: HttpRequest, row: Person | None, values: dict[str, Any]) -> Any:
        return row, super().perform(request, row, values)

    def finish(self, request: HttpRequest, row: Any) -> HttpResponseBase:
        """Say that it went out; else show the link to pass on, this once."""
        person, told = row
        if told["sent"]:
            messages.success(request, gettext("The invitation was sent to %(email)s.") % {"email": person.email})
            return HttpResponseRedirect(self.after(person))
        answer = self.show(
            request, {"person": person, **told, "back": self.after(person)}, template="structure/person_invited.html"
        )
        answer["Cache-Control"] = "no-store"
        return answer


class PersonUninvite(ActionPage[Person]):
    of = PersonList
    verb, icon, danger = "uninvite", "mail-off", True
    title, button = _("Take the invitation back"), _("Take back")
    text = _("The link that was sent ends at once.")
    action = actions.revoke_invitation

    @classmethod
    def offered(cls, row: Any) -> bool:
        return not_in_yet(row) and User.objects.filter(person=row, last_login__isnull=True).exists()


class Welcome(Page):
    """Where an invitation leads: choose a password, then sign in."""

    area, name, path, public, in_menu = "structure", "welcome", "welcome/<str:token>/", True, False
    title, template = _("Welcome"), "structure/welcome.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """The token is a secret: no cache and no other site learns it."""
        response = super().dispatch(request, *args, **kwargs)
        response["Cache-Control"], response["Referrer-Policy"] = "no-store", "no-referrer"
        return response

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        try:
            person = actions.invited(kwargs["token"]).person
        except Refused as refusal:
            return self.show(request, {"refusal": refusal}, status=410)
        with translation.override(person.language):
            return self._form(request, person, WelcomeFields(initial={"preferred_name": person.preferred_name}))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        """Keep the password; a refused one comes back with the reason."""
        try:
            person = actions.invited(kwargs["token"]).person
        except Refused as refusal:
            return self.show(request, {"refusal": refusal}, status=410)
        with translation.override(person.language):
            form = WelcomeFields(request.POST)
            if form.is_valid():
                try:
                    given = form.cleaned_data
                    actions.accept_invitation(
                        person,
                        person,
                        token=kwargs["token"],
                        password=given["password"],
                        preferred_name=given["preferred_name"],
                    )
                except Refused as refusal:
                    form.add_error("password" if "password" in refusal.fields else None, str(refusal))
                else:
                    messages.success(request, gettext("Your password is set. Sign in with it."))
                    return HttpResponseRedirect(reverse(settings.LOGIN_URL))
            return self._form(request, person, form, status=422)

    def _form(self, request: HttpRequest, person: Person, form: WelcomeFields, status: int = 200) -> HttpResponseBase:
        polish(form)
        answer = self.show(request, {"person": person, "form": form}, status=status)
        return answer.render() if isinstance(answer, TemplateResponse) else answer


PAGES = (
    PersonInvite,
    PersonUninvite,
    Welcome,
)
