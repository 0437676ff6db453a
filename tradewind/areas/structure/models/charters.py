"""Charters: what a team is there for, what it answers for, what it promises to other teams."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from tradewind.base.fields import LocalTextField
from tradewind.engines.library.models import Document
from tradewind.nouns.org.models import Function, Market, Person, Team, Versioned


class Charter(Versioned):
    """The charter of a team; `document` holds its words (a document of the kind structure.charter)."""

    team = models.OneToOneField(Team, on_delete=models.CASCADE, related_name="charter")
    purpose = LocalTextField()
    document = models.ForeignKey(Document, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    reviewed_on = models.DateField(null=True, blank=True)
    reviewed_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    def __str__(self) -> str:
        return str(self.team)


class Letter(models.TextChoices):
    """The part a team has in a duty."""

    RESPONSIBLE = "R", _("Responsible")
    ACCOUNTABLE = "A", _("Accountable")
    CONSULTED = "C", _("Consulted")
    INFORMED = "I", _("Informed")


class RaciLine(models.Model):
    """A team's part in a function's duty in a market (null: in all markets); who does it and answers for it has two lines."""

    charter = models.ForeignKey(Charter, on_delete=models.CASCADE, related_name="lines")
    function = models.ForeignKey(Function, on_delete=models.PROTECT, related_name="raci_lines")
    market = models.ForeignKey(Market, null=True, blank=True, on_delete=models.PROTECT, related_name="raci_lines")
    duty = models.CharField(max_length=200, blank=True)
    letter = models.CharField(max_length=1, choices=Letter)

    class Meta:
        ordering: ClassVar = ["function", "market", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint("charter", "function", Coalesce("market", 0), "duty", "letter", name="raci_once"),
        ]

    def __str__(self) -> str:
        return f"{self.charter_id} {self.function_id} {self.letter}"


class Interface(models.Model):
    """What a team does for another: `promise` says by when or how well, in words one can check."""

    charter = models.ForeignKey(Charter, on_delete=models.CASCADE, related_name="interfaces")
    other = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="+")
    gives = models.CharField(max_length=300)
    promise = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        return self.gives


__all__ = ["Charter", "Interface", "Letter", "RaciLine"]
