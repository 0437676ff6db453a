"""What a person fills in to give kudos."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from tradewind.engines.discuss.principles import principles
from tradewind.engines.discuss.queries.praise import people
from tradewind.engines.library.models import Document
from tradewind.nouns.org.models import Person


class PrincipleChoice(forms.ModelChoiceField[Document]):
    """A principle, by its title in the reader's language."""

    def label_from_instance(self, obj: Document) -> str:
        return obj.title_in(get_language() or "en")


class KudosFields(forms.Form):
    """Whom one thanks, for what, and which principle it shows."""

    receivers = forms.ModelMultipleChoiceField(label=_("Thanks to"), queryset=Person.objects.none())
    words = forms.CharField(label=_("What for"), max_length=2_000, widget=forms.Textarea(attrs={"rows": 5}),
                            help_text=_("What did they do, and what did it change? Everybody who may see them reads it."))  # fmt: skip
    principle = PrincipleChoice(label=_("Principle it shows"), queryset=Document.objects.none(), required=False)

    def __init__(self, *args: Any, giver: Person | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names: Any = self.fields
        names["receivers"].queryset = people(giver).exclude(pk=giver.pk) if giver else Person.objects.none()
        names["principle"].queryset = principles(giver)
