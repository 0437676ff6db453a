"""What a person fills in about bank accounts and payouts."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tradewind.areas.finance.actions.gaps import LINES
from tradewind.areas.finance.forms.spending import line_words
from tradewind.areas.finance.models import Account, Bill, Claim
from tradewind.areas.finance.queries.payments import to_pay
from tradewind.base.money import Money
from tradewind.nouns.org.models import Entity
from tradewind.nouns.trade.models import BankAccount, BankLine, Payout
from tradewind.ui.fields import CurrencyFormField
from tradewind.ui.formats import format_money

KIND_NAMES = [(BankAccount.BANK, _("Bank")), (BankAccount.WALLET, _("Wallet or payment provider"))]


class BankAccountFields(forms.Form):
    """An account; its number is kept encrypted and never shown again in full."""

    code = forms.SlugField(label=_("Code"), max_length=60)
    name = forms.CharField(label=_("Name"), max_length=120)
    kind = forms.ChoiceField(label=_("Kind"), choices=KIND_NAMES)
    number = forms.CharField(
        label=_("Account number"), max_length=60, required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text=_("IBAN, account number or wallet id; kept encrypted, only its end is shown. Blank leaves it as it is."),
    )  # fmt: skip
    entity = forms.ModelChoiceField(Entity.objects.filter(active=True), label=_("Company"), required=False)
    currency = CurrencyFormField(label=_("Currency"), required=False, help_text=_("For files that name none."))
    active = forms.BooleanField(label=_("In use"), required=False, initial=True)


class LineChoice(forms.ModelMultipleChoiceField[BankLine]):
    """Lines with day, amount and words."""

    def label_from_instance(self, obj: BankLine) -> str:
        """How a line reads in the list."""
        return line_words(obj)


class MatchFields(forms.Form):
    """The lines of the bank that a payout is."""

    lines = LineChoice(
        BankLine.objects.none(), label=_("Lines of the bank"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("Tick none to free the payout."),
    )  # fmt: skip

    def __init__(self, *args: Any, choices: QuerySet[BankLine], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["lines"].queryset = choices  # type: ignore[attr-defined]


class PayoutChoice(forms.ModelMultipleChoiceField[Payout]):
    """Payouts with day, amount and channel."""

    def label_from_instance(self, obj: Payout) -> str:
        """How a payout reads in the list."""
        money = format_money(Money.of_units(obj.amount, obj.currency), code=True)
        return " · ".join(str(part) for part in (obj.day or obj.end or "–", money, obj.channel.name, obj.external_id))


class PayoutsFields(forms.Form):
    """The payouts that a line of the bank is."""

    payouts = PayoutChoice(
        Payout.objects.none(), label=_("Payouts"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("Tick none to free the line."),
    )  # fmt: skip

    def __init__(self, *args: Any, choices: QuerySet[Payout], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["payouts"].queryset = choices  # type: ignore[attr-defined]


class GapFields(forms.Form):
    """Where a difference of a payout is posted."""

    gap = forms.ChoiceField(label=_("Difference"), widget=forms.RadioSelect)
    account = forms.ModelChoiceField(Account.objects.filter(active=True, line__in=LINES), label=_("Account"))
    text = forms.CharField(label=pgettext_lazy("ledger", "Text"), max_length=300, required=False)

    def __init__(self, *args: Any, choices: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["gap"].choices = choices  # type: ignore[attr-defined]


class BillChoice(forms.ModelMultipleChoiceField[Bill]):
    """Bills with day, amount and supplier."""

    def label_from_instance(self, obj: Bill) -> str:
        """How a bill reads in the list."""
        money = format_money(Money.of_units(obj.amount, obj.currency), code=True)
        return f"{obj.due.isoformat()} · {money} · {obj.supplier} · {obj.number} · {obj.get_state_display()}"


class ClaimChoice(forms.ModelMultipleChoiceField[Claim]):
    """Claims with day, amount and person."""

    def label_from_instance(self, obj: Claim) -> str:
        """How a claim reads in the list."""
        money = format_money(Money.of_units(*to_pay(obj)), code=True)
        return " · ".join((obj.day.isoformat(), money, str(obj.person), obj.what, obj.get_state_display()))


class PaymentFields(forms.Form):
    """The bills and claims that a line of the bank paid."""

    bills = BillChoice(Bill.objects.none(), label=_("Bills"), required=False, widget=forms.CheckboxSelectMultiple)
    claims = ClaimChoice(
        Claim.objects.none(), label=_("Claims"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("Tick none to free the line; what was paid stays paid."),
    )  # fmt: skip

    def __init__(self, *args: Any, bills: QuerySet[Bill], claims: QuerySet[Claim], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["bills"].queryset = bills  # type: ignore[attr-defined]
        self.fields["claims"].queryset = claims  # type: ignore[attr-defined]
