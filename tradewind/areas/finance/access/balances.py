"""Who may see and do what: balances of entities."""

from __future__ import annotations

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tradewind.areas.finance.access.profit import COSTS, PAY, PROFIT, place
from tradewind.areas.finance.access.spending import BANK
from tradewind.areas.finance.models import FunctionalCurrency, Remittance
from tradewind.engines.access.registry import default_role, subject
from tradewind.nouns.org.models import Person


def reads_remittance(person: Person | None) -> Q:
    """Payments to tax offices and within the group are read where one may see the line of the balances that they change."""
    kind = "finance.remittance"
    within = place(person, COSTS, kind) & place(person, PAY, kind)
    return place(person, BANK, kind) & place(person, PROFIT, kind) & (Q(kind=Remittance.TAX) | within)


subject("finance.remittance", model=Remittance, read=BANK, reads=reads_remittance, label=_("Tax and group payment"),
        axes={"entity": "entity_id"}, url="finance:remittance-detail")  # fmt: skip
subject("finance.functional_currency", model=FunctionalCurrency, read="finance.view_rates", label=_("Functional currency"),
        axes={"entity": "entity_id"}, url="finance:functional_currency-list")  # fmt: skip
default_role(
    "finance",
    ["finance.set_functional_currency", "finance.remove_functional_currency", "finance.save_remittance", "finance.remove_remittance"],
)  # fmt: skip
