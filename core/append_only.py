"""Tables whose rows are only ever added, held by the database itself: operations for migrations.

SQLite loses a table's triggers when a later migration rebuilds the table: such a migration must add this operation again.
TRUNCATE on PostgreSQL stays open to the table's owner, for `flush`.
"""

from django.db import migrations

FUNCTION = """
CREATE OR REPLACE FUNCTION {table}_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END $$
"""
POSTGRESQL = "CREATE TRIGGER {table}_no_{verb} BEFORE {verb} ON {table} FOR EACH ROW EXECUTE FUNCTION {table}_refuse_change()"
SQLITE = "CREATE TRIGGER {table}_no_{verb} BEFORE {verb} ON {table} BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
VERBS = ("update", "delete")


def append_only(table: str, *, verbs: tuple[str, ...] = VERBS) -> migrations.RunPython:
    """Refuse to update or delete the table's rows, whoever asks; `verbs` names fewer, for a table that is pruned."""

    def install(apps, schema_editor):
        is_postgresql = schema_editor.connection.vendor == "postgresql"
        if is_postgresql:
            schema_editor.execute(FUNCTION.format(table=table), params=None)
        for verb in verbs:
            schema_editor.execute((POSTGRESQL if is_postgresql else SQLITE).format(table=table, verb=verb), params=None)

    def remove(apps, schema_editor):
        is_postgresql = schema_editor.connection.vendor == "postgresql"
        for verb in verbs:
            on_table = f" ON {table}" if is_postgresql else ""
            schema_editor.execute(f"DROP TRIGGER {table}_no_{verb}{on_table}", params=None)
        if is_postgresql:
            schema_editor.execute(f"DROP FUNCTION {table}_refuse_change()", params=None)

    return migrations.RunPython(install, remove)


def lift(table: str) -> migrations.RunPython:
    """For a migration that rebuilds an append-only table: lift it before, and add `append_only` again after."""
    held = append_only(table)
    return migrations.RunPython(held.reverse_code, held.code)
