"""A file arrives: it is kept by content, its mapping found, and a batch opened for it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from tradewind.base.errors import Refused
from tradewind.engines.access.scope import can, require
from tradewind.engines.actions.action import note
from tradewind.engines.exchange.flow import ORDERS, PAYMENTS, SETTLEMENT, action_of, joined_files
from tradewind.engines.exchange.formats import FORMATS, look
from tradewind.engines.exchange.mapping import MappingSpec, read_mapping, shipped, shipped_names, suggest
from tradewind.engines.exchange.models import Batch, Mapping
from tradewind.nouns.files.models import Attachment
from tradewind.nouns.files.queries import Kept, keep, path_of
from tradewind.nouns.org.models import Person
from tradewind.nouns.trade.models import Channel

BLOCK = 1 << 20
OPTIONS = ("encoding", "delimiter", "preamble", "sheet", "table", "date", "number", "countries", "seen")


@dataclass
class Wish:
    """How somebody wants a file to be read: format, mapping (name, saved code or file), whole or not at all, options."""

    format: str
    mapping: str = ""
    strict: bool = False
    options: dict[str, Any] = field(default_factory=dict)


def blocks(path: Path) -> Iterator[bytes]:
    """A file's bytes in pieces."""
    with path.open("rb") as file:
        while part := file.read(BLOCK):
            yield part


def find_mapping(named: str) -> tuple[MappingSpec | None, Mapping | None, str]:
    """A mapping by the code it was saved under, by the name of a ready one, or from a file; with its name to show."""
    if not named:
        return None, None, ""
    saved = Mapping.objects.filter(code=named).first()
    if saved is not None:
        return MappingSpec.parse(saved.spec), saved, saved.name
    if named not in shipped_names() and (named.endswith(".json") or "/" in named):
        spec = read_mapping(Path(named))
        return spec, None, spec.name
    return shipped(named), None, named


def open_batch(
    by: Person | None,
    *,
    channel: Channel,
    wish: Wish,
    name: str,
    content: Iterable[bytes],
    most: int | None = None,
    beside: Path | None = None,
) -> Batch:
    """Keep the file and open a batch for it; who may not import into the channel is refused before a byte is kept.

    `beside` is where the file came from, so that files its mapping joins are found. Raises NotAllowed, NotFound, Refused.
    """
    if wish.format not in FORMATS:
        raise Refused(_("This format is not known."), code="unknown_format", fields={"format": ", ".join(FORMATS)})
    spec, saved, shown = find_mapping(wish.mapping)
    if wish.format == "mapping" and spec is None:
        raise Refused(_("This format needs a mapping."), code="no_mapping")
    stated = spec.to_json() if spec else None
    if by is not None:
        require(by, action_of(wish.format, stated), channel)
    joined = {key: keep(blocks(path)).sha256 for key, path in joined_files(spec, beside).items()}
    kept = keep(content, most=most)
    options = {key: value for key, value in wish.options.items() if key in OPTIONS and value not in (None, "")}
    if joined:
        options["joined"] = joined
    return enter(by, channel, wish, name, kept, options, stated, saved, shown)


def open_upload(
    by: Person, *, channel: Channel, wish: Wish, name: str, content: Iterable[bytes], most: int | None = None
) -> Batch:
    """Open a batch for an uploaded file; without a format the file's columns tell it.

    A file that fits nothing known gets a drafted mapping, which a person completes before it can be read.
    """
    if wish.format:
        return open_batch(by, channel=channel, wish=wish, name=name, content=content, most=most)
    if not any(can(by, code, channel) for code in (ORDERS, SETTLEMENT, PAYMENTS)):
        require(by, ORDERS, channel)
    kept = keep(content, most=most)
    seen = look(path_of(kept.sha256))
    if seen.fits:
        wish.format, wish.mapping = seen.fits[0].format, seen.fits[0].mapping
        return open_batch(by, channel=channel, wish=wish, name=name, content=blocks(path_of(kept.sha256)))
    draft = suggest(seen.header, seen.rows, slugify(Path(name).stem) or "new")
    return enter(by, channel, wish, name, kept, {"draft": True}, draft.stated)


def enter(
    by: Person | None, channel: Channel, wish: Wish, name: str, kept: Kept, options: dict[str, Any], spec: dict[str, Any] | None,
    saved: Mapping | None = None, shown: str = "",
) -> Batch:  # fmt: skip
    """Write the batch with its file down."""
    with transaction.atomic():
        batch = Batch.objects.create(
            format=wish.format or "mapping", mapping=saved, mapping_name=shown, spec=spec, channel=channel,
            entity_id=channel.entity_id, market_id=channel.market_id, by=by, file_name=Path(name).name[:255],
            sha256=kept.sha256, strict=wish.strict, options=options,
        )  # fmt: skip
        batch.file = Attachment.objects.create(
            subject_type="exchange.batch", subject_id=batch.pk, name=batch.file_name, size=kept.size, sha256=kept.sha256,
            entity_id=channel.entity_id, market_id=channel.market_id, uploaded_by=by,
        )  # fmt: skip
        batch.save(update_fields=["file"])
        note("exchange.open_import", by, batch, file=batch.file_name, format=batch.format, channel=channel.code)
    return batch


def reopen(by: Person | None, batch: Batch, options: dict[str, Any]) -> Batch:
    """A new batch of the same file with other options, such as countries decided since; what changed by them is merged."""
    size = batch.file.size if batch.file else 0
    wish = Wish(batch.format, batch.mapping.code if batch.mapping else "", batch.strict)
    return enter(
        by, batch.channel, wish, batch.file_name, Kept(batch.sha256, size, b""), options, batch.spec, batch.mapping,
        batch.mapping_name,
    )  # fmt: skip


def unfinished(channel: Channel, path: Path, wish: Wish) -> Batch | None:
    """The batch of the same file into the same channel whose merge was cut off; it goes on instead of a new one."""
    digest = sha256()
    for part in blocks(path):
        digest.update(part)
    same = Batch.objects.filter(channel=channel, sha256=digest.hexdigest(), format=wish.format, strict=wish.strict)
    for batch in same.filter(state=Batch.MERGING).order_by("-id"):
        kept = {key: value for key, value in batch.options.items() if key in OPTIONS}
        if json.dumps(kept, sort_keys=True) == json.dumps({k: v for k, v in wish.options.items() if v}, sort_keys=True):
            return batch
    return None
