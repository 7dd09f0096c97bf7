"""How the tests with real threads leave the database empty: past the triggers of append-only tables, and quickly."""

from django.db.backends.postgresql.base import DatabaseOperations as PostgreSQL
from django.db.backends.sqlite3.base import DatabaseOperations as SQLite

# What migrating made, and would make anew after each test.
KEPT = {"django_content_type", "auth_permission"}


def install():
    SQLite.sql_flush = _past_triggers(SQLite.sql_flush)
    PostgreSQL.sql_flush = _delete_what_is_there


def _past_triggers(flush):
    """SQLite empties tables with DELETE, which append-only history refuses: lift its triggers for a test's end only."""

    def sql_flush(self, style, tables, **options):
        with self.connection.cursor() as cursor:
            cursor.execute(
                "SELECT name, sql FROM sqlite_master"
                " WHERE type = 'trigger' AND (name LIKE '%_no_update' OR name LIKE '%_no_delete')"
            )
            triggers = cursor.fetchall()
        drops = [f'DROP TRIGGER "{name}"' for name, _ in triggers]
        return [*drops, *flush(self, style, tables, **options), *(sql for _, sql in triggers)]

    return sql_flush


def _delete_what_is_there(self, style, tables, **options):
    """TRUNCATE writes a new file for each of a hundred tables and their indexes; few of them have rows after a test.

    The deletes run in one transaction, in which PostgreSQL looks at Django's foreign keys only at the end.
    """
    asked = (f"SELECT '{table}' WHERE EXISTS (SELECT 1 FROM {self.quote_name(table)})" for table in set(tables) - KEPT)  # noqa: S608 - our own tables
    with self.connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(asked))
        filled = [self.quote_name(table) for (table,) in cursor.fetchall()]
    return [
        *(f"ALTER TABLE {table} DISABLE TRIGGER USER" for table in filled),
        *(f"DELETE FROM {table}" for table in filled),  # noqa: S608
        "SET CONSTRAINTS ALL IMMEDIATE",  # or the tables may not be altered yet
        *(f"ALTER TABLE {table} ENABLE TRIGGER USER" for table in filled),
    ]
