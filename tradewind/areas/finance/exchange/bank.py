"""Bank statements and wallet files: MT940, CAMT, tables of banks, PayPal, Stripe, Airwallex, Wise, 支付宝, 微信支付."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from tradewind.areas.finance.actions.bank import import_bank_lines, place_of
from tradewind.areas.finance.queries.bank import account_choices
from tradewind.areas.finance.rules import wallets
from tradewind.engines.exchange.intake.totals import exact_text
from tradewind.engines.exchange.readers import camt, mt940
from tradewind.engines.exchange.readers.mt940 import Broken, Movement, Statement
from tradewind.engines.exchange.sheets.kinds import (
    CURRENCY,
    DAY,
    ID,
    MONEY,
    Column,
    Fault,
    Layout,
    Left,
    Load,
    Option,
    Row,
    Sheet,
    Values,
    declare,
)

REASONS: dict[str, Promise] = {
    wallets.UNPAID: _("Not paid: it moved no money."),
    wallets.CLOSED: _("Closed before it was paid: it moved no money."),
    wallets.ELSEWHERE: _("Paid by a bank card: the bank's own statement tells it."),
    wallets.INSIDE: _("Moved inside the wallet."),
    wallets.NEUTRAL: _("Neither income nor spending by the wallet's own words."),
    wallets.PENDING: _("Pending: it moved no money yet."),
}
LENIENT = "lenient"


def signed(values: Values, answer: int | str) -> Values:
    """An amount with the sign a wallet's words give it; Left or Fault where they give none."""
    if isinstance(answer, str):
        told(answer, values)
        return values
    if values["amount"] is not None:
        values["amount"] = abs(values["amount"]) * answer
    return values


def told(code: str, values: Values) -> None:
    """Pass a row over for its reason, or refuse it when its words are not known."""
    if code == wallets.UNKNOWN:
        raise Fault(
            "state",
            gettext("The state “%(value)s” is not known; add it to the mapping.") % {"value": values.get("state")},
        )
    if code:
        raise Left(REASONS[code])


def words(values: Values, *names: str) -> list[str]:
    """Texts of a row; blank where it says nothing."""
    return [str(values.get(name) or "") for name in names]


def alipay(values: Values) -> Values:
    """A row of 支付宝."""
    direction, state, means, text, kind = words(values, "direction", "state", "method", "text", "kind")
    return signed(values, wallets.alipay(direction, state, means, f"{kind} {text}"))


def wechat(values: Values) -> Values:
    """A row of 微信支付."""
    kind, direction, state, means = words(values, "kind", "direction", "state", "method")
    return signed({**values, "counterparty": blank(values["counterparty"]), "text": blank(values["text"]) or kind},
                  wallets.wechat(kind, direction, state, means))  # fmt: skip


def blank(text: str | None) -> str | None:
    """A slash stands for nothing."""
    return None if text == "/" else text


def paypal(values: Values) -> Values:
    """A row of PayPal's activity: what moved the balance is the net amount."""
    told(wallets.paypal(*words(values, "state", "kind")), values)
    return {**values, "text": " ".join(words(values, "kind", "text")).strip() or None}


def card(values: Values) -> Values:
    """A row of a bank's own file with its state."""
    told(wallets.card(*words(values, "state")), values)
    return values


def airwallex(values: Values) -> Values:
    """Airwallex tells what left and what came in apart."""
    return values


COLUMNS = (
    Column("day", _("Day"), DAY, ("date", "booking date", "buchungstag", "transaction date", "posting date", "交易日期", "记账日期",
                                  "交易时间", "日期", "fecha", "datum", "data")),
    Column("amount", _("Amount"), MONEY, ("amount", "billing amount", "net amount", "betrag", "交易金额", "金额", "发生额", "montant",
                                          "importe", "kwota")),
    Column("debit", _("Money out"), MONEY, ("debit", "debit amount", "withdrawal", "withdrawals", "paid out", "money out", "支出金额",
                                            "借方发生额", "支出", "借方", "soll", "débit")),
    Column("credit", _("Money in"), MONEY, ("credit", "credit amount", "deposit", "deposits", "paid in", "money in", "收入金额",
                                            "贷方发生额", "收入", "贷方", "haben", "crédit")),
    Column("currency", _("Currency"), CURRENCY, ("currency", "billing currency", "währung", "币种", "货币", "devise", "ccy")),
    Column("account", _("Account number"), ID, ("account", "account number", "iban", "kontonummer", "账号", "银行账号", "本方账号")),
    Column("id", _("Id of the line"), ID, ("transaction id", "transaction reference", "reference number", "流水号", "交易流水号",
                                           "交易号", "凭证号")),
    Column("value_day", _("Value day"), DAY, ("value date", "valuta", "wertstellung", "起息日", "date de valeur")),
    Column("balance", _("Balance after it"), MONEY, ("balance", "running balance", "saldo", "余额", "账户余额", "solde")),
    Column("state", _("State"), names=("status", "state", "transaction status", "交易状态", "状态"), most=60),
    Column("direction", _("Direction"), names=("debit/credit", "credit/debit", "dr/cr", "收/支", "借贷标志"), most=20),
    Column("counterparty", _("Other side"), names=("counterparty", "payee", "payer", "name", "beneficiary", "merchant name",
                                                    "auftraggeber/empfänger", "对方户名", "交易对方", "对方名称"), most=200),
    Column("text", pgettext_lazy("ledger", "Text"), names=("description", "details", "memo", "narrative", "purpose", "verwendungszweck", "摘要", "用途", "附言",
                                     "libellé", "concepto")),
    Column("reference", _("Reference"), names=("reference", "payment reference", "customer reference", "end to end id", "对方参考",
                                               "商户单号"), most=120),
    Column("gross", _("Amount before the fee"), MONEY, ("gross", "brutto")),
    Column("fee", _("Fee"), MONEY, ("fee", "fees", "gebühr", "手续费")),
    Column("kind", _("Kind of movement"), names=("type", "transaction type", "typ", "交易类型"), most=120),
    Column("method", _("Means of payment"), names=("payment method", "支付方式"), most=120),
)  # fmt: skip

LAYOUTS = (
    Layout(
        "alipay", _("支付宝 transaction record"), ("交易时间", "交易分类", "收/支", "交易状态", "交易订单号"),
        {"day": "交易时间", "kind": "交易分类", "counterparty": "交易对方", "text": "商品说明", "direction": "收/支", "amount": "金额",
         "method": "收/付款方式", "state": "交易状态", "id": "交易订单号", "reference": "商家订单号"},
        {"currency": "CNY"}, "ymd", "1,234.56", alipay,
    ),
    Layout(
        "wechat", _("微信支付 transaction record"), ("交易时间", "交易类型", "收/支", "金额(元)", "当前状态"),
        {"day": "交易时间", "kind": "交易类型", "counterparty": "交易对方", "text": "商品", "direction": "收/支", "amount": "金额(元)",
         "method": "支付方式", "state": "当前状态", "id": "交易单号", "reference": "商户单号"},
        {"currency": "CNY"}, "ymd", "1,234.56", wechat,
    ),
    Layout(
        "hsbc-hk-card", _("HSBC Hong Kong card"), ("Transaction date", "Post date", "Billing amount", "Billing currency"),
        {"day": "Post date", "value_day": "Transaction date", "text": "Description", "amount": "Billing amount",
         "currency": "Billing currency", "state": "Transaction status", "counterparty": "Merchant name"},
        {}, "dmy", "1,234.56", card,
    ),
    Layout(
        "hsbc-hk", _("HSBC Hong Kong account"), ("Date", "Description", "Billing amount", "Billing currency", "Balance"),
        {"day": "Date", "text": "Description", "amount": "Billing amount", "currency": "Billing currency", "balance": "Balance"},
        {}, "dmy", "1,234.56",
    ),
    Layout(
        "paypal", _("PayPal activity"), ("Date", "TimeZone", "Status", "Gross", "Net", "Transaction ID"),
        {"day": "Date", "counterparty": "Name", "kind": "Type", "state": "Status", "currency": "Currency", "gross": "Gross",
         "fee": "Fee", "amount": "Net", "id": "Transaction ID", "text": "Item Title", "balance": "Balance",
         "reference": ("Invoice Number", "Reference Txn ID")},
        adjust=paypal,
    ),
    Layout(
        "paypal-de", _("PayPal activity (German)"), ("Datum", "Zeitzone", "Status", "Brutto", "Netto", "Transaktionscode"),
        {"day": "Datum", "counterparty": "Name", "kind": "Typ", "state": "Status", "currency": "Währung", "gross": "Brutto",
         "fee": "Gebühr", "amount": "Netto", "id": "Transaktionscode", "text": "Artikelbezeichnung", "balance": "Guthaben",
         "reference": "Zugehöriger Transaktionscode"},
        {}, "dmy", "1.234,56", paypal,
    ),
    Layout(
        "paypal-fr", _("PayPal activity (French)"), ("Date", "Fuseau horaire", "État", "Avant commission", "Numéro de transaction"),
        {"day": "Date", "counterparty": "Nom", "kind": "Type", "state": "État", "currency": "Devise", "gross": "Avant commission",
         "fee": "Commission", "amount": "Net", "id": "Numéro de transaction", "text": "Titre de l'objet", "balance": "Solde",
         "reference": "Numéro de facture"},
        {}, "dmy", "1.234,56", paypal,
    ),
    Layout(
        "stripe-balance", _("Stripe balance change from activity"), ("balance_transaction_id", "created_utc", "net", "reporting_category"),
        {"day": "created_utc", "value_day": "available_on_utc", "currency": "currency", "gross": "gross", "fee": "fee",
         "amount": "net", "id": "balance_transaction_id", "kind": "reporting_category", "text": ("description", "reporting_category")},
        {}, "ymd", "1,234.56",
    ),
    Layout(
        "wise", _("Wise transfer history"), ("TransferWise ID", "Date", "Amount", "Currency", "Running Balance"),
        {"day": "Date", "amount": "Amount", "currency": "Currency", "id": "TransferWise ID", "text": "Description",
         "reference": "Payment Reference", "balance": "Running Balance", "counterparty": ("Payer Name", "Payee Name"),
         "fee": "Total fees"},
    ),
    Layout(
        "airwallex", _("Airwallex balance activity"), ("Time", "Financial Transaction Type", "Wallet Currency", "Debit Net Amount",
                                                       "Credit Net Amount"),
        {"day": "Time", "kind": "Financial Transaction Type", "id": "Transaction Id", "currency": "Wallet Currency",
         "debit": "Debit Net Amount", "credit": "Credit Net Amount", "fee": "Fee", "balance": "Account Balance",
         "reference": "Reference", "text": "Description"},
        {}, "ymd", "1,234.56",
    ),
)  # fmt: skip

_OUT_WORDS = ("debit", "dr", "d", "s", "soll", "支出", "支", "借", "借方", "out", "withdrawal", "-")
_IN_WORDS = ("credit", "cr", "c", "h", "haben", "收入", "收", "贷", "贷方", "in", "deposit", "+")


def check(values: Values, _options: Mapping[str, str]) -> Values:
    """One signed amount from one column, from two, or from one with its direction."""
    if values["amount"] is None:
        values["amount"] = abs(values["credit"] or 0) - abs(values["debit"] or 0)
    elif values["direction"] and values["amount"] > 0:
        word = values["direction"].strip().casefold()
        if word in _OUT_WORDS:
            values["amount"] = -values["amount"]
    if values["amount"] == 0:
        raise Left(_("It moves no money."))
    return values


class StatementReader:
    """A statement of a standard as a kind of file of this sheet."""

    def __init__(
        self, code: str, title: Promise, fits: Callable[[Path], bool], read: Callable[[Path, bool], list[Statement]]
    ) -> None:
        self.code, self.title, self._fits, self._read = code, title, fits, read

    def fits(self, path: Path) -> bool:
        """Whether the file looks like such a statement."""
        return self._fits(path)

    def rows(self, path: Path, load: Load, options: Mapping[str, str]) -> Iterator[Row]:
        """Its movements; Refused with the line where the standard is broken."""
        try:
            statements = self._read(path, options.get(LENIENT) == "yes")
        except Broken as bad:
            raise mt940.refused(bad) from bad
        load.facts["notes"] = [text for one in statements if (text := note(one))]
        for statement in statements:
            balances = running(statement)
            for place, movement in enumerate(statement.movements):
                if movement.pending:
                    load.leave(movement.line, REASONS[wallets.PENDING])
                else:
                    yield row_of(statement, movement, balances.get(place))


def running(statement: Statement) -> dict[int, int]:
    """The balance after each movement, from the opening one on; after the last it is the closing one, so that a gap shows."""
    if statement.opening is None:
        return {}
    found, held = dict[int, int](), statement.opening.units
    for place, movement in enumerate(statement.movements):
        if movement.pending or (movement.currency or statement.opening.currency) != statement.opening.currency:
            continue
        held += movement.units
        found[place] = held
    if found and statement.closing is not None and statement.closing.currency == statement.opening.currency:
        found[max(found)] = statement.closing.units
    return found


def note(statement: Statement) -> str:
    """Where a statement's balances lead, or that they do not add up."""
    gap = statement.gap()
    if statement.closing is None:
        return ""
    told = {
        "number": statement.number or "–", "day": statement.closing.day.isoformat(), "currency": statement.closing.currency,
        "closing": exact_text(statement.closing.units, statement.closing.currency), "gap": exact_text(gap or 0, statement.closing.currency),
    }  # fmt: skip
    if gap:
        return gettext("Statement %(number)s does not add up: %(gap)s %(currency)s lie between its lines and its closing balance; lines may be missing.") % told  # fmt: skip
    return gettext("Statement %(number)s closes with %(closing)s %(currency)s on %(day)s.") % told


def row_of(statement: Statement, one: Movement, balance: int | None) -> Row:
    """A movement as a row of the sheet, with the balance after it where the statement leads to one."""
    values: Values = {column.name: None for column in COLUMNS}
    values |= {
        "day": one.day, "value_day": one.value_day, "amount": one.units, "currency": one.currency or None,
        "account": statement.account or None, "reference": one.reference or None, "text": one.text or None,
        "counterparty": one.counterparty or None, "bank_reference": one.bank_reference,
        "balance": balance,
    }  # fmt: skip
    return Row(one.line, values)


def read_camt(path: Path, _lenient: bool) -> list[Statement]:
    """A CAMT file has no lenient reading."""
    return camt.read(path)


BANK = declare(
    Sheet(
        "finance.bank_lines",
        _("Bank statements and wallets"),
        _("MT940 and CAMT.053 statements, files of banks, PayPal, Stripe balance, Wise, Airwallex, 支付宝, 微信支付."),
        COLUMNS,
        import_bank_lines,
        "finance.view_bank",
        (("day",), ("amount", "debit", "credit")),
        place_of,
        layouts=LAYOUTS,
        readers=(
            StatementReader("mt940", _("Statement MT940"), mt940.fits, lambda path, lenient: mt940.read(path, lenient=lenient)),
            StatementReader("camt", _("Statement CAMT"), camt.fits, read_camt),
        ),
        options=(
            Option("account", pgettext_lazy("bank", "Account"), account_choices, help=_("Left open, the account's number in the file finds it.")),
            Option(
                LENIENT,
                _("Take references longer than the standard allows"),
                yes=True,
                help=_("Some banks, ASN Bank among them, write a whole account number where MT940 allows 16 characters."),
            ),
        ),
        check=check,
        after="finance:bank_line-list",
    )
)  # fmt: skip
