"""History cannot be rewritten, not even past the code: the database refuses."""

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from grading.models import Mark, MarkChange, Policy


@pytest.fixture
def history(course, student, instructor):
    mark = Mark.objects.create(course=course, enrollment=student, component="essay", points=4, marked_by=instructor.user)
    MarkChange.objects.create(mark=mark, points_after=4, changed_by=instructor.user, changed_at=timezone.now())
    number = Policy.objects.filter(course=course).count() + 100
    Policy.objects.create(course=course, number=number, document={})


@pytest.mark.parametrize("table", ["grading_markchange", "grading_policy"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET id = id", "DELETE FROM {}"])
def test_the_database_refuses_to_rewrite_history(history, table, statement):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table} ORDER BY id")
        before = cursor.fetchall()
        assert before
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            cursor.execute(statement.format(table))
        cursor.execute(f"SELECT * FROM {table} ORDER BY id")
        assert cursor.fetchall() == before
