"""Pure parts: what Markdown may do, which language one gets, what a comparison and a reminder say."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradewind.engines.library import rules


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))",
        "![x](data:image/svg+xml;base64,AA)",
        '<img src=x onerror="alert(1)">',
        "[x](vbscript:a)",
        '# <h1 onclick="x">',
    ],
)
def test_text_can_do_no_harm(text: str) -> None:
    drawn = rules.draw(text).html.lower()
    assert (
        "<script" not in drawn and 'href="javascript' not in drawn and "<img" not in drawn and 'href="vb' not in drawn
    )
    assert "<h1 onclick" not in drawn


@given(st.text(max_size=300))
def test_any_text_is_drawn_without_scripts_or_handlers(text: str) -> None:
    drawn = rules.draw(text).html.lower()
    assert "<script" not in drawn and "<iframe" not in drawn


def test_tables_tasks_headings_and_mentions_are_drawn() -> None:
    found = rules.draw(
        "# One\n\n## Two *x*\n\n- [ ] a\n- [x] b\n\n|a|b|\n|-|-|\n|1|2|\n\nHi @Ana López!", names=["Ana López"]
    )
    assert [(one.level, one.words) for one in found.headings] == [(1, "One"), (2, "Two x")]
    assert '<h2 id="part-2">' in found.html
    assert "<li>☐ a</li>" in found.html and "<li>☑ b</li>" in found.html and 'class="table-list"' in found.html
    assert "<mark>@Ana López</mark>" in found.html


def test_links_inside_the_library_are_told_from_others() -> None:
    text = "[a](doc:7) [b](/library/documents/8/?language=en) [c](https://x.example/library/documents/9/) [d](doc:x) `[e](doc:5)`"
    assert rules.linked_documents(text) == {7, 8}


@pytest.mark.parametrize(
    ("available", "wanted", "source", "chosen"),
    [
        (["en", "zh-hans"], "zh-hans", "en", "zh-hans"),
        (["en", "zh"], "zh-hans", "en", "zh"),
        (["en", "zh-hans"], "zh", "en", "zh-hans"),
        (["de", "en"], "fr", "de", "de"),
        (["en", "es"], "fr", "de", "en"),
        (["es"], "fr", "de", "es"),
        ([], "fr", "de", ""),
    ],
)
def test_language_is_exact_then_base_then_source_then_english(
    available: list[str], wanted: str, source: str, chosen: str
) -> None:
    assert rules.choose(available, wanted, source) == chosen


LINES = st.lists(st.text(alphabet="ab 中文", max_size=8), max_size=8).map("\n".join)


@given(LINES, LINES)
def test_comparison_holds_both_wordings(before: str, after: str) -> None:
    lines = rules.compare(before, after)

    def told(side: str) -> list[str]:
        return ["".join(piece for _kind, piece in line.pieces) for line in lines if line.kind in ("same", side)]

    assert told("gone") == before.splitlines()
    assert told("new") == after.splitlines()


def test_chinese_is_compared_sign_by_sign() -> None:
    gone, new = rules.compare("付十欧元", "付二欧元")
    assert gone.pieces == (("same", "付"), ("gone", "十"), ("same", "欧元"))
    assert new.pieces == (("same", "付"), ("new", "二"), ("same", "欧元"))


NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


def test_reminders_come_three_days_and_one_day_before_then_weekly() -> None:
    due, day = NOW + timedelta(days=14), timedelta(days=1)
    moments, last = [NOW], NOW
    for told in range(1, 6):
        last = rules.wanted_at(NOW, due, told, last)
        moments.append(last)
    assert [(moment - due) / day for moment in moments] == [-14, -3, -1, 0, 7, 14]


@given(st.integers(1, 60), st.integers(0, 40))
def test_nobody_is_told_twice_within_a_day(days: int, told: int) -> None:
    last = NOW + timedelta(days=told)
    assert rules.wanted_at(NOW, NOW + timedelta(days=days), told + 1, last) >= last + timedelta(days=1)


def test_title_counts_more_than_words_in_the_text() -> None:
    assert rules.score("import duty", "Import duty", "x") > rules.score("import duty", "Customs", "import duty " * 9)


def test_snippet_shows_where_the_words_stand() -> None:
    pieces = rules.snippet("duty", "# Head\n\n" + "word " * 60 + "the *duty* is paid")
    assert ("new", "duty") in pieces and pieces[0] == ("same", "…")


@pytest.mark.parametrize(
    ("base", "mine", "theirs", "text", "clashes"),
    [
        ("a\nb\nc\n", "a\nB\nc\n", "a\nb\nc\nd\n", "a\nB\nc\nd\n", []),
        ("a\nb\nc", "x\na\nb1\nc", "a\nb2\nc", "x\na\nb1\nc", [("b1", "b2")]),
        ("a\nb\nc\n", "a\nc\n", "a\nb\nc\n", "a\nc\n", []),
        ("a\nb\nc\n", "a\nc\n", "a\nB\nc\n", "a\nc\n", [("", "B")]),
        ("a\n", "same\n", "same\n", "same\n", []),
        ("", "mine", "theirs", "mine", [("mine", "theirs")]),
    ],
)
def test_merge_joins_both_sides(base: str, mine: str, theirs: str, text: str, clashes: list[tuple[str, str]]) -> None:
    found = rules.merge(base, mine, theirs)
    assert found.text == text and [(clash.mine, clash.theirs) for clash in found.clashes] == clashes


LINES = st.lists(st.sampled_from(["a\n", "b\n", "c\n", "d\n"]), max_size=8).map("".join)


@given(LINES, LINES, LINES)
def test_merge_with_one_side_unchanged_is_the_other_and_own_words_never_go(base: str, mine: str, theirs: str) -> None:
    assert rules.merge(base, base, theirs).text == theirs
    assert rules.merge(base, mine, base).text == mine
    assert rules.merge(base, mine, mine) == rules.Merged(mine)
    joined, fresh = rules.merge(base, mine, theirs).text, set(mine.splitlines()) - set(base.splitlines())
    assert fresh <= set(joined.splitlines())


def test_ways_to_say_take_whole_words_and_stay_few() -> None:
    groups = [["refund", "退款", "money back"], ["policy", "政策"]]
    assert rules.ways_to_say("Refund", groups) == ["Refund", "退款", "money back"]
    assert rules.ways_to_say("refunds", groups) == ["refunds"]
    assert rules.ways_to_say("退款流程", groups)[1:] == ["refund流程", "money back流程"]
    assert "退款 政策" in rules.ways_to_say("refund policy", groups)
    assert len(rules.ways_to_say("refund policy", [*groups, ["refund", *"abcdefghij"]])) <= rules.MOST_WAYS
