"""The way of a table: kept, read and tried out, then taken by the room's own action."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from tradewind.base import clock
from tradewind.base.errors import NotAllowed, Refused
from tradewind.engines.access.scope import scopes_of
from tradewind.engines.actions.action import action, note, origin
from tradewind.engines.exchange.intake.totals import exact
from tradewind.engines.exchange.models import SheetBatch, SheetLayout
from tradewind.engines.exchange.sheets.kinds import Load, Outcome, Sheet, sheet_of
from tradewind.engines.exchange.sheets.layouts import Spec
from tradewind.engines.exchange.sheets.reading import Unmapped, read
from tradewind.nouns.files.models import Attachment
from tradewind.nouns.files.queries import keep, path_of
from tradewind.nouns.org.models import Entity, Market, Person


def may_take(by: Person | None, sheet: Sheet) -> bool:
    """Whether a person may bring such a file in somewhere; where exactly is checked when the rows are known."""
    return by is None or bool(scopes_of(by, sheet.take.code))


def options_of(by: Person | None, sheet: Sheet, given: Mapping[str, Any]) -> dict[str, str]:
    """What was said beside the file; Refused with the answers that are missing or unknown."""
    faults: dict[str, Any] = {}
    found: dict[str, str] = {}
    for name in set(given) - {one.name for one in sheet.options}:
        faults[name] = _("There is no such setting.")
    for option in sheet.options:
        value = given.get(option.name)
        text = ("yes" if value else "") if isinstance(value, bool) else str(value or "").strip()
        if not text:
            if option.required:
                faults[option.name] = _("This field is required.")
            continue
        if option.choices is not None and text not in {code for code, _words in option.choices(by)}:
            faults[option.name] = _("There is no “%(code)s” here.") % {"code": text}
        found[option.name] = text
    if faults:
        raise Refused(_("Some fields are missing or not right."), code="bad_options", fields=faults)
    return found


def open_sheet(
    by: Person | None, sheet: Sheet, *, name: str, content: Iterable[bytes], options: Mapping[str, Any],
    layout: str = "", strict: bool = False, most: int | None = None,
) -> SheetBatch:  # fmt: skip
    """Keep a file and open a batch for it; who may not take such files is refused before a byte is kept.

    `layout` is the code of a known layout or the name of a kept one; without it the columns tell. Raises NotAllowed, Refused.
    """
    if not may_take(by, sheet):
        raise NotAllowed(_("You may not bring files of this kind in."))
    chosen = options_of(by, sheet, options)
    saved = SheetLayout.objects.filter(sheet=sheet.code, name=layout).first() if layout else None
    known = {one.code for one in sheet.layouts}
    if layout and saved is None and layout not in known:
        raise Refused(_("There is no such layout."), code="no_layout", fields={"layout": _("There is no such layout.")})
    spec = saved.spec if saved else {"layout": layout} if layout else {}
    kept = keep(content, most=most)
    with transaction.atomic():
        batch = SheetBatch.objects.create(
            sheet=sheet.code, layout=saved, spec=spec, options=chosen, strict=strict, by=by,
            file_name=Path(name).name[:255], sha256=kept.sha256,
        )  # fmt: skip
        batch.file = Attachment.objects.create(
            subject_type="exchange.sheet_batch", subject_id=batch.pk, name=batch.file_name, size=kept.size,
            sha256=kept.sha256, uploaded_by=by,
        )  # fmt: skip
        batch.save(update_fields=["file"])
        note("exchange.open_sheet", by, batch, file=batch.file_name, sheet=sheet.code)
    return batch


def loaded(batch: SheetBatch, sheet: Sheet) -> Load:
    """The batch's file as a load; how its columns are read is kept on the batch. Raises Refused, Unmapped."""
    load = Load(batch.file_name[:200], dict(batch.options), batch.pk)
    said = {name: value for name, value in batch.spec.items() if name != "guessed"}
    spec = Spec.parse(sheet, said) if said else None
    made = read(path_of(batch.sha256), sheet, load, spec)
    if made is not None:
        batch.spec = {**made.to_json(), **({"guessed": True} if spec is None and not made.layout else {})}
    load.refused.sort(key=lambda one: one["line"])
    return load


def act(by: Person | None, sheet: Sheet, load: Load) -> Outcome:
    """Run the room's action as the person, or as the system."""
    with origin("import"):
        if by is None:
            found: Outcome = sheet.take.system(load=load)
            return found
        return sheet.take(by, load=load)


def trial(by: Person | None, sheet: Sheet, load: Load) -> Outcome:
    """What taking would do: the action is run and everything it wrote is taken back, its event too."""
    with transaction.atomic():
        outcome = act(by, sheet, load)
        transaction.set_rollback(True)
    return outcome


def try_out(batch: SheetBatch, by: Person | None) -> SheetBatch:
    """Read the file and tell what taking it would do; nothing of the company's data is touched."""
    sheet = sheet_of(batch.sheet)
    batch.error, batch.header = "", []
    try:
        load = loaded(batch, sheet)
        told(batch, sheet, load, trial(by, sheet, load))
        batch.state = SheetBatch.READY
    except Unmapped as draft:
        batch.state, batch.header, batch.error = SheetBatch.NEW, draft.header, str(draft)
        batch.spec = {**draft.spec.to_json(), "guessed": True}
    except Refused as refused:
        batch.state, batch.error = SheetBatch.FAILED, str(refused)
        batch.counts, batch.totals, batch.refused, batch.left = {}, {}, [], []
    batch.save()
    return batch


def told(batch: SheetBatch, sheet: Sheet, load: Load, outcome: Outcome) -> None:
    """Write down what a file does."""
    place = sheet.place(load)
    batch.entity = Entity.objects.filter(pk=place.entity).first() if place.entity else None
    batch.market = Market.objects.filter(pk=place.market).first() if place.market else None
    batch.counts = {
        "rows": max(load.total, len(load.rows) + len(load.refused) + len(load.left)), "new": outcome.new,
        "changed": outcome.changed, "same": outcome.same, "refused": len(load.refused), "left": len(load.left),
    }  # fmt: skip
    if load.facts.get("layout"):
        batch.counts["layout"] = load.facts["layout"]
    if load.facts.get("settled"):
        batch.counts["settled"] = exact(load.facts["settled"])
    if load.facts.get("notes"):
        batch.counts["notes"] = load.facts["notes"]
    batch.totals = exact(dict(outcome.totals))
    batch.refused, batch.left = load.refused[: batch.LISTED], load.left[: batch.LISTED]


@action(open_to_all=True)
def take_sheet(by: Person | None, batch: SheetBatch) -> SheetBatch:
    """Take the good rows of a table; refused ones stay out and are listed."""
    if batch.state not in (SheetBatch.NEW, SheetBatch.READY):
        raise Refused(_("This import is over already."), code="over")
    sheet = sheet_of(batch.sheet)
    load = loaded(batch, sheet)
    if batch.strict and (load.refused or refused_in_trial(by, batch, sheet)):
        raise Refused(_("Some rows are refused, and nothing was to be imported then."), code="strict")
    told(batch, sheet, load, act(by, sheet, load))
    batch.state, batch.finished_at, batch.error = SheetBatch.DONE, clock.now(), ""
    batch.save()
    return batch


def refused_in_trial(by: Person | None, batch: SheetBatch, sheet: Sheet) -> bool:
    """Whether the action itself would refuse a row."""
    load = loaded(batch, sheet)
    trial(by, sheet, load)
    return bool(load.refused)


@action(open_to_all=True)
def map_sheet(by: Person | None, batch: SheetBatch, *, spec: dict[str, Any], keep_as: str = "") -> SheetBatch:
    """Say which column is which in a table, keep that for the next file where a name is given, and read the file again."""
    sheet = sheet_of(batch.sheet)
    if not may_take(by, sheet):
        raise NotAllowed(_("You may not bring files of this kind in."))
    if batch.state == SheetBatch.DONE:
        raise Refused(_("This import is over already."), code="over")
    parsed = Spec.parse(sheet, spec)
    missing = parsed.missing(sheet)
    if missing:
        faults = {name: _("This field is needed.") for name in missing}
        raise Refused(_("Some fields are missing or not right."), code="unmapped", fields=faults)
    batch.spec = parsed.to_json()
    if keep_as.strip():
        name = keep_as.strip()[:120]
        batch.layout, _made = SheetLayout.objects.update_or_create(
            sheet=sheet.code, name=name, defaults={"spec": batch.spec, "owner": by}
        )
    return try_out(batch, by)


@action(open_to_all=True)
def remove_sheet_layout(by: Person | None, layout: SheetLayout) -> None:
    """Forget how a kind of table is read; batches read by it keep their own copy."""
    if not may_take(by, sheet_of(layout.sheet)):
        raise NotAllowed(_("You may not bring files of this kind in."))
    layout.delete()


def answer(batch: SheetBatch) -> dict[str, Any]:
    """What a batch says of itself, in the words of the command line and the API."""
    names = ("rows", "new", "changed", "same", "left")
    return {
        "batch": batch.pk, "sheet": batch.sheet, "file": batch.file_name, "state": batch.state,
        **{name: batch.counts.get(name, 0) for name in names}, "layout": batch.counts.get("layout", ""),
        "rejected": batch.refused, "left_out": batch.left, "totals": batch.totals,
        "settled": batch.counts.get("settled", {}), "notes": batch.counts.get("notes", []),
        "error": batch.error,
    }  # fmt: skip
