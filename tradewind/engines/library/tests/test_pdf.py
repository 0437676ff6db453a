"""PDFs of documents: every word arrives, Chinese too; nothing written becomes a command; rights are those of reading."""

from __future__ import annotations

import io
import string
import struct
import tempfile
import time
import zlib
from pathlib import Path

import pytest
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from tradewind.base import clock
from tradewind.engines.actions.models import Event
from tradewind.engines.library import pdf
from tradewind.engines.library.factories import published, rewritten
from tradewind.engines.library.models import Document, Version
from tradewind.engines.library.tests.test_views import signed_in
from tradewind.engines.library.typeset import markup
from tradewind.nouns.files.models import Attachment
from tradewind.nouns.files.queries import keep

WORDS = """# 一、范围

**请先申请**，再订票。 #set page(fill: red) \\ $x$ @nobody <label> "quoted"

- [ ] 提交申请
- [x] 主管批准

| 国家 | 上限 |
|:-----|-----:|
| 德国 | €120 |

```
#import "secret.typ"
```

[site](https://example.com/a?b=c) and [hidden](doc:999999) ![chart](file:chart.png) ![none](file:none.png)
"""


def block(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


DOT = (
    b"\x89PNG\r\n\x1a\n"
    + block(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0))
    + block(b"IDAT", zlib.compress(b"\0\xff\0\0"))
    + block(b"IEND", b"")
)


def attach(document: Document, name: str, content: bytes) -> Attachment:
    kept = keep([content])
    return Attachment.objects.create(subject_type="library.document", subject_id=document.pk, name=name, size=kept.size,
                                     sha256=kept.sha256, content_type="image/png")  # fmt: skip


def words_of(content: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)


@pytest.mark.django_db
def test_pdf_holds_title_version_day_and_every_word_in_chinese() -> None:
    client, _me = signed_in("auditor")
    document = rewritten(published("Travel", "English words."), WORDS, language="zh-hans", title="差旅政策")
    answer = client.get(reverse("library:document-pdf", args=[document.pk]), {"language": "zh-hans"})
    assert answer.status_code == 200 and answer.headers["Content-Type"] == "application/pdf"
    read = PdfReader(io.BytesIO(answer.content))
    words = words_of(answer.content)
    assert read.metadata is not None and read.metadata.title == "差旅政策"
    assert str(read.trailer["/Root"]["/Lang"]).lower().startswith("zh")  # type: ignore[index]
    assert [line.title for line in read.outline if not isinstance(line, list)] == ["一、范围"]
    for wanted in ("第 1 版", "请先申请", "☐ 提交申请", "☑ 主管批准", "€120", '#import "secret.typ"', "#set page(fill: red)",
                   "@nobody <label>", "[none]", "1 / 1"):  # fmt: skip
        assert wanted in words, wanted
    assert Event.objects.get(name="library.export_pdf").counts == {"language": "zh-hans", "version": 1}


@pytest.mark.django_db
def test_pdf_links_lead_to_the_site_and_never_to_what_one_may_not_read() -> None:
    client, _me = signed_in("auditor")
    target = published("Target")
    document = published("Links", f"[open](doc:{target.pk}) [shut](doc:999999) [out](https://example.com/)")
    read = PdfReader(io.BytesIO(client.get(reverse("library:document-pdf", args=[document.pk])).content))
    links = [note.get_object()["/A"]["/URI"] for note in read.pages[0]["/Annots"]]  # type: ignore[attr-defined]
    assert sorted(links) == sorted(["https://example.com/", f"http://127.0.0.1:8000/library/documents/{target.pk}/"])


@pytest.mark.django_db
def test_pdf_shows_pictures_and_says_the_words_of_broken_ones() -> None:
    document = published("Pictures", "![good](file:good.png) ![broken](file:broken.png)")
    shown = {
        name: attach(document, name, data) for name, data in [("good.png", DOT), ("broken.png", b"\x89PNG\r\n no")]
    }
    version = Version.objects.get(text__document=document)
    made = pdf.made(version, link=str, pictures=shown)
    assert len(PdfReader(io.BytesIO(made)).pages[0].images) == 1
    assert "[broken]" in words_of(made) and "[good]" not in words_of(made)


@pytest.mark.django_db
def test_pdf_of_a_draft_is_for_writers_alone_and_says_so() -> None:
    reader, _me = signed_in("auditor")
    writer, _other = signed_in("member")
    document = rewritten(published(body="Old words."), "New words.", publish=False)
    address = reverse("library:document-pdf", args=[document.pk])
    assert "Old words." in words_of(reader.get(address, {"version": "2"}).content)
    draft = words_of(writer.get(address, {"version": "2"}).content)
    assert "New words." in draft and "Draft" in draft
    hidden = published("Hidden")
    Document.objects.filter(pk=hidden.pk).update(trashed_at=clock.now())
    assert reader.get(reverse("library:document-pdf", args=[hidden.pk])).status_code == 404


@settings(max_examples=40, deadline=None)
@given(st.text(alphabet=string.printable + '风#[]{}()\\"$@<>信\u2028', max_size=300))
def test_any_text_can_be_set(body: str) -> None:
    assert set_alone(body).startswith(b"%PDF")


def test_long_text_is_set_at_once() -> None:
    begun = time.process_time()
    made = set_alone("字 words **bold** and more of them, line after line.\n\n" * 3000)
    assert len(PdfReader(io.BytesIO(made)).pages) > 50
    assert time.process_time() - begun < 10


def set_alone(body: str) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        return pdf.compiled(Path(folder), "#" + markup(body, link=lambda target: "", picture=lambda target: ""))
