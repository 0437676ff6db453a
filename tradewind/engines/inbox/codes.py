"""Messages that cannot wait and are no notices: sign-in codes, invitations, tests. They know no quiet hours."""

from __future__ import annotations

from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils.translation import get_language

from tradewind.base import clock
from tradewind.engines.inbox import mail
from tradewind.engines.inbox.models import Delivery
from tradewind.engines.inbox.tell import mail_is_set_up
from tradewind.nouns.org.models import Person


def send_code(
    to: str, subject: str, text: str, *, html: str = "", person: Person | None = None, purpose: str = "code"
) -> Delivery:
    """Send a mail at once, whatever the hour, in words that are ready; its ledger row keeps no word of the content.

    Returns the row: `sent`, or `failed` with the server's answer. Never raises what the mail server does.
    """
    row = Delivery.objects.create(
        person=person, purpose=purpose, route=Delivery.MAIL, state=Delivery.SENDING, attempts=1,
        message_id=mail.new_message_id(), lease_until=clock.now(),
    )  # fmt: skip
    if mail_is_set_up():
        language = person.language if person else get_language() or "en"
        context = {"text": text, "language": language}
        body = html or render_to_string("inbox/plain_mail.html", context)
        answer = mail.send(mail.build(to, subject, text, body, row.message_id, language))
    else:
        answer = mail.Answer(False, "MAIL_URL is not set")
    row.state = Delivery.SENT if answer.sent else Delivery.FAILED
    row.error, row.sent_at, row.lease_until = answer.text, clock.now() if answer.sent else None, None
    row.save()
    return row


def send_ready(message: EmailMultiAlternatives, *, person: Person | None = None, purpose: str = "code") -> Delivery:
    """Send a message that another library has composed (sign-in codes, resets), with the same promises as `send_code`."""
    html = next((str(content) for content, kind in message.alternatives if kind == "text/html"), "")
    to = message.to[0] if message.to else ""
    return send_code(to, str(message.subject), str(message.body), html=html, person=person, purpose=purpose)
