"""Records under real concurrency; needs PostgreSQL."""

import pytest

from participation.actions import Entry, record_own, save_sheet
from participation.models import Record, RecordChange
from tests.factories import EnrollmentFactory
from tests.threads import at_once

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("clock")]


def test_recording_ten_times_at_once_makes_one_record(meeting, student):
    at_once([lambda: record_own(meeting=meeting, enrollment=student, attended=True, discussed=False)] * 10)

    assert (Record.objects.get().revision, RecordChange.objects.count()) == (1, 1)


def test_two_sheets_saved_at_once_give_one_winner(meeting, course, instructor):
    students = EnrollmentFactory.create_batch(5, course=course)
    everybody = [Entry(student, True, False, 0) for student in students]
    nobody = [Entry(student, False, False, 0) for student in reversed(students)]

    results = at_once(
        [
            lambda: save_sheet(meeting=meeting, entries=everybody, by=instructor.user),
            lambda: save_sheet(meeting=meeting, entries=nobody, by=instructor.user),
        ]
    )

    assert results.count("stale_version") == 1
    assert len(set(Record.objects.values_list("attended", "revision"))) == 1
