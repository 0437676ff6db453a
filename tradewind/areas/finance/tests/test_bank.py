"""Statements and wallet files: real files with the totals their source states, lines that stay one, accounts whose number is no one's business."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from django.db import connection
from django.db.models import Sum
from hypothesis import given
from hypothesis import strategies as st

from tradewind.areas.finance.actions.bank import save_bank_account
from tradewind.areas.finance.exchange.bank import BANK
from tradewind.areas.finance.queries.bank import account_by_number, accounts, lines, shown_number
from tradewind.areas.finance.rules import wallets
from tradewind.areas.finance.rules.bank_keys import LineKeys, last_digits, number_forms
from tradewind.base.errors import NotAllowed, Refused
from tradewind.base.money import from_units
from tradewind.engines.access.models import Grant, Role
from tradewind.engines.actions.models import Event
from tradewind.engines.exchange.models import SheetBatch
from tradewind.engines.exchange.sheets import flow
from tradewind.nouns.org.models import Entity, Person
from tradewind.nouns.trade.models import BankAccount, BankLine

pytestmark = pytest.mark.django_db


def account(code: str = "main", currency: str = "", number: str = "", entity: Entity | None = None) -> BankAccount:
    made: BankAccount = save_bank_account.system(code=code, name=code, currency=currency, number=number, entity=entity)
    return made


def bring(path: Path, **options: str) -> SheetBatch:
    with path.open("rb") as file:
        batch = flow.open_sheet(None, BANK, name=path.name, content=[file.read()], options=options)
    flow.try_out(batch, None)
    return batch


def taken(path: Path, **options: str) -> SheetBatch:
    batch = bring(path, **options)
    assert batch.state == SheetBatch.READY, batch.error
    done: SheetBatch = flow.take_sheet.system(batch)
    return done


@pytest.mark.data
@pytest.mark.parametrize(
    ("name", "rows", "new", "left", "totals", "settled"),
    [
        ("paypal/paypal_activity_custom_fields.csv", 7, 4, 3, {"USD": "-5.99"}, {"USD": "-6.58"}),
        ("stripe/balance_change_from_activity.csv", 2, 2, 0, {"USD": "11.23"}, {}),
        ("wallets-and-banks-cn-hk/example-alipay-records.csv", 10, 7, 3, {"CNY": "222215.94"}, {}),
        ("wallets-and-banks-cn-hk/example-wechat-records.csv", 27, 18, 9, {"CNY": "-6652.84"}, {}),
        ("wallets-and-banks-cn-hk/example-hsbchk-debit-records.csv", 10, 10, 0, {"CNY": "12500.00", "HKD": "9478.95"}, {}),
        ("wallets-and-banks-cn-hk/example-hsbchk-credit-records.csv", 11, 11, 0, {"CNY": "1732.27", "HKD": "-27.90"}, {}),
    ],
)  # fmt: skip
def test_real_files_come_out_to_the_last_digit_once_and_again(
    data: Path, name: str, rows: int, new: int, left: int, totals: dict[str, str], settled: dict[str, str]
) -> None:
    account()
    path = data / "platform-exports" / name
    told = flow.answer(taken(path, account="main"))
    assert (told["rows"], told["new"], told["left"], told["rejected"]) == (rows, new, left, [])
    assert (told["totals"], told["settled"]) == (totals, settled)
    before = list(BankLine.objects.order_by("pk").values())
    again = flow.answer(taken(path, account="main"))
    assert (again["new"], again["changed"], again["same"]) == (0, 0, new)
    assert list(BankLine.objects.order_by("pk").values()) == before
    assert {row["source"] for row in before} == {path.name}
    assert all(row["source_line"] > 1 for row in before)


@pytest.mark.data
def test_a_wallet_file_and_its_workbook_are_the_same_lines(data: Path) -> None:
    account()
    folder = data / "platform-exports" / "wallets-and-banks-cn-hk"
    taken(folder / "example-wechat-records.csv", account="main")
    told = flow.answer(taken(folder / "example-wechat-records.xlsx", account="main"))
    assert (told["new"], told["same"], BankLine.objects.count()) == (0, 18, 18)


@pytest.mark.data
def test_statements_find_their_account_by_its_number_and_end_at_the_stated_balance(data: Path) -> None:
    account("pl", number="PL29 1140 1081 0000 2670 0200 1002")
    told = flow.answer(taken(data / "platform-exports" / "mt940" / "mBank" / "mt940.sta"))
    assert (told["new"], told["totals"]) == (3, {"PLN": "0.03"})
    assert "0.43 PLN" in told["notes"][0]
    again = flow.answer(
        taken(data / "platform-exports" / "mt940" / "mBank" / "mt942.sta")
    )  # the same day, told before its end
    assert (again["new"], BankLine.objects.aggregate(all=Sum("amount"))["all"]) == (0, 300)


@pytest.mark.data
def test_a_statement_the_standard_does_not_allow_is_refused_with_its_line(data: Path) -> None:
    account("nl", number="NL81ASNB9999999999")
    path = data / "platform-exports" / "mt940" / "ASNB" / "0708271685_09022020_164516.940.txt"
    batch = bring(path)
    assert (batch.state, BankLine.objects.count()) == ("failed", 0)
    assert "6" in batch.error
    assert "18" in batch.error
    told = flow.answer(taken(path, lenient="yes"))
    assert (told["new"], told["totals"]) == (8, {"EUR": "56.94"})


@pytest.mark.data
def test_a_statement_whose_lines_do_not_lead_to_its_balance_says_so(data: Path) -> None:
    account()
    notes = bring(
        data / "platform-exports" / "mt940" / "betterplace" / "sepa_snippet_broken.sta", account="main"
    ).counts["notes"]
    assert "307603.86" in notes[0]


def test_lines_of_an_unknown_account_are_refused_and_tell_only_the_end_of_its_number(tmp_path: Path) -> None:
    account("other", number="DE02120300000000202051")
    path = tmp_path / "a.csv"
    path.write_text("Date,Amount,Currency,IBAN\n2026-03-01,5.00,EUR,DE89370400440532013000\n")
    batch = bring(path)
    (refused,) = batch.refused
    assert (refused["line"], "3000" in refused["reason"], "0044" in refused["reason"]) == (2, True, False)
    mismatch = bring(path, account="other")  # a file of another account than the one chosen
    assert (len(mismatch.refused), BankLine.objects.count()) == (1, 0)


def test_money_out_and_in_columns_and_directions_become_one_sign(tmp_path: Path) -> None:
    account(currency="EUR")
    path = tmp_path / "a.csv"
    path.write_text(
        "Date;Paid out;Paid in;Balance\n01.03.2026;1.234,50;;10,00\n31.03.2026;;20,00;30,00\n31.03.2026;;0,00;\n"
    )
    assert flow.answer(taken(path, account="main"))["totals"] == {"EUR": "-1214.50"}
    other = tmp_path / "b.csv"
    other.write_text("Date,Amount,Currency,Debit/Credit\n2026-04-01,7.00,EUR,D\n2026-04-02,9.00,EUR,C\n")
    assert flow.answer(taken(other, account="main"))["totals"] == {"EUR": "2.00"}


def test_equal_lines_of_one_day_stay_two_and_a_state_is_renewed(tmp_path: Path) -> None:
    account(currency="EUR")
    path = tmp_path / "a.csv"
    text = "Date,Amount,Currency,Description,Transaction status\n2026-04-01,7.00,EUR,Coffee,\n2026-04-01,7.00,EUR,Coffee,\n"
    path.write_text(text)
    taken(path, account="main")
    assert BankLine.objects.count() == 2
    path.write_text(text.replace("Coffee,\n", "Coffee,Booked\n"))
    told = flow.answer(taken(path, account="main"))
    assert (told["changed"], BankLine.objects.filter(state="Booked").count(), BankLine.objects.count()) == (2, 2, 2)


def test_a_number_is_kept_encrypted_and_told_nowhere() -> None:
    made = account(number="DE89 3704 0044 0532 0130 00")
    with connection.cursor() as cursor:
        cursor.execute("SELECT number FROM trade_bankaccount")
        assert "0130" not in cursor.fetchone()[0]
    assert shown_number(made) == "…3000"
    assert account_by_number("de89370400440532013000") == made
    assert "0532" not in str(list(Event.objects.values()))


def test_accounts_need_a_code_and_number_of_their_own() -> None:
    account(number="DE89370400440532013000")
    for more in (
        {"code": "main"},
        {"code": "b", "number": "DE89 3704 0044 0532 0130 00"},
        {"code": "c", "currency": "XXY"},
    ):
        with pytest.raises(Refused):
            save_bank_account.system(**{"name": "B", **more})
    assert BankAccount.objects.count() == 1


def test_lines_are_seen_and_brought_in_where_one_holds_the_right_alone(tmp_path: Path) -> None:
    de, us = (Entity.objects.create(code=code, name=code, country=code[:2], currency="EUR") for code in ("DE", "US"))
    account("de", "EUR", entity=de)
    account("us", "EUR", entity=us)
    role = Role.objects.create(code="r", name={"en": "R"}, codes=["finance.view_bank", "finance.import_bank_lines"])
    ann = Person.objects.create(key="P-1", name="Ann")
    Grant.objects.create(person=ann, role=role, entity=de)
    path = tmp_path / "a.csv"
    path.write_text("Date,Amount\n2026-04-01,7.00\n")
    for code in ("de", "us"):
        taken(path, account=code)
    assert [one.account.code for one in lines(ann)] == ["de"]
    assert [one.code for one in accounts(ann)] == ["de"]
    with pytest.raises(Refused):  # not even offered
        flow.open_sheet(ann, BANK, name="a.csv", content=[b"x"], options={"account": "us"})
    batch = flow.open_sheet(ann, BANK, name="a.csv", content=[path.read_bytes()], options={"account": "de"})
    assert flow.try_out(batch, ann).state == "ready"
    Grant.objects.all().delete()
    ann = Person.objects.get()
    with pytest.raises(NotAllowed):
        flow.take_sheet(ann, batch)
    assert BankLine.objects.count() == 2


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (wallets.OUT, ("支出", "交易成功", "余额", "日用")),
        (wallets.OUT, ("支出", "交易关闭", "", "一卡通")),
        (wallets.CLOSED, ("不计收支", "交易关闭", "", "xxxx")),
        (wallets.IN, ("不计收支", "退款成功", "余额宝", "退款")),
        (wallets.ELSEWHERE, ("不计收支", "退款成功", "交通银行信用卡(7449)", "退款")),
        (wallets.UNPAID, ("支出", "等待付款", "余额", "")),
        (wallets.NEUTRAL, ("不计收支", "交易成功", "余额", "其他")),
    ],
)
def test_alipay_words(answer: int | str, words: tuple[str, str, str, str]) -> None:
    assert wallets.alipay(*words) == answer


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (wallets.ELSEWHERE, ("商户消费", "支出", "支付成功", "中国银行(1234)")),
        (wallets.OUT, ("商户消费", "支出", "支付成功", "零钱")),
        (wallets.OUT, ("零钱提现", "/", "提现已到账", "工商银行")),
        (wallets.IN, ("零钱充值", "/", "充值完成", "工商银行(9876)")),
        (wallets.INSIDE, ("零钱通转出-到零钱", "/", "支付成功", "零钱通")),
        (wallets.UNPAID, ("商户消费", "支出", "支付失败", "零钱")),
        (wallets.UNKNOWN, ("商户消费", "both", "支付成功", "零钱")),
    ],
)
def test_wechat_words(answer: int | str, words: tuple[str, str, str, str]) -> None:
    assert wallets.wechat(*words) == answer


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("51210600/9223382012EUR", "9223382012"),
        ("DE89 3704 0044 0532 0130 00", "DE89370400440532013000"),
        ("PL25106000760000888888888888", "PL25106000760000888888888888"),
    ],
)
def test_numbers_as_banks_write_them(text: str, wanted: str) -> None:
    assert wanted in number_forms(text)


@given(st.text(max_size=40))
def test_the_end_of_a_number_never_tells_more_than_four_signs(number: str) -> None:
    assert len(last_digits(number)) <= 5


@given(st.lists(st.tuples(st.integers(1, 3), st.sampled_from(["a", "b"])), max_size=8))
def test_keys_are_one_a_line_and_the_same_in_every_reading(said: list[tuple[int, str]]) -> None:
    def keys() -> list[str]:
        made = LineKeys()
        return [made.key(1, "", date(2026, 1, 1), units, "EUR", word) for units, word in said]

    first = keys()
    assert len(set(first)) == len(said)
    assert keys() == first


def test_exact_units_are_what_amounts_are(tmp_path: Path) -> None:
    account(currency="JPY")
    path = tmp_path / "a.csv"
    path.write_text("Date,Amount\n2026-04-01,123456789012.3456\n")
    taken(path, account="main")
    assert from_units(BankLine.objects.get().amount) == Decimal("123456789012.3456")
