"""The database itself refuses to change or delete what is history.

SQLite loses a table's triggers when a later migration rebuilds the table: such a migration must run `install` again.
TRUNCATE on PostgreSQL stays open to the table's owner, for `flush`.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

TABLES = ("grading_markchange", "grading_policy")

FUNCTION = """
CREATE OR REPLACE FUNCTION grading_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END $$
"""
POSTGRESQL = "CREATE TRIGGER {table}_no_{verb} BEFORE {verb} ON {table} FOR EACH ROW EXECUTE FUNCTION grading_refuse_change()"
SQLITE = "CREATE TRIGGER {table}_no_{verb} BEFORE {verb} ON {table} BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"


def install(apps, schema_editor):
    postgresql = schema_editor.connection.vendor == "postgresql"
    if postgresql:
        schema_editor.execute(FUNCTION, params=None)
    for table in TABLES:
        for verb in ("update", "delete"):
            schema_editor.execute((POSTGRESQL if postgresql else SQLITE).format(table=table, verb=verb), params=None)


def remove(apps, schema_editor):
    postgresql = schema_editor.connection.vendor == "postgresql"
    for table in TABLES:
        for verb in ("update", "delete"):
            schema_editor.execute(f"DROP TRIGGER {table}_no_{verb}" + (f" ON {table}" if postgresql else ""), params=None)
    if postgresql:
        schema_editor.execute("DROP FUNCTION grading_refuse_change()", params=None)


class Migration(migrations.Migration):
    dependencies = [("grading", "0002_marking_and_regrades"), migrations.swappable_dependency(settings.AUTH_USER_MODEL)]
    operations = [
        migrations.AlterField(
            "policy",
            "course",
            models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="policies", to="courses.course"),
        ),
        migrations.AlterField(
            "policy",
            "created_by",
            models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.RunPython(install, remove),
    ]
