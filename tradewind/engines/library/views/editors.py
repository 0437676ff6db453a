"""Two people at one text: who else has it open, and both wordings with what can be joined of them."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from tradewind.engines.library import queries
from tradewind.engines.library.models import DocumentText
from tradewind.engines.library.readings import note_editor, others_editing
from tradewind.engines.library.rules import compare, merge
from tradewind.nouns.org.queries import reader
from tradewind.ui.pages import Page


class TextEditing(Page):
    """An open editor says that it is open, and learns who else has one and whether somebody has saved meanwhile."""

    area, section, name, path = "library", "structure", "text-editing", "texts/<int:pk>/editing/"
    title, read, in_menu = _("Who is editing"), "library.edit_text", False

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        return HttpResponse(status=405, headers={"Allow": "POST"})

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        """Note the editor and answer what its head shows."""
        person = reader(request)
        text = queries.texts(person).filter(pk=min(kwargs["pk"], 2**63 - 1)).first()
        if text is None or not queries.may_write(person, text.document):
            raise Http404
        note_editor(text, person)
        begun = request.POST.get("version", "")
        newer = queries.newest_version(text) if begun.isdecimal() and begun != str(text.latest_number) else None
        return render(
            request, "library/editors.html", {"people": others_editing(text, person), "newer": newer, "text": text}
        )


def both(text: DocumentText, data: QueryDict) -> dict[str, Any]:
    """Both wordings of a text that somebody else has saved meanwhile, and the two joined where they can be."""
    begun = data.get("version", "")
    number = int(begun) if begun.isdecimal() and len(begun) < 9 else 0
    before = text.versions.filter(number=number).first()
    theirs = queries.newest_version(text)
    mine, stored = data.get("body", "").replace("\r\n", "\n"), theirs.body if theirs else ""
    joined = merge(before.body if before else "", mine, stored)
    return {
        "theirs": theirs,
        "mine": mine,
        "joined": joined,
        "lines": compare(stored, mine),
        "own_title": data.get("title", ""),
        "typed": [(name, data.get(name, "")) for name in ("note", "minor", "publish") if name in data],
    }
