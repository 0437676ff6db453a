"""Words of the same meaning, the answer to 'where is it', and searches in vain that become to-dos."""

from __future__ import annotations

import pytest
from django.urls import reverse

from tradewind.base.errors import Refused
from tradewind.engines.access import search
from tradewind.engines.inbox.models import Todo
from tradewind.engines.jobs.queue import run_now
from tradewind.engines.library import actions
from tradewind.engines.library.factories import published, rewritten, space
from tradewind.engines.library.models import Document, SearchDay, SearchMiss, Synonym
from tradewind.engines.library.queries import searching
from tradewind.engines.library.tests.test_views import body, signed_in

pytestmark = pytest.mark.django_db


def test_synonym_finds_pages_with_the_other_word_in_another_language() -> None:
    _client, person = signed_in("member")
    page = published("Money back", "How customers get a refund.")
    search.index(Document.objects.all())
    assert not searching.find(person, "退款") and page.pk not in searching.matching("退款")
    actions.save_synonym.system(words="refund\n退款\nmoney-back\n")
    hits = searching.find(person, "退款")
    assert [hit.document.pk for hit in hits] == [page.pk]
    assert ("new", "refund") in hits[0].pieces and page.pk in searching.matching("退款")


def test_exact_words_come_before_their_synonyms() -> None:
    _client, person = signed_in("member")
    published("Refund", "A refund goes out in 14 days.")
    exact = published("退款", "退款在 14 天内完成。", language="zh-hans")
    search.index(Document.objects.all())
    actions.save_synonym.system(words="refund\n退款")
    assert searching.find(person, "退款", language="zh-hans")[0].document == exact


def test_synonyms_are_refused_alone_doubled_or_too_long() -> None:
    client, _person = signed_in("people")
    actions.save_synonym.system(words="refund\n退款")
    for words in ("alone", "Refund\nother", "x" * 61 + "\ny"):
        answer = client.post(reverse("library:synonym-new"), {"words": words})
        assert answer.status_code == 422, words
    with pytest.raises(Refused):
        actions.save_synonym.system(words="same\nsame")
    assert Synonym.objects.count() == 1
    kept = Synonym.objects.get()
    assert (
        client.post(
            reverse("library:synonym-edit", args=[kept.pk]), {"words": "refund\n退货", "version": "1"}
        ).status_code
        == 302
    )
    assert client.post(reverse("library:synonym-remove", args=[kept.pk])).headers["Location"] == reverse(
        "library:synonym-list"
    )
    assert not Synonym.objects.exists()


def test_where_answers_in_both_languages_and_counts_no_search() -> None:
    client, _person = signed_in("auditor", language="zh-hans")
    rewritten(
        published("Sick leave", "Call your lead before ten."), "十点前打电话给主管。", language="zh-hans", title="病假"
    )
    search.index(Document.objects.all())
    page = body(client, "where", q="sick leave")
    assert "Call your lead" in page and "十点前打电话" in page and page.index("病假") < page.index("Sick leave")
    assert "<html" not in page
    assert "No page says this" in body(signed_in("auditor")[0], "where", q="unicorns")
    assert not SearchDay.objects.exists() and not SearchMiss.objects.exists()
    found = body(client, "search", q="sick leave")
    assert "十点前打电话" in found and SearchDay.objects.get().found == 1


def test_where_shows_nothing_of_drafts_and_closed_spaces() -> None:
    client, _person = signed_in("auditor")
    actions.create_document.system(space=space(), kind="structure.page", title="Secret plan", body="hidden words")
    search.index(Document.objects.all())
    assert "Secret" not in body(client, "where", q="hidden words")


def test_search_in_vain_becomes_a_todo_that_an_answer_settles() -> None:
    client, lead = signed_in("people")
    _other, member = signed_in("member")
    for _time in range(2):
        searching.note_search("unicorns", found=False)
    miss = SearchMiss.objects.get()
    with pytest.raises(Refused):
        actions.assign_search.system(miss, person=member)
    assert client.post(reverse("library:miss-assign", args=[miss.pk]), {"person": lead.pk}).status_code == 302
    todo = Todo.objects.get()
    assert (todo.person, todo.kind, todo.state) == (lead, "library.answer_wanted", Todo.OPEN)
    actions.answer_search(lead, miss, document=published("Horses"))
    todo.refresh_from_db()
    assert todo.state == Todo.DONE
    with pytest.raises(Refused):
        actions.assign_search.system(miss, person=lead)


def test_what_is_often_searched_in_vain_is_asked_of_the_keeper_once() -> None:
    _client, keeper = signed_in("people")
    space("handbook", owner=keeper)
    for _time in range(2):
        searching.note_search("rare", found=False)
    for _time in range(3):
        searching.note_search("frequent", found=False)
    assert run_now("library.ask_answers") == {"asked": 1}
    assert run_now("library.ask_answers") == {"asked": 0}
    assert Todo.objects.get().data["words"] == "frequent" and SearchMiss.objects.get(words="frequent").asked == keeper
