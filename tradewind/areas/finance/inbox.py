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

notice(
    "finance.budget_approval",
    title=_("Approve the budget %(name)s"),
    text=_("Its costs are %(costs)s."),
    label=_("A budget waits for my approval"),
    optional=False,
    icon="calculator",
)
notice(
    "finance.transfer_approval",
    title=_("Approve a transfer of %(amount)s in %(budget)s"),
    text=_("From %(source)s to %(target)s: %(reason)s"),
    label=_("A transfer between budget rows waits for my approval"),
    optional=False,
    icon="transfer",
)
