"""How structure knows that its practices are kept."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from django.conf import settings
from django.db.models import Count, F, Max, Q, QuerySet, Sum
from django.utils.translation import gettext_lazy as _

from tradewind.engines.discuss.queries import thanked
from tradewind.engines.library.models import Document, DocumentLink, DocumentText, SearchDay
from tradewind.engines.practices.practice import Evidence, Part, link, practice

# The kinds of documents that library.py of this room declares.
STORY, VISION, PRINCIPLE = "structure.story", "structure.vision", "structure.principle"
YEAR, STORY_AGE, SEARCH_AGE = timedelta(days=366), timedelta(days=90), timedelta(days=30)
MOST, NEVER = Decimal("0.9"), Decimal(0)
WRITTEN = (
    "library.publish_text",
    "library.edit_text",
    "library.confirm_review",
    "library.trash_document",
    "library.restore_document",
)


def published(kind: str = "") -> QuerySet[Document]:
    """What readers can find: published, not in the trash, no template; of one kind if asked."""
    rows = Document.objects.filter(published_at__isnull=False, trashed_at=None, template=False)
    return rows.filter(kind=kind) if kind else rows


@practice("structure.knowledge", after=(*WRITTEN, "library.answer_search"))
def knowledge(now: datetime) -> Evidence:
    """Pages are within their review date, searches find something, translations follow their source."""
    pages = published()
    late = pages.filter(review_due__lt=now.date()).count()
    texts = DocumentText.objects.filter(document__in=pages, published_number__isnull=False)
    sources = texts.filter(language=F("document__language")).count()
    stale = texts.filter(stale_since__isnull=False).count()
    since = (now - SEARCH_AGE).date()
    searches = SearchDay.objects.filter(day__gte=since, day__lte=now.date()).aggregate(
        asked=Sum("asked"), found=Sum("found")
    )
    everything = pages.aggregate(count=Count("pk"), last=Max("updated_at"))
    return Evidence(
        (
            Part("review", _("Pages within their review date"), everything["count"] - late, everything["count"],
                 link=link("library:document-list", sort="review_due"), good_from=MOST, bad_below=Decimal("0.6")),
            Part("searches", _("Searches of the last 30 days that found something"), searches["found"] or 0, searches["asked"] or 0,
                 link=link("library:miss-list"), good_from=MOST, bad_below=Decimal("0.6")),
            Part("translations", _("Translations that follow their source"), texts.count() - sources - stale,
                 texts.count() - sources, link=link("library:document-list", stale="1"), good_from=MOST, bad_below=NEVER),
        ),
        seen=everything["last"],
    )  # fmt: skip


@practice("structure.culture", after=(*WRITTEN, "discuss.give_kudos", "discuss.remove_kudos"))
def culture(now: datetime) -> Evidence:
    """The vision and the principles were looked at within a year, stand in every language, and live in stories or kudos."""
    principles, visions = published(PRINCIPLE), published(VISION)
    fresh = Q(reviewed_at__gte=now - YEAR)
    young = published(STORY).filter(published_at__gte=now - STORY_AGE)
    told = set(DocumentLink.objects.filter(source__in=young, target__in=principles).values_list("target", flat=True))
    praised = thanked(now - STORY_AGE, now).filter(principle__in=principles)
    told |= set(praised.values_list("principle", flat=True))
    current = Count("texts", filter=Q(texts__published_number__isnull=False, texts__stale_since=None))
    whole = principles.annotate(current=current).filter(current__gte=len(settings.LANGUAGES)).count()
    count = principles.count()
    list_of = link("library:document-list", kind=PRINCIPLE)
    seen = (
        published(STORY).aggregate(last=Max("published_at"))["last"],
        praised.aggregate(last=Max("created_at"))["last"],
    )
    return Evidence(
        (
            Part("vision", _("The vision was looked at within a year"), visions.filter(fresh).count(), visions.count(),
                 link=link("library:document-list", kind=VISION)),
            Part("principles", _("Principles looked at within a year"), principles.filter(fresh).count(), count, link=list_of),
            Part("stories", _("Principles with a story or kudos of the last 90 days"), len(told), count,
                 link=link("library:document-list", kind=STORY)),
            Part("languages", _("Principles that are current in every language"), whole, count, link=list_of, bad_below=NEVER),
        ),
        seen=max(filter(None, seen), default=None),
    )  # fmt: skip
