"""What watchers ask: is it up (/healthz), can it work (/readyz). How it is doing (/metrics) stands in config.meter."""

from __future__ import annotations

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache

from tradewind.engines.jobs.queries import workers_alive

OK, MISSING = "ok", "missing"
migrated = False


@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    """200 as long as this process answers; asks nobody else."""
    return HttpResponse("ok\n", content_type="text/plain")


@never_cache
def readyz(request: HttpRequest) -> HttpResponse:
    """200 when the store answers, is migrated, and a worker gave a sign of life within a minute; else 503 and which."""
    told = readiness()
    return JsonResponse(told, status=200 if all(state == OK for state in told.values()) else 503)


def readiness() -> dict[str, str]:
    """The state of what this product cannot work without."""
    try:
        connection.ensure_connection()
        if not is_migrated():
            return {"store": OK, "migrations": MISSING}
        return {"store": OK, "migrations": OK, "worker": OK if workers_alive() else MISSING}
    except DatabaseError:
        return {"store": MISSING}


def is_migrated() -> bool:
    """Whether no migration waits; once true, true for the life of this process."""
    global migrated  # noqa: PLW0603  reading all migrations costs too much for every question
    if not migrated:
        executor = MigrationExecutor(connection)
        migrated = not executor.migration_plan(executor.loader.graph.leaf_nodes())
    return migrated
