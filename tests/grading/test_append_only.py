"""History cannot be rewritten, not even past the code: the database refuses."""

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from grading.models import Mark, MarkChange, Policy, StaffNote
from participation.models import RecordChange
from tests.factories import RecordFactory


@pytest.fixture
def history(course, student, instructor):
    mark = Mark.objects.create(course=course, enrollment=student, component="essay", points=4, marked_by=instructor.user)
    MarkChange.objects.create(mark=mark, points_after=4, changed_by=instructor.user, changed_at=timezone.now())
    number = Policy.objects.filter(course=course).count() + 100
    Policy.objects.create(course=course, number=number, document={})
    StaffNote.objects.create(enrollment=student, text="Ill", written_by=instructor.user)
    RecordChange.objects.create(record=RecordFactory(), attended=True, discussed=False, changed_by=instructor.user)


@pytest.mark.parametrize("table", ["grading_markchange", "grading_policy", "grading_staffnote", "participation_recordchange"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET id = id", "DELETE FROM {}"])
def test_the_database_refuses_to_rewrite_history(history, table, statement):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table} ORDER BY id")  # noqa: S608 (names from the list above)
        before = cursor.fetchall()
        assert before
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            cursor.execute(statement.format(table))
        cursor.execute(f"SELECT * FROM {table} ORDER BY id")  # noqa: S608 (names from the list above)
        assert cursor.fetchall() == before


def triggers() -> set:
    if connection.vendor != "sqlite":
        return set()
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        return set(cursor.fetchall())


@pytest.mark.django_db(transaction=True)
def test_the_tests_own_flush_puts_the_triggers_back(history):
    before = triggers()

    call_command("flush", interactive=False, verbosity=0, inhibit_post_migrate=True)

    assert not Policy.objects.exists()
    assert triggers() == before
