"""Knowledge in a real browser: an answer while one types, two editors who see each other, and their texts joined."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import NewPage
from tests.browser.test_documents import Faults, keep, writer
from tradewind.engines.access import search
from tradewind.engines.access.models import Grant, Role
from tradewind.engines.library import actions
from tradewind.engines.library.factories import published, rewritten, space
from tradewind.engines.library.models import Document, DocumentText, Version
from tradewind.engines.library.queries import searching
from tradewind.engines.library.readings import count_reading
from tradewind.nouns.org.models import Person, User

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
__all__ = ["writer"]


def second() -> User:
    """A colleague with the same rights."""
    person = Person.objects.create(name="Jonas Weber", email="jonas@example.com", zone="Europe/Berlin")
    Grant.objects.create(person=person, role=Role.objects.get(code="general_manager"))
    return User.objects.create_user("jonas@example.com", "a long password", person=person)


def handbook() -> None:
    """A little knowledge: two languages, one out of date, some use, a search in vain."""
    space("handbook", name={"en": "Handbook", "zh-hans": "员工手册"})
    leave = rewritten(published("Sick leave", "Call your lead before ten. A certificate is due on day four."),
                      "十点前打电话给主管，第四天起需要病假证明。", language="zh-hans", title="病假")  # fmt: skip
    duty = rewritten(
        published("Customs basics", "Duty is paid by us."), "关税由我们缴纳。", language="zh-hans", title="清关基础"
    )
    rewritten(duty, "Duty and tax are paid by us.")
    published("Returns in Germany", "Fourteen days, free of charge.")
    for document, times in ((leave, 12), (duty, 5)):
        for _time in range(times):
            count_reading(document)
    for words, times in (("parental leave", 4), ("iban 变更", 2)):
        for _time in range(times):
            searching.note_search(words, found=False)
    actions.save_synonym.system(words="sick leave\n病假\nillness")
    search.index(Document.objects.all())


@pytest.mark.parametrize(
    ("theme", "phone", "language"), [("light", False, "en"), ("dark", False, "zh-hans"), ("light", True, "zh-hans")]
)
def test_knowledge_home_answers_while_one_types(
    new_page: NewPage, serious_faults: Faults, writer: User, theme: str, phone: bool, language: str
) -> None:
    handbook()
    Person.objects.update(language=language)
    page = new_page(writer, theme=theme, phone=phone, language=language)
    page.goto("/library/")
    assert serious_faults(page) == []
    keep(page, f"home-{theme}-{'phone' if phone else 'wide'}")
    page.locator(".library-search input").press_sequentially("illness" if language == "en" else "病假", delay=20)
    expect(page.locator("#library-where .library-answer")).to_contain_text("Call your lead")
    expect(page.locator("#library-where .library-answer")).to_contain_text("十点前")
    assert serious_faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    keep(page, f"where-{theme}-{'phone' if phone else 'wide'}")


@pytest.mark.parametrize(("theme", "phone"), [("light", False), ("dark", True)])
def test_two_editors_see_each_other_and_join_their_texts(
    new_page: NewPage, serious_faults: Faults, writer: User, theme: str, phone: bool
) -> None:
    published("Returns", "One.\n\nTwo.\n\nThree.\n")
    address = f"/library/texts/{DocumentText.objects.get().pk}/edit/"
    mine, theirs = new_page(writer, theme=theme, phone=phone), new_page(second())
    mine.goto(address)
    expect(mine.locator("#library-preview")).to_contain_text("Three.")
    theirs.goto(address)
    expect(theirs.locator(".library-present")).to_contain_text("Lin Mei")
    theirs.locator("#id_body").fill("One.\n\nTwo, they say.\n\nThree.\n\nFour.\n")
    theirs.get_by_role("button", name="Save").click()
    expect(theirs.locator("article")).to_be_visible()
    mine.locator("#id_body").fill("Zero.\n\nOne.\n\nTwo, I say.\n\nThree.\n")
    mine.get_by_role("button", name="Save").click()
    expect(mine.locator("h1")).to_contain_text("Somebody else changed this")
    expect(mine.locator("#id_body")).to_have_value("Zero.\n\nOne.\n\nTwo, I say.\n\nThree.\n\nFour.\n")
    expect(mine.locator(".library-clashes")).to_contain_text("Two, they say.")
    assert serious_faults(mine) == []
    assert mine.evaluate("document.documentElement.scrollWidth <= innerWidth")
    keep(mine, f"conflict-{theme}-{'phone' if phone else 'wide'}")
    mine.get_by_role("button", name="Save the joined text").click()
    expect(mine.locator("article").first).to_be_visible()
    newest = Version.objects.order_by("-number").first()
    assert newest is not None and "Zero." in newest.body and "Four." in newest.body and "Two, I say." in newest.body


@pytest.mark.parametrize(("theme", "phone"), [("light", False), ("dark", True)])
def test_first_hour_is_whole(new_page: NewPage, serious_faults: Faults, theme: str, phone: bool) -> None:
    person = Person.objects.create(name="Ada", email="ada@example.com", zone="UTC")
    Grant.objects.create(person=person, role=Role.objects.create(code="administrator", codes=["*"]))
    page = new_page(
        User.objects.create_user("ada@example.com", "a long password", person=person), theme=theme, phone=phone
    )
    page.goto("/structure/first-hour/")
    expect(page.locator(".first-steps > li")).to_have_count(5)
    assert serious_faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    keep(page, f"first-hour-{theme}-{'phone' if phone else 'wide'}")
