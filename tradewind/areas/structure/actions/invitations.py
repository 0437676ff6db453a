"""How a person who is known gets a way to sign in: an invitation by a link that works once, and its end."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.signing import BadSignature, TimestampSigner
from django.urls import reverse
from django.utils import translation
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _

from tradewind.base.errors import Refused
from tradewind.engines.actions.action import Bulk, action
from tradewind.engines.actions.rights import outranks
from tradewind.engines.inbox.codes import send_code
from tradewind.nouns.org.models import Company, Person, User

INVITATION_DAYS = 7
INVITATIONS = TimestampSigner(salt="structure.invitation")


def invitation_link(user: User) -> str:
    """The address that lets an invited person choose a password.

    It carries a trace of the unusable password, so it ends once one is chosen, or another invitation is made.
    """
    return settings.SITE_URL + reverse("structure:welcome", args=[INVITATIONS.sign(f"{user.pk}.{trace(user)}")])


def trace(user: User) -> str:
    """What changes when the password does."""
    return salted_hmac("structure.invitation", user.password, algorithm="sha256").hexdigest()[:24]


def invited(token: str) -> User:
    """The user of a live invitation; Refused when it is over, used or not ours."""
    try:
        number, _dot, mark = INVITATIONS.unsign(token, max_age=timedelta(days=INVITATION_DAYS)).partition(".")
        user = User.objects.select_related("person").get(pk=int(number))
    except (BadSignature, ValueError, User.DoesNotExist) as fault:
        raise Refused(_("This invitation is over. Ask for a new one."), code="invitation") from fault
    good = constant_time_compare(trace(user), mark) and not user.has_usable_password()
    if not (good and user.is_active and user.person.active):
        raise Refused(_("This invitation is over. Ask for a new one."), code="invitation")
    return user


@action()
def invite_person(by: Person | None, person: Person) -> Bulk[dict[str, Any]]:
    """Invite a person to sign in; the link goes by e-mail, an earlier one ends.

    Returns {"sent": bool, "link": str}: the link is for the inviter to pass on where no mail could be sent; it is left
    out when the person holds rights that the inviter does not, since whoever uses it becomes that person.
    """
    if not person.active:
        raise Refused(_("The person is deactivated."), code="inactive")
    if not person.email:
        raise Refused(_("The person has no e-mail address yet."), code="email")
    user = sign_in_of(person)
    if user.has_usable_password():
        raise Refused(
            _("This person signs in already. A forgotten password is reset on the sign-in page."), code="known"
        )
    user.set_unusable_password()
    user.save(update_fields=["password"])
    link = invitation_link(user)
    sent = send_invitation(by, person, link)
    shown = not sent and by is not None and not outranks(person, by)
    return Bulk({"sent": sent, "link": link if shown else ""}, counts={"sent": sent}, subject=person)


def sign_in_of(person: Person) -> User:
    """The person's user, made without a password where there is none."""
    user = User.objects.filter(person=person).first()
    return user or User.objects.create_user(person.email or "", person=person)


def send_invitation(by: Person | None, person: Person, link: str) -> bool:
    """Mail the link in the person's language; whether the mail server took it."""
    with translation.override(person.language):
        company = Company.objects.first() or _("Tradewind")
        words = {
            "name": str(person),
            "company": str(company),
            "link": link,
            "days": INVITATION_DAYS,
            "by": str(by or company),
        }
        subject = _("Your invitation to Tradewind of %(company)s") % words
        text = (
            _(
                "Hello %(name)s,\n\n%(by)s invites you to Tradewind, where %(company)s works together. "
                "Choose your password here:\n\n%(link)s\n\nThe link works once, for %(days)s days."
            )
            % words
        )
        row = send_code(person.email or "", subject, text, person=person, purpose="invitation")
    return row.state == row.SENT


@action()
def revoke_invitation(by: Person | None, person: Person) -> Person:
    """Take an invitation back; its link ends at once."""
    user = User.objects.filter(person=person).first()
    if user is None or user.has_usable_password() or user.last_login is not None:
        raise Refused(_("There is no open invitation."), code="none")
    user.delete()
    return person


@action(open_to_all=True)
def accept_invitation(
    by: Person | None, person: Person, *, token: str, password: str, preferred_name: str = ""
) -> Person:
    """Choose a password by an invitation."""
    user = invited(token)
    if user.person_id != person.pk:
        raise Refused(_("This invitation is over. Ask for a new one."), code="invitation")
    try:
        validate_password(password, user)
    except ValidationError as fault:
        raise Refused(" ".join(fault.messages), fields={"password": " ".join(fault.messages)}) from fault
    user.set_password(password)
    user.save(update_fields=["password"])
    person.preferred_name = preferred_name.strip()[:120]
    person.save(update_fields=["preferred_name"])
    return person


@action()
def give_password(by: Person | None, person: Person, *, hashed: str) -> Person:
    """Let a person sign in with a password that was made for them; it is given as its hash."""
    user = sign_in_of(person)
    user.password = hashed
    user.save(update_fields=["password"])
    return person


@action()
def open_sign_in(by: Person | None, person: Person) -> Person:
    """Let a person sign in through the company's identity provider."""
    sign_in_of(person)
    return person
