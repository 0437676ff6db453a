"""Who may read, write and approve documents: what is published is read where its space lies, a draft by who writes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tradewind.engines.access.registry import SUBJECTS, codes, default_role, subject
from tradewind.engines.access.scope import cover, holdings
from tradewind.engines.library.kinds import APPROVE, CLOSED, KINDS, READ, WRITE
from tradewind.engines.library.models import Acknowledgement, Document, DocumentText, SearchMiss, Space, Synonym
from tradewind.engines.library.queries.indexed import words_of
from tradewind.nouns.org.models import Person

EVERYTHING, NOTHING = Q(pk__isnull=False), Q(pk__in=[])

codes(
    "library",
    view_document=_("Read documents"),
    view_acknowledgement=_("See who has acknowledged documents"),
    view_search=_("See searches that found nothing"),
    moderate_document=_("See documents of kinds that are no longer declared"),
)


def place(person: Person, code: str, key: str) -> Q:
    """The condition for records that lie where a person holds a code; nothing where the code is not held."""
    held = [one for one in holdings(person) if one.allows(code)]
    return (cover(held, SUBJECTS[key]) or EVERYTHING) if held else NOTHING


def rule(key: str, prefix: str = "") -> Callable[[Person | None], Q]:
    """The rule of reading for documents (or, with a prefix, for what hangs on them)."""

    def reads(person: Person | None) -> Q:
        if person is None or not person.active:
            return NOTHING
        groups: dict[tuple[str, str, str], list[str]] = defaultdict(list)
        for one in KINDS.values():
            groups[one.read, one.write, one.approve].append(one.code)
        wanted = Q(**{f"{prefix}owner": person.pk}) if may_anywhere(person, READ) else NOTHING
        for codes_of, kinds in groups.items():
            wanted |= Q(**{f"{prefix}kind__in": kinds}) & readable(person, key, prefix, *codes_of)
        return wanted | (~Q(**{f"{prefix}kind__in": list(KINDS)}) & place(person, CLOSED, key))

    return reads


def readable(person: Person, key: str, prefix: str, read: str, write: str, approve: str) -> Q:
    """What a person reads of the kinds with these codes."""
    shown = Q(**{f"{prefix}published_at__isnull": False, f"{prefix}trashed_at__isnull": True})
    wanted = shown & place(person, read, key)
    if may_anywhere(person, read):  # what belongs to no entity, market or team is read by everybody
        wanted |= shown & Q(**{f"{prefix}space__{axis}__isnull": True for axis in ("entity", "market", "team")})
    return wanted | place(person, write, key) | place(person, approve, key)


def may_anywhere(person: Person, code: str) -> bool:
    """Whether a person holds a code at any scope."""
    return any(one.allows(code) for one in holdings(person))


def axes(prefix: str) -> dict[str, str]:
    """Where a document lies: where its space does."""
    return {axis: f"{prefix}{axis}_id" for axis in ("entity", "market", "team")}


def spaces(person: Person | None) -> Q:
    """The spaces a person may see: those in reach and those of the whole company."""
    if person is None or not may_anywhere(person, READ):
        return NOTHING
    return place(person, READ, "library.space") | Q(entity=None, market=None, team=None)


subject(
    "library.space", model=Space, read=READ, label=_("Space"), axes=axes(""), url="library:space-detail", reads=spaces
)
subject(
    "library.document",
    model=Document,
    read=READ,
    label=_("Document"),
    axes=axes("space__"),
    url="library:document-detail",
    title=lambda document: document.title_in(""),
    search=words_of,
    reads=rule("library.document"),
)
subject(
    "library.text",
    model=DocumentText,
    read=READ,
    label=_("Text"),
    axes=axes("document__space__"),
    url="library:text-record",
    reads=rule("library.text", "document__"),
)
subject(
    "library.acknowledgement",
    model=Acknowledgement,
    read="library.view_acknowledgement",
    label=_("Acknowledgement"),
    axes={**axes("wording__text__document__space__"), "self": "person_id"},
    url="library:acknowledgement-record",
)
subject(
    "library.miss",
    model=SearchMiss,
    read="library.view_search",
    label=_("Search without an answer"),
    url="library:miss-detail",
)
subject(
    "library.synonym",
    model=Synonym,
    read="library.view_search",
    label=_("Words of the same meaning"),
    url="library:synonym-detail",
)

EVERYONE = ("general_manager", "country_manager", "team_lead", "member", "finance", "people", "buyer", "marketer",
            "agent", "compliance", "auditor")  # fmt: skip
WRITERS = [READ, WRITE, "library.create_document", "library.update_document", "library.add_language", "library.submit_text",
           "library.trash_document", "library.restore_document", "library.move_document", "library.confirm_review"]  # fmt: skip
KEEPERS = [APPROVE, "library.return_text", "library.publish_text", "library.ask_acknowledgement", "library.view_acknowledgement",
           "library.view_search", "library.answer_search", "library.assign_search", "library.save_synonym", "library.remove_synonym"]  # fmt: skip
for role in EVERYONE:
    default_role(role, [READ])
for role in EVERYONE[:-1]:
    default_role(role, WRITERS)
for role in ("general_manager", "country_manager", "team_lead", "people", "compliance"):
    default_role(role, KEEPERS)
for role in ("general_manager", "people", "compliance"):
    default_role(role, ["library.save_space", "library.import_folder", "library.delete_document"])
default_role("auditor", ["library.view_acknowledgement", "library.view_search"])
