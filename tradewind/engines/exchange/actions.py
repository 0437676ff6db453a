"""What one can do with imports: commit, stop, take back, decide countries; keep mappings and rules of the watched folder.

Opening an import needs the right of its format's own action (orders, settlement or payments) at the channel.
"""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from tradewind.base.errors import Refused
from tradewind.base.places import COUNTRIES
from tradewind.engines.access.scope import Scope, require
from tradewind.engines.actions.action import action
from tradewind.engines.exchange.arrival import reopen
from tradewind.engines.exchange.flow import action_of
from tradewind.engines.exchange.formats import FORMATS
from tradewind.engines.exchange.intake.undo import TAKEN_BACK
from tradewind.engines.exchange.mapping import MappingSpec, shipped_names
from tradewind.engines.exchange.models import Batch, Mapping, WatchRule
from tradewind.engines.exchange.queries import running
from tradewind.engines.jobs.models import Job
from tradewind.engines.jobs.queue import cancel, enqueue
from tradewind.nouns.org.models import Person
from tradewind.nouns.trade.models import Channel

UNKNOWN = "unknown"
MAPPING = "mapping"
COMMITTED = (Batch.NEW, Batch.READY, Batch.FAILED, Batch.CANCELLED, Batch.MERGING)


def may(by: Person | None, batch: Batch) -> None:
    """Raise NotAllowed unless the person may import files of this format into this channel."""
    if by is not None:
        require(by, action_of(batch.format, batch.spec), batch)


def queue(name: str, by: Person | None, batch: Batch) -> Job:
    """Put a step of a batch in the queue; one such step waits or runs at a time."""
    return enqueue(f"exchange.{name}", by=by, unique=f"batch-{batch.pk}", subject=batch, batch_id=batch.pk)


def stop_waiting(batch: Batch) -> None:
    """Take steps of a batch that have not begun out of the queue."""
    for job in Job.objects.filter(unique=f"batch-{batch.pk}", state=Job.QUEUED):
        cancel(job)


@action(open_to_all=True)
def read_import(by: Person | None, batch: Batch) -> Batch:
    """Read an import's file and tell what it would do."""
    may(by, batch)
    if batch.state not in (Batch.NEW, Batch.READY, Batch.FAILED):
        raise Refused(_("This import is under way or over."), code="over")
    batch.state = Batch.NEW
    batch.save()
    queue("read_batch", by, batch)
    return batch


@action(open_to_all=True)
def commit_import(by: Person | None, batch: Batch, *, strict: bool | None = None) -> Batch:
    """Commit an import: its good orders are merged, refused ones are listed."""
    may(by, batch)
    stop_waiting(batch)
    if batch.state not in COMMITTED or running(batch):
        raise Refused(_("This import is under way or over."), code="over")
    batch.strict = batch.strict if strict is None else strict
    batch.state = Batch.MERGING
    batch.save()
    queue("merge_batch", by, batch)
    return batch


@action(open_to_all=True)
def cancel_import(by: Person | None, batch: Batch) -> Batch:
    """Stop an import; what is merged already stays until it is taken back."""
    may(by, batch)
    stop_waiting(batch)
    job = running(batch)
    if job is not None:
        cancel(job)
    else:
        if batch.state not in (Batch.NEW, Batch.READY, *Batch.MOVING):
            raise Refused(_("This import is over already."), code="over")
        batch.state = Batch.CANCELLED
        batch.save()
    return batch


@action(open_to_all=True)
def undo_import(by: Person | None, batch: Batch) -> Batch:
    """Take an import back: what it made is deleted, what it changed is as before, later changes stay."""
    may(by, batch)
    stop_waiting(batch)
    if batch.state not in TAKEN_BACK or running(batch) or (batch.state != Batch.DONE and not batch.merged_through):
        raise Refused(_("Only an import that changed something can be taken back."), code="nothing_to_undo")
    queue("undo_batch", by, batch)
    return batch


@action(open_to_all=True)
def map_import(by: Person | None, batch: Batch, *, spec: dict[str, Any], mapping: Mapping | None = None) -> Batch:
    """Say how an import's file is to be read, and read it."""
    parsed = MappingSpec.parse(spec)
    if batch.state not in (Batch.NEW, Batch.READY, Batch.FAILED):
        raise Refused(_("This import is under way or over."), code="over")
    batch.format, batch.spec, batch.mapping = MAPPING, parsed.to_json(), mapping
    batch.mapping_name = mapping.name if mapping else ""
    batch.options = {key: value for key, value in batch.options.items() if key != "draft"}
    may(by, batch)
    batch.state = Batch.NEW
    batch.save()
    queue("read_batch", by, batch)
    return batch


@action(open_to_all=True)
def decide_countries(by: Person | None, batch: Batch, *, countries: dict[str, str]) -> Batch:
    """Decide which countries the names of an import mean; `unknown` leaves them to the channel's home market.

    Answers the import to look at: this one read again, or, when it is done, a new one of the same file.
    """
    may(by, batch)
    faults = {
        name: _("This is not a country code.")
        for name, code in countries.items()
        if code not in COUNTRIES and code != UNKNOWN
    }
    if faults:
        raise Refused(_("Some countries are not known."), fields=faults)
    options = {key: value for key, value in batch.options.items() if key != "judged"}
    options["countries"] = {**batch.options.get("countries", {}), **countries}
    if batch.state in (Batch.DONE, Batch.CANCELLED, Batch.UNDONE):
        batch = reopen(by, batch, options)
    elif batch.state in (Batch.NEW, Batch.READY, Batch.FAILED):
        batch.options, batch.state = options, Batch.NEW
        batch.save()
    else:
        raise Refused(_("This import is under way or over."), code="over")
    if batch.mapping is not None:
        remember(batch.mapping, countries)
    queue("read_batch", by, batch)
    return batch


def remember(mapping: Mapping, countries: dict[str, str]) -> None:
    """Keep decided countries in a saved mapping, so that the next file need not ask."""
    with transaction.atomic():
        kept = Mapping.objects.select_for_update().get(pk=mapping.pk)
        kept.spec = {**kept.spec, "countries": {**kept.spec.get("countries", {}), **countries}}
        kept.save(update_fields=["spec"])


@action(scope=lambda *_args, **_kwargs: None, open_to_all=True)
def save_mapping(
    by: Person | None,
    mapping: Mapping | None = None,
    *,
    name: str,
    spec: dict[str, Any],
    code: str = "",
    shared: bool = True,
) -> Mapping:
    """Keep a mapping for files of one kind, or change it."""
    if by is not None:
        require(by, "exchange.save_mapping")
    mapping = mapping or Mapping(owner=by)
    parsed = MappingSpec.parse({**spec, "name": spec.get("name") or name})
    mapping.code = mapping.code or slugify(code or name) or "mapping"
    if mapping.code in shipped_names() or Mapping.objects.filter(code=mapping.code).exclude(pk=mapping.pk).exists():
        raise Refused(_("This name is taken."), fields={"name": _("This name is taken.")})
    mapping.name, mapping.spec, mapping.shared = name, parsed.to_json(), shared
    mapping.save()
    return mapping


@action(open_to_all=True)
def remove_mapping(by: Person | None, mapping: Mapping) -> None:
    """Remove a mapping; imports read by it keep their own copy."""
    if by is not None:
        require(by, "exchange.remove_mapping")
    if mapping.watch_rules.exists():
        raise Refused(_("The watched folder uses this mapping."), code="in_use")
    mapping.delete()


def rule_scope(*args: Any, channel: Channel | None = None, **_kwargs: Any) -> Scope:
    """Where a rule of the watched folder lies: at its channel."""
    found = channel or (args[0].channel if args and isinstance(args[0], WatchRule) else None)
    return Scope(found.entity_id, found.market_id) if found else Scope()


@action(scope=rule_scope)
def save_watch_rule(
    by: Person | None,
    rule: WatchRule | None = None,
    *,
    pattern: str,
    format: str,  # noqa: A002  the word of the command line
    channel: Channel,
    mapping: Mapping | None = None,
    mapping_name: str = "",
    active: bool = True,
    position: int = 0,
) -> WatchRule:
    """Say how files of the watched folder whose names fit a pattern are taken."""
    if format not in FORMATS:
        raise Refused(_("This format is not known."), fields={"format": ", ".join(FORMATS)})
    if format == "mapping" and mapping is None and mapping_name not in shipped_names():
        raise Refused(_("This format needs a mapping."), fields={"mapping": _("Choose one.")})
    rule = rule or WatchRule()
    rule.pattern, rule.format, rule.channel, rule.mapping = pattern, format, channel, mapping
    rule.mapping_name, rule.active, rule.position = mapping_name, active, position
    rule.save()
    return rule


@action(scope=rule_scope)
def remove_watch_rule(by: Person | None, rule: WatchRule) -> None:
    """Take files of this pattern no longer."""
    rule.delete()
