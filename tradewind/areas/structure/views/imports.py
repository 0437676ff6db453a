"""Bringing rows in from a file: first what it would do, then the doing. One page for every kind of file of this room."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tradewind.base.errors import NotAllowed, Refused
from tradewind.nouns.files.queries import keep, path_of
from tradewind.nouns.org.models import Person
from tradewind.ui.fields import polish
from tradewind.ui.pages import Page
from tradewind.ui.pages.page import raw

FILE_BYTES = 20 * 1024 * 1024


class FileImport(Page):
    """A page that tries a file out and brings it in.

    `action` takes `path`, `dry_run` and the form's other fields, and answers counts with `new`, `changed` and `rejected`
    (line, column, reason); `counts` are the ones to show. `list_page` is where it lies in the rooms and where it leads.
    """

    template = "structure/file_import.html"
    in_menu = False
    action: ClassVar[Callable[..., dict[str, Any]]]
    form: ClassVar[type[forms.Form]]
    counts: ClassVar[list[tuple[str, Any]]] = []
    button: ClassVar[Any] = _("Bring these rows in")
    list_page: ClassVar[tuple[str, Any]]
    samples: ClassVar[str] = ""  # URL name of the file to start from; takes the kind
    whole: ClassVar[str] = ""  # URL name of the file of all there is, which comes in again; takes the kind

    def context(self, request: HttpRequest, **kwargs: Any) -> dict[str, Any]:
        return {"form": self.form()}

    def show(
        self, request: HttpRequest, context: dict[str, Any], *, template: str = "", status: int = 200
    ) -> HttpResponse:
        place, label = self.list_page
        polish(context["form"])
        told = context.get("told")
        facts = [(words, told[name]) for name, words in self.counts] if told else []
        more = {
            "facts": facts,
            "button": self.button,
            "back": reverse(place),
            "back_label": label,
            "samples": self.samples,
            "whole": self.whole,
        }
        return super().show(request, {**more, **context}, template=template, status=status)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        """Try a new file out, or bring in the one that was tried; a refusal comes back beside the field."""
        form = self.form(request.POST, request.FILES)
        try:
            if ticket := request.POST.get("ticket"):
                return self.bring(request, ticket)
            if form.is_valid():
                return self.show(request, self.tried(request, dict(form.cleaned_data)))
        except NotAllowed:
            raise
        except Refused as refusal:
            form.is_valid()
            named = {name: words for name, words in refusal.fields.items() if name in form.fields}
            for name, words in named.items():
                form.add_error(name, str(words))
            if not named:
                form.add_error(None if "file" in form.errors else "file", str(refusal))
        return self.show(request, {"form": form}, status=422)

    def tried(self, request: HttpRequest, values: dict[str, Any]) -> dict[str, Any]:
        """What a file would do, with the ticket that lets the same person bring it in."""
        person = request.person  # type: ignore[attr-defined]
        kept = keep(values.pop("file").chunks(), most=FILE_BYTES)
        told = raw(type(self), "action")(person, path=path_of(kept.sha256), dry_run=True, **values)
        ticket = signing.dumps([person.pk, kept.sha256, values], salt=self.name)
        return {"form": self.form(initial=values), "told": told, "ticket": ticket}

    def bring(self, request: HttpRequest, ticket: str) -> HttpResponseBase:
        """Bring a tried file in and say what it did."""
        person = request.person  # type: ignore[attr-defined]
        path, values = self.tried_file(person, ticket)
        told = raw(type(self), "action")(person, path=path, **values)
        words = gettext("%(new)s added, %(changed)s changed, %(refused)s rows refused")
        messages.success(
            request, words % {"new": told["new"], "changed": told["changed"], "refused": len(told["rejected"])}
        )
        return HttpResponseRedirect(reverse(self.list_page[0]))

    def tried_file(self, person: Person, ticket: str) -> tuple[Path, dict[str, Any]]:
        """The file this person tried out; Refused when the ticket is another's, changed or older than a day."""
        try:
            by, sha256, values = signing.loads(ticket, salt=self.name, max_age=86_400)
        except (signing.BadSignature, ValueError):
            by, sha256, values = None, "", {}
        if by != person.pk:
            raise Refused(gettext("Choose the file again."), code="bad_ticket")
        return path_of(sha256), values
