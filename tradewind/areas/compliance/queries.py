"""The company's own facts and its backups as one may see them."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet

from tradewind.areas.compliance.models import BackupRun
from tradewind.engines.access.scope import visible
from tradewind.nouns.org.models import Company, Entity, Person, Site


def backups(person: Person | None) -> QuerySet[BackupRun]:
    """The backups one may see."""
    return visible(person, "compliance.view_backup", BackupRun.objects.all())


def backup(pk: int) -> BackupRun:
    """One backup, for what runs by itself."""
    return BackupRun.objects.get(pk=pk)


def last_verified() -> BackupRun | None:
    """The backup whose restore was proved last."""
    return BackupRun.objects.filter(verified_at__isnull=False).order_by("-verified_at").first()


def last_backup() -> BackupRun | None:
    """The newest backup that was made."""
    return BackupRun.objects.filter(state=BackupRun.DONE).order_by("-finished_at", "-id").first()


def backup_counts(since: datetime) -> tuple[int, int]:
    """How many backups since a moment went through and were not found damaged, and how many there were."""
    ended = BackupRun.objects.filter(finished_at__gt=since)
    return ended.filter(state=BackupRun.DONE, error="").count(), ended.count()


def companies(person: Person | None) -> QuerySet[Company]:
    """The company, for whom may see it."""
    return visible(person, "compliance.view_company", Company.objects.all())


def entities(person: Person | None) -> QuerySet[Entity]:
    """The entities one may see."""
    return visible(person, "compliance.view_company", Entity.objects.all())


def sites(person: Person | None) -> QuerySet[Site]:
    """The sites one may see."""
    return visible(person, "compliance.view_company", Site.objects.all())
