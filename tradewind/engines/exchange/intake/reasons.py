"""Why a document that could be read is still refused."""

from django.utils.translation import gettext_lazy as _

from tradewind.engines.exchange.records import REASONS

REASONS.update(
    {
        "two_orders": _("Two different orders have the number %(value)s."),
        "two_currencies": _("Order %(value)s mixes %(first)s and %(second)s."),
        "long_id": _("The id “%(value)s…” is longer than 100 characters."),
    }
)
