"""What a line of the bank is: the payout that arrived with it, the bill or claim that was paid by it; and what was lost on the way."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tradewind.areas.finance.models.accounts import Posting
from tradewind.areas.finance.models.spending import Bill, Claim
from tradewind.base.fields import UnitsField
from tradewind.nouns.trade.models import BankLine, Payout


class LinePart(models.Model):
    """A part of a bank line and what it is, in the line's own currency and with its sign: a payout, a bill or a claim.

    The parts of a line are never more than the line; what they leave is nobody's yet.
    """

    line = models.ForeignKey(BankLine, on_delete=models.CASCADE, related_name="parts")
    amount = UnitsField()
    payout = models.ForeignKey(Payout, null=True, blank=True, on_delete=models.CASCADE, related_name="line_parts")
    bill = models.ForeignKey(Bill, null=True, blank=True, on_delete=models.CASCADE, related_name="line_parts")
    claim = models.ForeignKey(Claim, null=True, blank=True, on_delete=models.CASCADE, related_name="line_parts")

    class Meta:
        ordering: ClassVar = ["line", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(payout__isnull=False, bill__isnull=True, claim__isnull=True)
                | Q(payout__isnull=True, bill__isnull=False, claim__isnull=True)
                | Q(payout__isnull=True, bill__isnull=True, claim__isnull=False),
                name="line_part_is_one_thing",
            ),
            models.UniqueConstraint(fields=["line", "payout"], name="line_part_payout"),
            models.UniqueConstraint(fields=["line", "bill"], name="line_part_bill"),
            models.UniqueConstraint(fields=["line", "claim"], name="line_part_claim"),
        ]

    def __str__(self) -> str:
        return f"{self.line_id}: {self.payout or self.bill or self.claim}"


class Gap(models.TextChoices):
    """Where money of a payout is lost or found: on its way to the bank, when it was changed, or by the platform without a word."""

    CHARGE = "charge", _("Between platform and bank")
    CONVERSION = "conversion", _("Conversion by the bank")
    UNEXPLAINED = "unexplained", _("Not told by any row")


class GapPosting(models.Model):
    """A difference of a payout that was posted; a posting that was taken back counts no more."""

    payout = models.ForeignKey(Payout, on_delete=models.PROTECT, related_name="gap_postings")
    gap = models.CharField(max_length=11, choices=Gap)
    posting = models.OneToOneField(Posting, on_delete=models.PROTECT, related_name="gap")

    def __str__(self) -> str:
        return f"{self.payout_id} {self.gap}"
