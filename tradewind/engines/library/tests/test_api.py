"""The words of documents and their search through the API."""

from __future__ import annotations

from typing import Any

import pytest

from tradewind.engines.library.factories import published, rewritten, space
from tradewind.engines.library.tests.test_views import signed_in
from tradewind.nouns.org.models import Market

pytestmark = pytest.mark.django_db


def test_published_words_are_told_and_drafts_are_not() -> None:
    client, _me = signed_in("member")
    document = rewritten(published("Customs", "Public."), "Secret.", publish=False)
    answer = client.get(f"/api/v1/library/documents/{document.pk}/texts/en").json()
    assert (answer["body"], answer["version"], answer["base"]) == ("Public.", 1, 2)
    assert client.get(f"/api/v1/library/documents/{document.pk}/texts/zh-hans").status_code == 404


def test_words_of_another_market_are_not_told() -> None:
    germany = Market.objects.create(code="de", name={"en": "Germany"}, currency="EUR")
    japan = Market.objects.create(code="jp", name={"en": "Japan"}, currency="JPY")
    client, _me = signed_in("country_manager", germany)
    document = published("Customs", space=space("jp", market=japan))
    assert client.get(f"/api/v1/library/documents/{document.pk}/texts/en").status_code == 404


def test_search_answers_in_both_languages(django_capture_on_commit_callbacks: Any) -> None:
    client, _me = signed_in("member")
    with django_capture_on_commit_callbacks(execute=True):
        document = rewritten(published("Customs", "How import duty is paid."), "缴纳进口关税。", language="zh-hans")
    for words in ("关税", "import duty"):
        rows = client.get("/api/v1/library/search", {"q": words}).json()["rows"]
        assert [row["document"] for row in rows] == [document.pk]
    assert client.get("/api/v1/library/search", {"q": "nothing of that"}).json() == {"rows": []}
