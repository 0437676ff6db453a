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

notice(
    "finance.investment_approval",
    title=_("Approve the investment %(title)s"),
    text=_("%(amount)s go out, from %(start)s on."),
    label=_("An investment waits for my approval"),
    optional=False,
    icon="building-factory",
)
notice(
    "finance.variance_comment",
    title=_("Explain a variance: %(account)s, %(market)s, %(month)s"),
    text=_("Actual less budget: %(difference)s. Say in a few words why."),
    label=_("A variance of mine waits for its explanation"),
    optional=False,
    icon="message-question",
)
notice(
    "finance.budget_spent",
    title=_("Over its budget before the month is over: %(account)s, %(market)s, %(month)s"),
    text=_(
        "Beyond the budget of the whole month so far: %(difference)s. Say in a few words why, and what is done about it."
    ),
    label=_("A cost of mine is over its budget while the month runs"),
    optional=False,
    icon="alert-triangle",
)
notice(
    "finance.review_decision",
    title="%(what)s",
    text=_("Decided in the review of %(month)s."),
    label=_("Something decided in a monthly review is mine to do"),
    optional=False,
    icon="gavel",
)
notice(
    "finance.review_due",
    title=_("Hold the monthly review: %(month)s, %(place)s"),
    text=_("Due on %(due)s. %(open)s of %(all)s variances are not explained yet."),
    label=_("A monthly review is due"),
    optional=False,
    icon="calendar-check",
)
notice(
    "finance.review_opening_asked",
    title=_("%(person)s asks to open the review of %(month)s again: %(place)s"),
    text="%(reason)s",
    label=_("Somebody asks to open a finished review again"),
    icon="lock-question",
)
notice(
    "finance.review_opened",
    title=_("The review of %(month)s is open again: %(place)s"),
    text=_("%(person)s agreed. Its amounts follow the facts again until it is finished."),
    label=_("A review I asked for was opened again"),
    icon="lock-open",
)
notice(
    "finance.review_kept",
    title=_("The review of %(month)s stays finished: %(place)s"),
    text=_("%(person)s did not agree to open it."),
    label=_("A review I asked for stays finished"),
    icon="lock",
)
notice(
    "finance.opportunity_result",
    title=_("Was it worth it? %(product)s in %(market)s"),
    text=_("Tried since %(day)s: %(result)s a year of net revenue so far, %(low)s to %(high)s were expected."),
    label=_("An opportunity of mine can be judged"),
    icon="seedling",
)
notice(
    "finance.opportunity_margin",
    title=_("Was it worth it? %(product)s in %(market)s"),
    text=_(
        "Tried since %(day)s: %(result)s a year is left after cost so far (contribution margin 2), %(low)s to %(high)s were expected."
    ),
    label=_("An opportunity of mine can be judged by what is left after cost"),
    icon="seedling",
)
notice(
    "finance.claim_asked",
    title=_("Approve a claim of %(person)s: %(what)s"),
    text=_("%(amount)s on %(day)s. The receipt is with the claim."),
    label=_("A claim waits for my approval"),
    optional=False,
    icon="receipt",
)
notice(
    "finance.trip_asked",
    title=_("Approve the receipts of %(person)s: %(what)s"),
    text=_("%(receipts)s receipts, %(total)s in all. Each is with its picture."),
    label=_("Receipts of a trip wait for my approval"),
    optional=False,
    icon="plane",
)
notice(
    "finance.claim_to_pay",
    title=_("Approved claims wait to be paid"),
    text=_("The newest is of %(person)s: %(what)s"),
    label=_("Approved claims wait to be paid"),
    url="finance:claim-list",
    icon="receipt",
)
notice(
    "finance.claim_paid",
    title=_("Your claim was paid: %(what)s"),
    text=_("%(amount)s is on its way to you."),
    label=_("A claim of mine was paid"),
    icon="cash",
)
notice(
    "finance.bill_asked",
    title=_("Approve a bill: %(supplier)s %(number)s"),
    text=_("%(amount)s, due on %(due)s."),
    label=_("A bill waits for my approval"),
    optional=False,
    icon="file-invoice",
)
notice(
    "finance.bills_due",
    title=_("Bills to pay: %(bills)s"),
    text=_("The first is due on %(due)s."),
    label=_("Bills are due"),
    url="finance:bill-list",
    icon="file-invoice",
)
notice(
    "finance.cash_low",
    title=_("Cash falls below zero on %(day)s"),
    text=_("%(amount)s is the lowest point of the next thirteen weeks."),
    label=_("Cash is expected to fall below zero"),
    optional=False,
    url="finance:cash",
    icon="alert-triangle",
)
notice(
    "finance.fees_unmapped",
    title=_("Name accounts for new kinds of fee: %(kinds)s"),
    text=_("Until then they are counted under “Fees not assigned yet”."),
    label=_("Kinds of fee without an account"),
    optional=False,
    url="finance:unmapped",
    icon="arrows-join",
)
