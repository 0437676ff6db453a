"""What is wrong with goals in words, each with the link that mends it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from tradewind.areas.structure.queries import goals as queries

FAULT_NAMES: dict[str, Any] = {
    "circular": _("Serves itself by a round"),
    "unowned": _("Belongs to nobody"),
    "unmeasured": _("Has no key result that can be measured"),
    "orphan": _("Serves no other goal"),
    "outside": _("Its days leave those of the goal it serves"),
    "unsupported": _("No other goal serves it"),
    "heavy": _("One key result decides its score"),
    "crowded": _("Its owner has more than five goals in this period"),
}
FAULT_FIXES: dict[str, Any] = {
    "circular": _("Change what it serves"), "unowned": _("Name an owner"), "unmeasured": _("Add a key result"),
    "orphan": _("Say what it serves"), "outside": _("Change its period"), "unsupported": _("Set a goal that serves it"),
    "heavy": _("Look at its key results"), "crowded": _("Look at these goals"),
}  # fmt: skip


def fault_rows(found: Iterable[queries.Found]) -> list[dict[str, Any]]:
    """Faults in words, each with the link that mends it for who may."""
    return [
        {
            "code": one.fault.code, "name": FAULT_NAMES[one.fault.code], "goal": one.objective, "other": one.other,
            "size": one.fault.size, "fix": FAULT_FIXES[one.fault.code] if one.may_fix or one.fault.code == "crowded" else "",
            "url": fix_url(one),
        }
        for one in found
    ]  # fmt: skip


def fix_url(one: queries.Found) -> str:
    """Where a fault is mended."""
    goal, code = one.objective, one.fault.code
    if code == "unmeasured":
        return reverse("structure:goal-result-new") + f"?objective={goal.pk}"
    if code == "unsupported":
        return reverse("structure:goal-new") + f"?parents={goal.pk}&period={goal.period}&level=team"
    if code == "heavy":
        return reverse("structure:goal-detail", kwargs={"pk": goal.pk}) + "#results"
    if code == "crowded":
        return reverse("structure:goal-list") + f"?owner={one.fault.other}&period={goal.period}"
    return reverse("structure:goal-edit", kwargs={"pk": goal.pk})
