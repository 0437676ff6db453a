"""What finance tells and asks."""

from django.utils.translation import gettext_lazy as _

from tradewind.engines.inbox.kinds import notice

notice(
    "finance.rates_old",
    title=_("Exchange rates are missing or old: %(currencies)s"),
    text=_(
        "The newest rates are of %(day)s. Converted figures use them or leave amounts out until newer ones are loaded."
    ),
    label=_("Exchange rates are missing or old"),
    optional=False,
    url="finance:ecb",
    icon="arrows-exchange",
)
