"""What a person fills in about spaces, documents, texts and readers."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from tradewind.engines.library.kinds import kind_choices
from tradewind.engines.library.models import Document, Space
from tradewind.nouns.org.models import Entity, Function, Market, Person, Team
from tradewind.ui.fields import LocalTextFormField


def languages() -> list[tuple[str, Any]]:
    """The languages texts may be written in."""
    return list(settings.LANGUAGES)


def active_people() -> Any:
    """Everybody who may be chosen."""
    return Person.objects.filter(active=True)


class DocumentChoice(forms.ModelChoiceField[Document]):
    """A document, by its title in the reader's language."""

    def label_from_instance(self, obj: Document) -> str:
        return obj.title_in(get_language() or "en")


def documents() -> Any:
    """The documents to choose from, before the reader's rights narrow them."""
    return Document.objects.filter(trashed_at=None).prefetch_related("texts")


def about_team() -> forms.ModelChoiceField[Team]:
    """The team that a document is about."""
    return forms.ModelChoiceField(label=_("About the team"), queryset=Team.objects.filter(active=True), required=False,
                                  help_text=_("Whose charter or notes it is; the space decides who reads it."))  # fmt: skip


class SpaceFields(forms.Form):
    """A space's facts."""

    name = LocalTextFormField(label=_("Name"), max_length=120)
    code = forms.SlugField(
        label=_("Code"), max_length=60, help_text=_("Stands in addresses and exports: handbook, customs-de.")
    )
    entity = forms.ModelChoiceField(label=_("Entity"), queryset=Entity.objects.all(), required=False)
    market = forms.ModelChoiceField(label=_("Market"), queryset=Market.objects.all(), required=False)
    team = forms.ModelChoiceField(label=_("Team"), queryset=Team.objects.filter(active=True), required=False,
                                  help_text=_("Without entity, market and team the whole company reads it."))  # fmt: skip
    owner = forms.ModelChoiceField(label=_("Owner"), queryset=active_people(), required=False)
    review_days = forms.IntegerField(
        label=_("Pages are reviewed after (days)"), min_value=1, max_value=3650, initial=365
    )
    active = forms.BooleanField(label=_("Active"), required=False, initial=True)


class NewDocumentFields(forms.Form):
    """A new document; its words come next."""

    space = forms.ModelChoiceField(label=_("Space"), queryset=Space.objects.filter(active=True))
    kind = forms.ChoiceField(label=_("Kind"), choices=kind_choices)
    title = forms.CharField(label=_("Title"), max_length=200)
    language = forms.ChoiceField(label=_("Language"), choices=languages,
                                 help_text=_("The language it is written in first; others are translated from it."))  # fmt: skip
    parent = DocumentChoice(label=_("Under the page"), queryset=documents(), required=False)
    team = about_team()
    template = DocumentChoice(label=_("Begin with the template"), queryset=documents().filter(template=True),
                                      required=False)  # fmt: skip


class DocumentFields(forms.Form):
    """A document's facts."""

    owner = forms.ModelChoiceField(label=_("Owner"), queryset=active_people(), required=False)
    review_days = forms.IntegerField(label=_("Review after (days)"), min_value=1, max_value=3650, required=False,
                                     help_text=_("Empty: as the space says."))  # fmt: skip
    keywords = forms.CharField(label=_("Also found by"), required=False, widget=forms.Textarea(attrs={"rows": 3}),
                               help_text=_("Other words people search for, one a line."))  # fmt: skip
    team = about_team()
    template = forms.BooleanField(label=_("Offer as a template"), required=False)


class MoveFields(forms.Form):
    """Where a document goes."""

    space = forms.ModelChoiceField(label=_("Space"), queryset=Space.objects.filter(active=True))
    parent = DocumentChoice(label=_("Under the page"), queryset=documents(), required=False)


class LanguageFields(forms.Form):
    """A further language."""

    language = forms.ChoiceField(label=_("Language"), choices=languages)


class TextFields(forms.Form):
    """The words of a document in one language."""

    title = forms.CharField(label=_("Title"), max_length=200)
    body = forms.CharField(
        label=_("Text"), required=False, strip=False, widget=forms.Textarea(attrs={"rows": 24, "spellcheck": "true"})
    )
    note = forms.CharField(label=_("What changed"), max_length=300, required=False)
    minor = forms.BooleanField(
        label=_("Small correction: translations stay current and nobody reads it again"), required=False
    )
    publish = forms.BooleanField(label=_("Publish at once"), required=False)

    def __init__(self, *args: Any, may_publish: bool = False, people_url: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if people_url:  # who may be mentioned is offered behind an @
            self.fields["body"].widget.attrs["data-mentions"] = people_url
        if not may_publish:
            del self.fields["publish"]


class SubmitFields(forms.Form):
    """Who approves."""

    reviewer = forms.ModelChoiceField(label=_("Approver"), queryset=active_people())


class ReturnFields(forms.Form):
    """Why a text goes back."""

    note = forms.CharField(label=_("What should change"), max_length=300)


class PublishFields(forms.Form):
    """From when a version holds."""

    effective_on = forms.DateField(label=_("Takes effect on"), required=False, widget=forms.DateInput,
                                   help_text=_("Empty: now. A later day keeps the present version until then."))  # fmt: skip


class AskFields(forms.Form):
    """Who must read a document by when."""

    days = forms.IntegerField(label=_("Days to read it"), min_value=1, max_value=365, initial=14)
    team = forms.ModelChoiceField(label=_("Team"), queryset=Team.objects.filter(active=True), required=False,
                                  help_text=_("With the teams under it."))  # fmt: skip
    market = forms.ModelChoiceField(label=_("Market"), queryset=Market.objects.all(), required=False)
    entity = forms.ModelChoiceField(label=_("Entity"), queryset=Entity.objects.all(), required=False)
    function = forms.ModelChoiceField(label=_("Function"), queryset=Function.objects.all(), required=False)
    people = forms.ModelMultipleChoiceField(label=_("Only these people"), queryset=active_people(), required=False,
                                            help_text=_("All empty: everybody who may read it."))  # fmt: skip
    message = forms.CharField(label=_("A message of your own"), max_length=500, required=False,
                              widget=forms.Textarea(attrs={"rows": 3}))  # fmt: skip


class SynonymFields(forms.Form):
    """Words of the same meaning."""

    words = forms.CharField(label=_("Words"), widget=forms.Textarea(attrs={"rows": 6}),
                            help_text=_("One a line, in any language: whoever searches for one also finds pages with the others."))  # fmt: skip


class AssignFields(forms.Form):
    """Who answers a search."""

    person = forms.ModelChoiceField(label=_("Person"), queryset=active_people())


class AnswerFields(forms.Form):
    """Which document answers a search."""

    document = DocumentChoice(label=_("Document"), queryset=documents().filter(published_at__isnull=False))


class FolderFields(forms.Form):
    """A folder of Markdown files."""

    file = forms.FileField(label=_("ZIP file"), help_text=_("Markdown files and pictures; guide.zh-hans.md is the Chinese text of guide.md."),
                           widget=forms.ClearableFileInput(attrs={"accept": ".zip", "class": "form-control"}))  # fmt: skip
    kind = forms.ChoiceField(label=_("Kind"), choices=kind_choices)
