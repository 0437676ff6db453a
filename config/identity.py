"""How people sign in: e-mail and password, passkeys, codes, and what outside identity providers may do."""

from __future__ import annotations

from contextlib import nullcontext
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialApp
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.mail import EmailMultiAlternatives
from django.http import HttpRequest, HttpResponseRedirect
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from tradewind.areas.structure.actions import open_sign_in
from tradewind.base.crypto import decrypt, encrypt
from tradewind.base.errors import Refused
from tradewind.engines.actions.models import Event
from tradewind.engines.actions.providers import SEALED
from tradewind.engines.actions.registry import on
from tradewind.engines.inbox.codes import send_ready
from tradewind.nouns.org.models import Person, User


class PersonBackend(AuthenticationBackend):
    """Signs in active users of active people; a deactivated person's open sessions are nobody's from that moment."""

    def get_user(self, user_id: Any) -> Any:
        user = User.objects.select_related("person").filter(pk=user_id).first()
        return user if user is not None and self.user_can_authenticate(user) else None

    def user_can_authenticate(self, user: Any) -> bool:
        return bool(super().user_can_authenticate(user)) and user.person.active


class AccountAdapter(DefaultAccountAdapter):
    """Nobody signs up by themselves; people are invited. Codes and resets go out at once, whatever the hour."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def format_email_subject(self, subject: str) -> str:
        return subject

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send in the reader's own language through the ledger; an unknown address gets nothing and nobody is told."""
        user = context.get("user") or User.objects.select_related("person").filter(email__iexact=email).first()
        if not isinstance(user, User):
            return
        with translation.override(user.person.language) if user.person.language else nullcontext():
            message = self.render_mail(template_prefix, email, {"request": self.request, "email": email, **context})
            if isinstance(message, EmailMultiAlternatives):
                send_ready(message, person=user.person)
            else:
                send_ready(EmailMultiAlternatives(message.subject, message.body, to=[email]), person=user.person)


class SocialAdapter(DefaultSocialAccountAdapter):
    """Outside identities sign in people we already know by a verified e-mail address, and make nobody new."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """Open a sign-in for a known, active person who had none; the provider vouches for the address."""
        if sociallogin.is_existing:
            if not sociallogin.user.person.active:
                raise ImmediateHttpResponse(HttpResponseRedirect(reverse("account_inactive")))
            return
        for address in sociallogin.email_addresses:
            person = Person.objects.filter(email__iexact=address.email, active=True, user__isnull=True).first()
            if address.verified and person is not None:
                open_sign_in.system(person)
                sociallogin.lookup()
                return

    def list_apps(self, request: HttpRequest, provider: Any = None, client_id: Any = None) -> list[SocialApp]:
        """The providers set up on the page and by the environment, with their secrets unsealed."""
        found: list[SocialApp] = super().list_apps(request, provider=provider, client_id=client_id)
        for app in found:
            sealed = app.settings.get(SEALED)
            if sealed:
                app.secret = decrypt(sealed)
        return found


class MFAAdapter(DefaultMFAAdapter):
    """Second factors: their secrets are kept encrypted, and authenticator apps show the product's name."""

    def get_totp_issuer(self) -> str:
        return "Tradewind"

    def encrypt(self, text: str) -> str:
        return encrypt(text)

    def decrypt(self, encrypted_text: str) -> str:
        try:
            return decrypt(encrypted_text)
        except Refused:
            return ""  # a secret of a lost key opens nothing


@on("structure.deactivate_person")
def end_sessions(event: Event) -> None:
    """Remove the sessions of a deactivated person, so that none comes back to life later."""
    for session in UserSession.objects.filter(user__person_id=event.subject_id):
        session.end()


@login_required
@require_POST
def end_session(request: HttpRequest, pk: int) -> HttpResponseRedirect:
    """End one of one's own other sessions."""
    for session in UserSession.objects.filter(user_id=request.user.pk, pk=pk).exclude(
        session_key=request.session.session_key
    ):
        session.end()
        messages.success(request, gettext("The session has ended."))
    return HttpResponseRedirect(reverse("usersessions_list"))
