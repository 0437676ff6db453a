"""The checks find what they are for, and leave good files alone."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from config.check import lanes, templates, total, tracked

GOOD = """{% load i18n %}{# note about Orders #}
<h1>{% translate "Orders" %}</h1><c-card title="{% translate 'Shops' %}">{{ count }} · CSV</c-card>
<label for="{{ field.id }}">{{ label }}</label><input id="{{ field.id }}" name="q">
<input type="hidden" name="version"><label>{{ name }} <select></select></label>
<form method="post">{% csrf_token %}<button>{% blocktranslate %}Save {{ name }}{% endblocktranslate %}</button></form>
<img src="x.png" alt=""><script src="{% static 'ui/app.js' %}" defer></script><script nonce="{{ nonce }}">let words = "not shown"</script>
<script type="application/json" id="data">{"a": "b"}</script><kbd>Ctrl</kbd>
"""


def test_good_template_has_no_problem() -> None:
    assert templates.problems(GOOD) == []


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("<h1>Orders</h1>", "untranslated text: 'Orders'"),
        ("<p>订单</p>", "untranslated text: '订单'"),
        ("<a title='Open it'>{{ x }}</a>", "untranslated title"),
        ("<c-card label='Orders' />", "untranslated label"),
        ("<p {% if a %}title='Late'{% endif %}></p>", "untranslated title"),
        ("<p style='color:red'></p>", "a style attribute"),
        ("<p onclick='x()'></p>", "an inline handler onclick"),
        ("<a href='javascript:void(0)'></a>", "a javascript: address"),
        ("<script>x()</script>", "<script> without a nonce"),
        ("<script src='https://cdn.example/x.js'></script>", "<script> from another host"),
        ("<img src='a.png'>", "<img> without alt"),
        ("<input name='q'>", "<input> without a label"),
        ("<label for='a'></label><input id='b'>", "<input> without a label"),
        ("<form method='post'></form>", "a posting form without csrf_token"),
        ("{{ text|safe }}", "markup is trusted unescaped"),
    ],
)
def test_bad_template_is_found_with_its_line(source: str, words: str) -> None:
    found = templates.problems("\n\n" + source)
    assert [line for line, _ in found] == [3]
    assert words in found[0][1]


@pytest.mark.parametrize(
    ("name", "content", "wrong"),
    [
        ("requirements/base.txt", "--index-url https://mirror.example/simple", True),
        ("requirements/base.txt", "django==5.2.19", False),
        ("package-lock.json", '"resolved": "x"', True),
        ("README.md", "see https://example.com", False),
        ("docs/a.md", "kept in /" + "root/secret", True),
        ("x.py", 'index = "https://pypi' + '.org/simple"', True),
    ],
)
def test_tracked_file_that_names_a_host_or_a_machine_path_is_found(name: str, content: str, wrong: bool) -> None:
    assert bool(list(tracked.problems(name, content.encode()))) is wrong


def test_total_counts_a_part_without_report_as_failed(tmp_path: Path) -> None:
    rows = [{"passed": 10, "failed": 1}, {"passed": 5, "failed": 0}]
    (tmp_path / "lanes.json").write_text(json.dumps({"rows": rows}))
    assert total.total(tmp_path) == (15, 2)
    (tmp_path / "check.json").write_text(json.dumps({"passed": 9, "failed": 0}))
    assert total.total(tmp_path) == (24, 1)


def test_report_of_a_lane_is_added_up(tmp_path: Path) -> None:
    report = tmp_path / "lane.xml"
    report.write_text('<testsuites><testsuite tests="9" failures="1" errors="1" skipped="3"/></testsuites>')
    outcome = lanes.Outcome("sqlite")
    lanes.read_report(report, outcome)
    assert (outcome.passed, outcome.failed, outcome.skipped) == (4, 2, 3)


def test_lane_whose_tool_is_missing_is_skipped_or_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.delenv("CHROMIUM", raising=False)
    assert lanes.run_lane("browser", False, []).failed == 0
    required = lanes.run_lane("browser", True, [])
    assert required.failed == 1 and "no Chromium" in required.missing
