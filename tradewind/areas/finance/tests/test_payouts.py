"""Payouts against the bank: parts add up to the payout, what is received plus what differs does as well, nothing is joined by chance."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradewind.areas.finance.actions.matching import match_line, match_payout, match_payouts
from tradewind.areas.finance.jobs.bank import match_now
from tradewind.areas.finance.models import LinePart
from tradewind.areas.finance.queries.payouts import (
    bridge,
    could_be,
    found_matches,
    parts_of,
    standing_of,
)
from tradewind.areas.finance.rules.reconcile import (
    ARRIVED,
    ASKED,
    CHARGED,
    CONVERTED,
    DIFFERS,
    OVERDUE,
    WAITING,
    Arrival,
    Due,
    match,
    parts,
    shared,
    standing,
)
from tradewind.base.errors import NotAllowed, Refused
from tradewind.engines.actions.models import Event
from tradewind.engines.metrics.tests.trade import make_channel, make_order
from tradewind.nouns.org.models import Person
from tradewind.nouns.trade.models import BankAccount, BankLine, Channel, Fee, Payment, Payout

DAY = date(2026, 3, 10)
TODAY = date(2026, 6, 1)
UNITS = st.integers(-(10**12), 10**12)


@given(UNITS, UNITS, UNITS, UNITS, UNITS)
def test_parts_with_what_is_unexplained_are_the_payout(
    stated: int, orders: int, refunds: int, fees: int, reserves: int
) -> None:
    assert parts(stated, orders=orders, refunds=refunds, fees=fees, reserves=reserves).total == stated


@given(UNITS, st.lists(UNITS, max_size=4))
def test_received_and_difference_are_the_payout(stated: int, received: list[int]) -> None:
    found = standing(stated, [(units, True) for units in received], due=DAY, today=TODAY)
    assert found.received + found.difference == stated


@pytest.mark.parametrize(
    ("state", "received", "today"),
    [
        (ARRIVED, [(1_000_000, True)], TODAY),
        (ARRIVED, [(400_000, True), (600_000, True)], TODAY),
        (CHARGED, [(985_000, True)], TODAY),
        (DIFFERS, [(900_000, True)], TODAY),
        (DIFFERS, [(1_100_000, True)], TODAY),
        (CONVERTED, [(7_100_000, False)], TODAY),
        (OVERDUE, [], TODAY),
        (WAITING, [], DAY + timedelta(days=3)),
    ],
)
def test_states_of_a_payout(state: str, received: list[tuple[int, bool]], today: date) -> None:
    assert standing(1_000_000, received, due=DAY, today=today).state == state


def test_several_lines_that_fit_are_asked() -> None:
    assert standing(1, [], due=DAY, today=TODAY, asked=True).state == ASKED


def due(pk: int, units: int, day: date = DAY, mark: str = "AMZN-77") -> Due:
    return Due(pk, day, units, "EUR", (mark,))


def line(pk: int, units: int, day: date = DAY, text: str = "", currency: str = "EUR") -> Arrival:
    return Arrival(pk, day, units, currency, text)


def test_one_line_that_fits_one_payout_is_sure() -> None:
    found = match([due(1, 100)], [line(7, 100, DAY + timedelta(days=2)), line(8, 101)])
    assert (found.sure, found.asked) == ({1: (7,)}, {})


@pytest.mark.parametrize(
    "wrong",
    [
        line(7, 99),
        line(7, 100, DAY + timedelta(days=8)),
        line(7, 100, DAY - timedelta(days=2)),
        line(7, 100, currency="USD"),
    ],
)
def test_lines_of_other_amount_day_or_currency_are_none(wrong: Arrival) -> None:
    found = match([due(1, 100)], [wrong])
    assert (found.sure, found.asked) == ({}, {})


def test_equal_lines_are_asked_unless_their_words_decide() -> None:
    assert match([due(1, 100)], [line(7, 100), line(8, 100)]).asked == {1: (7, 8)}
    found = match([due(1, 100)], [line(7, 100), line(8, 100, text="amzn-77 settlement")])
    assert (found.sure, found.asked) == ({1: (8,)}, {})


def test_a_sure_one_frees_the_next() -> None:
    found = match([due(1, 100, mark="AAAA"), due(2, 100, mark="BBBB")], [line(7, 100, text="aaaa"), line(8, 100)])
    assert (found.sure, found.asked) == ({1: (7,), 2: (8,)}, {})


def test_a_line_that_lacks_a_charge_is_asked_where_its_words_speak_for_it() -> None:
    found = match([due(1, 1000)], [line(7, 985, text="amzn-77"), line(8, 990), line(9, 900, text="amzn-77")])
    assert (found.sure, found.asked) == ({}, {1: (7,)})


def test_a_payout_that_arrives_in_pieces_with_its_marks_is_sure() -> None:
    lines = [line(7, 60, text="AMZN-77 1/2"), line(8, 40, text="AMZN-77 2/2"), line(9, 40)]
    assert match([due(1, 100)], lines).sure == {1: (7, 8)}
    assert match([due(1, 100)], [line(7, 60), line(8, 40)]).sure == {}


@given(
    st.lists(st.tuples(st.integers(1, 4), st.integers(0, 6)), max_size=6),
    st.lists(st.tuples(st.integers(1, 4), st.integers(0, 9), st.booleans()), max_size=8),
)
def test_no_line_is_joined_twice_and_sure_ones_add_up(
    wanted: list[tuple[int, int]], arrived: list[tuple[int, int, bool]]
) -> None:
    dues = [due(n, units, DAY + timedelta(days=day)) for n, (units, day) in enumerate(wanted)]
    lines = [
        line(n, units, DAY + timedelta(days=day), "AMZN-77" if marked else "")
        for n, (units, day, marked) in enumerate(arrived)
    ]
    found = match(dues, lines)
    taken = [one for listed in found.sure.values() for one in listed]
    assert len(taken) == len(set(taken))
    amounts = {one.pk: one.units for one in lines}
    for one in dues:
        if one.pk in found.sure:
            assert sum(amounts[pk] for pk in found.sure[one.pk]) == one.units
    assert not set(found.sure) & set(found.asked)


# --- with records --------------------------------------------------------------------------------------------------


def payout(channel: Channel, units: int = 900_000, key: str = "S1", day: date = DAY) -> Payout:
    return Payout.objects.create(
        channel=channel, external_id=key, day=day, start=day - timedelta(days=14), end=day, amount=units, currency="EUR"
    )


def bank_line(units: int, key: str = "k", day: date = DAY, currency: str = "EUR", text: str = "") -> BankLine:
    account, _made = BankAccount.objects.get_or_create(code="main", defaults={"name": "Main"})
    return BankLine.objects.create(account=account, key=key, day=day, amount=units, currency=currency, text=text)


def charge(channel: Channel, key: str, units: int, status: str = "paid", day: date = DAY) -> None:
    Payment.objects.create(
        channel=channel,
        key=key,
        paid_at=f"{day}T10:00:00Z",
        day=day,
        status=status,
        amount=units,
        currency="EUR",
        fee=0,
        fee_tax=0,
    )


@pytest.mark.django_db
def test_parts_of_a_settlement_are_its_own_rows() -> None:
    channel = make_channel()
    one = payout(channel)
    charge(channel, "S1-a", 1_200_000)
    charge(channel, "S1-b", -100_000, "refund")
    charge(channel, "S2-a", 5_000_000)
    for key, kind, units in (
        ("a", "ItemFees/Commission", 150_000),
        ("b", "other-transaction/Current Reserve Amount", 50_000),
    ):
        Fee.objects.create(channel=channel, key=key, payout=one, kind=kind, day=DAY, amount=units, currency="EUR")
    found = parts_of(one)
    assert (found.orders, found.refunds, found.fees, found.reserves, found.unexplained) == (
        1_200_000, -100_000, -150_000, -50_000, 0,
    )  # fmt: skip
    Payout.objects.update(amount=910_000)
    one.refresh_from_db()
    assert parts_of(one).unexplained == 10_000


@pytest.mark.django_db
def test_a_payout_no_row_names_is_made_of_the_charges_of_its_days() -> None:
    channel = make_channel()
    one = payout(channel)
    charge(channel, "ch_1", 950_000, day=DAY - timedelta(days=3))
    charge(channel, "ch_2", 700_000, day=DAY - timedelta(days=40))
    assert (parts_of(one).orders, parts_of(one).unexplained) == (950_000, -50_000)


@pytest.mark.django_db
def test_sure_pairs_are_joined_once_and_others_left() -> None:
    channel = make_channel()
    first, second = payout(channel), payout(channel, 800_000, "S2")
    bank_line(900_000, "a")
    bank_line(800_000, "b")
    bank_line(800_000, "c")
    assert (match_now(), match_now()) == (1, 0)
    first.refresh_from_db()
    assert standing_of(first, TODAY).state == ARRIVED
    assert set(found_matches().asked) == {second.pk}
    assert Event.objects.filter(name="finance.match_payouts").count() == 1


@pytest.mark.django_db
def test_a_payout_that_somebody_joined_meanwhile_is_not_joined_again_by_itself() -> None:
    channel = make_channel()
    first, second = payout(channel), payout(channel, 800_000, "S2")
    mine, whole = bank_line(900_000, "a"), bank_line(1_700_000, "b")
    found = [LinePart(line=whole, payout=one, amount=one.amount) for one in (first, second)]
    match_payout.system(first, lines=[mine])
    assert match_payouts.system(parts=found) == 0
    assert list(LinePart.objects.values_list("line", "payout")) == [(mine.pk, first.pk)]


@pytest.mark.django_db
def test_a_hand_joins_lines_of_any_currency_and_frees_them_again() -> None:
    channel = make_channel()
    one = payout(channel)
    yuan = bank_line(7_000_000, "a", currency="CNY")
    match_payout.system(one, lines=[yuan])
    assert standing_of(Payout.objects.get(), TODAY).state == CONVERTED
    match_payout.system(one, lines=[])
    assert (LinePart.objects.count(), standing_of(Payout.objects.get(), TODAY).state) == (0, OVERDUE)


@pytest.mark.django_db
def test_a_line_of_another_payout_is_not_taken_away() -> None:
    channel = make_channel()
    one, other = payout(channel), payout(channel, 900_000, "S2")
    taken = bank_line(900_000)
    match_payout.system(one, lines=[taken])
    taken.refresh_from_db()
    with pytest.raises(Refused):
        match_payout.system(other, lines=[taken])
    with pytest.raises(NotAllowed):
        match_payout(Person.objects.create(key="P-1", name="Ann"), other, lines=[])
    assert LinePart.objects.get().payout == one


@pytest.mark.django_db
def test_the_bridge_tells_orders_beside_settlements_and_adds_up() -> None:
    channel = make_channel()
    order = make_order(channel, DAY, (1_000_000,))
    type(order).objects.filter(pk=order.pk).update(stated_total=1_100_000, stated_fees=90_000)
    charge(channel, "S1-a", 1_080_000)
    charge(channel, "S1-b", -30_000, "refund")
    Fee.objects.create(channel=channel, key="a", kind="Commission", day=DAY, amount=100_000, currency="EUR")
    (found,) = [one for one in bridge(DAY, DAY) if one.currency == "EUR"]
    assert (found.orders, found.orders_settled, found.refunds_settled) == (1_100_000, 1_080_000, -30_000)
    assert (found.fees, found.fees_settled) == (-90_000, -100_000)
    assert (found.estimated, found.settled, found.difference) == (1_010_000, 950_000, -60_000)


# --- one line, several payouts ---------------------------------------------------------------------------------------


def test_a_line_that_is_several_payouts_of_one_channel_is_sure_when_no_other_set_fits() -> None:
    dues = [due(1, 100), due(2, 250), due(3, 70)]
    assert match(dues, [line(9, 350)]).together == {9: (1, 2)}
    assert match([*dues, due(4, 100)], [line(9, 350)]).together == {}  # 100 of either
    assert match([due(1, 100), Due(2, DAY, 250, "EUR", (), 5)], [line(9, 350)]).together == {}  # two channels
    assert match(dues, [line(9, 350), line(10, 350)]).together == {}  # either line


@given(
    st.lists(st.tuples(st.integers(1, 9), st.integers(0, 2)), max_size=6),
    st.lists(st.integers(1, 30), max_size=4),
)
def test_joint_lines_are_the_sum_of_their_payouts_and_no_payout_arrives_twice(
    wanted: list[tuple[int, int]], arrived: list[int]
) -> None:
    dues = [Due(n, DAY, units, "EUR", (), group) for n, (units, group) in enumerate(wanted)]
    found = match(dues, [line(n, units) for n, units in enumerate(arrived)])
    taken = [pk for listed in found.together.values() for pk in listed] + list(found.sure)
    assert len(taken) == len(set(taken))
    for pk, listed in found.together.items():
        assert sum(dues[one].units for one in listed) == arrived[pk]
        assert len({dues[one].group for one in listed}) == 1
        assert pk not in {one for lines in found.sure.values() for one in lines}


@given(UNITS.filter(bool), st.lists(UNITS, min_size=1, max_size=5), st.booleans())
def test_shares_of_a_line_are_the_line(units: int, stated: list[int], same: bool) -> None:
    assert sum(shared(units, stated, same=same)) == units


def test_each_payout_of_a_line_counts_with_what_it_states_and_the_largest_takes_the_rest() -> None:
    assert shared(345, [100, 250], same=True) == [100, 245]
    assert shared(700, [100, 250], same=False) == [200, 500]


@pytest.mark.django_db
def test_payouts_that_arrive_as_one_line_are_joined_by_themselves() -> None:
    channel = make_channel()
    first, second = payout(channel), payout(channel, 800_000, "S2")
    whole = bank_line(1_700_000)
    assert (match_now(), match_now()) == (2, 0)
    assert [(part.payout, part.amount) for part in whole.parts.order_by("pk")] == [(first, 900_000), (second, 800_000)]
    assert {standing_of(row, TODAY).state for row in Payout.objects.all()} == {ARRIVED}


@pytest.mark.django_db
def test_a_hand_joins_a_line_with_payouts_and_frees_it_in_one_step() -> None:
    channel = make_channel()
    first, second = payout(channel), payout(channel, 800_000, "S2")
    whole = bank_line(1_695_000)
    match_line.system(whole, payouts=[first, second])
    assert [standing_of(row, TODAY).state for row in Payout.objects.order_by("pk")] == [CHARGED, ARRIVED]
    assert not LinePart.objects.exclude(line=whole).exists()
    match_line.system(whole, payouts=[])
    assert not LinePart.objects.exists()
    assert Event.objects.filter(name="finance.match_line").count() == 2


@pytest.mark.django_db
def test_a_payout_that_arrived_is_not_joined_with_a_second_line_and_nothing_changes() -> None:
    channel = make_channel()
    first, second = payout(channel), payout(channel, 800_000, "S2")
    match_payout.system(first, lines=[bank_line(900_000)])
    whole = bank_line(1_700_000, "b")
    before = list(LinePart.objects.values())
    with pytest.raises(Refused):
        match_line.system(whole, payouts=[first, second])
    with pytest.raises(NotAllowed):
        match_line(Person.objects.create(key="P-2", name="Bo"), whole, payouts=[second])
    assert list(LinePart.objects.values()) == before


@pytest.mark.django_db
def test_the_matching_finds_which_payouts_a_line_could_be() -> None:
    channel = make_channel()
    first, second = payout(channel), payout(channel, 800_000, "S2")
    payout(channel, 500_000, "S3")
    assert set(could_be(bank_line(1_700_000), Payout.objects.select_related("channel"))) == {first.pk, second.pk}
    assert could_be(bank_line(1_700_001, "b"), Payout.objects.select_related("channel")) == ()
