"""Mail: real MIME in the reader's language, and what the server said about it."""

from __future__ import annotations

import smtplib
from collections.abc import Sequence
from dataclasses import dataclass
from email.utils import parseaddr
from secrets import token_hex

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.signing import BadSignature, Signer
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tradewind.base.errors import NotFound
from tradewind.engines.inbox.kinds import Words, kind_of, words
from tradewind.engines.inbox.models import Notice
from tradewind.nouns.org.models import Person

MOST_KINDS = 10  # an address of more would not fit into a header line
SIGNER = Signer(salt="inbox.unsubscribe")


@dataclass(frozen=True)
class Line:
    """One notice of a mail."""

    words: Words
    url: str


def new_message_id() -> str:
    """A Message-ID that stays with a delivery through its retries."""
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
    return f"<{token_hex(12)}@{domain}>"


def compose(person: Person, notices: Sequence[Notice], message_id: str) -> EmailMultiAlternatives:
    """The mail that tells a person one or several notices, in their language and zone."""
    lines = [
        Line(told(notice, person), settings.SITE_URL + reverse("inbox:open", args=[notice.pk])) for notice in notices
    ]
    unsubscribe = unsubscribe_url(person, notices)
    with translation.override(person.language):
        subject = lines[0].words.title if len(lines) == 1 else digest_subject(len(lines))
        context = {
            "lines": lines,
            "person": person,
            "settings_url": settings.SITE_URL + reverse("inbox:preferences"),
            "unsubscribe_url": unsubscribe,
            "language": person.language,
        }
        text = render_to_string("inbox/mail.txt", context)
        html = render_to_string("inbox/mail.html", context)
    return build(person.email or "", subject, text, html, message_id, person.language, unsubscribe)


def told(notice: Notice, person: Person) -> Words:
    """A notice in its reader's words."""
    return words(
        notice.kind,
        notice.data,
        person.language,
        person.zone,
        subject_type=notice.subject_type,
        subject_id=notice.subject_id,
    )


def digest_subject(count: int) -> str:
    """The subject of a mail with several notices."""
    return ngettext("%(count)s notice for you", "%(count)s notices for you", count) % {"count": count}


def build(
    to: str, subject: str, text: str, html: str, message_id: str, language: str, unsubscribe: str = ""
) -> EmailMultiAlternatives:
    """A multipart message with the headers that mail robots and people expect of an automatic one."""
    headers = {"Message-ID": message_id, "Auto-Submitted": "auto-generated", "Content-Language": language}
    if unsubscribe:
        headers["List-Unsubscribe"] = f"<{unsubscribe}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message = EmailMultiAlternatives(" ".join(subject.split()), text, to=[to], headers=headers)
    message.attach_alternative(html, "text/html")
    return message


def unsubscribe_url(person: Person, notices: Sequence[Notice]) -> str:
    """Where the kinds of these notices can be switched off without signing in; '' when one of them cannot be."""
    kinds = sorted({notice.kind for notice in notices})
    if len(kinds) > MOST_KINDS or not all(kind_of(kind).optional for kind in kinds):
        return ""
    token = SIGNER.sign(f"{person.pk}:{','.join(kinds)}")
    return settings.SITE_URL + reverse("inbox:unsubscribe", args=[token])


def read_unsubscribe(token: str) -> tuple[Person, list[str]]:
    """The person and the kinds of an unsubscribe address; NotFound when it was not made here."""
    try:
        person, _colon, kinds = SIGNER.unsign(token).partition(":")
        return Person.objects.get(pk=int(person)), [kind for kind in kinds.split(",") if kind_of(kind).optional]
    except (BadSignature, ValueError, Person.DoesNotExist) as error:
        raise NotFound(_("This address is not complete. Copy the whole of it from the message.")) from error


@dataclass(frozen=True)
class Answer:
    """What came of sending: the server's own words, and whether another try is of use."""

    sent: bool
    text: str = ""
    final: bool = False


def send(message: EmailMultiAlternatives) -> Answer:
    """Hand one message to the mail server; never raises what the server or the network does."""
    try:
        message.send()
    except (smtplib.SMTPException, OSError) as error:
        return Answer(False, explain(error), final=is_final(error))
    return Answer(True)


def explain(error: Exception) -> str:
    """A mail error with the server's exact answer."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return "; ".join(f"{address}: {code} {decoded(text)}" for address, (code, text) in error.recipients.items())
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{error.smtp_code} {decoded(error.smtp_error)}"
    return f"{type(error).__name__}: {error}"


def is_final(error: Exception) -> bool:
    """Whether the server will say the same next time: a 5xx answer about the recipient or the message."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code >= 500 for code, _text in error.recipients.values())
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return False  # a wrong password is mended by an administrator, the message is good
    return isinstance(error, smtplib.SMTPResponseException) and error.smtp_code >= 500


def decoded(text: bytes | str) -> str:
    """A server's answer as text."""
    return text.decode("utf-8", "replace") if isinstance(text, bytes) else str(text)


def try_server() -> str:
    """Greet the mail server and sign in; its answer when it will have none of us, '' when all is well."""
    try:
        connection = get_connection()
        connection.open()
        connection.close()
    except (smtplib.SMTPException, OSError) as error:
        return explain(error)
    return ""
