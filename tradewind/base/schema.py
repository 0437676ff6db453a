"""An empty store made at once: the tables as all migrations together leave them, without walking through each.

Walking renders every model again for every step, which took half a minute for a store that holds nothing yet.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.core.management.sql import emit_post_migrate_signal
from django.db import connections, router
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations import Migration, RunPython, RunSQL
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.db.migrations.state import ProjectState

Key = tuple[str, str]


def make(alias: str = "default", until: Iterable[Key] | None = None) -> None:
    """Make the tables of an empty store in one transaction and note the migrations as applied.

    `until` are the migrations (app, name) to stand at, each with what it depends on; without it, all there are.
    Raises the database's own error, with nothing made, when a table is there already.
    """
    loader = MigrationLoader(None, replace_migrations=until is None)
    wanted = loader.graph.leaf_nodes() if until is None else list(until)
    state = loader.project_state(wanted)
    connection = connections[alias]
    with connection.schema_editor() as editor:
        for model in state.apps.get_models():
            if model._meta.can_migrate(connection) and router.allow_migrate_model(alias, model):
                editor.create_model(model)
        finish(editor, planned(loader, wanted), state)
    if (
        until is None
    ):  # those who listen know the present models alone; an older store hears of it with its next migration
        emit_post_migrate_signal(verbosity=0, interactive=False, db=alias)


def planned(loader: MigrationLoader, wanted: Iterable[Key]) -> list[Migration]:
    """The migrations that lead to some, each after those it depends on."""
    keys = dict.fromkeys(key for one in wanted for key in loader.graph.forwards_plan(one))
    return [loader.graph.nodes[key] for key in keys]


def finish(editor: BaseDatabaseSchemaEditor, plan: Iterable[Migration], state: ProjectState) -> None:
    """Add to fresh tables what no model describes, and note the migrations as applied."""
    recorder = MigrationRecorder(editor.connection)
    recorder.ensure_schema()
    for migration in plan:
        if type(migration).__module__.startswith("tradewind."):
            complete(migration, editor, state)
        recorder.record_applied(migration.app_label, migration.name)


def complete(migration: Migration, editor: BaseDatabaseSchemaEditor, state: ProjectState) -> None:
    """Take the steps of a migration that make something beside the models: a trigger, an index of words, a first row.

    They find the finished tables. A step that only carries old rows over says `elidable=True` and is left out; so are all
    steps of other packages, which carry rows over.
    """
    for step in migration.operations:
        if isinstance(step, RunPython | RunSQL) and not step.elidable:
            step.database_forwards(migration.app_label, editor, state, state)
