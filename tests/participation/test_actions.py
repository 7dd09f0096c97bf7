"""Recording one's own participation; confirming and correcting it."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from core.errors import DomainError, StaleVersion
from courses.models import Enrollment
from participation import policies
from participation.actions import Entry, StaleSheet, confirm_recorded, correct_record, record_own, save_sheet
from participation.models import Record, RecordChange
from tests.factories import EnrollmentFactory, MeetingFactory
from tests.participation.conftest import DURING, MIDNIGHT, OPENS

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def facts(record):
    record.refresh_from_db()
    return (record.attended, record.discussed, record.is_confirmed, record.revision)


def history():
    return list(RecordChange.objects.values_list("attended", "discussed", "changed_by"))


@pytest.fixture
def recorded(meeting, student):
    return record_own(meeting=meeting, enrollment=student, attended=True, discussed=False)


# -- one's own


@pytest.mark.parametrize("said", [(True, True), (True, False), (False, False)])
def test_record_keeps_what_the_student_says(meeting, student, said):
    record = record_own(meeting=meeting, enrollment=student, attended=said[0], discussed=said[1])

    student.refresh_from_db()
    assert facts(record) == (*said, False, 1)
    assert history() == [(*said, student.user.pk)]
    assert (student.grade_changed_at, student.released_changed_at) == (DURING, DURING)


def test_record_again_changes_it_and_keeps_the_history(recorded, meeting, student):
    record_own(meeting=meeting, enrollment=student, attended=True, discussed=True)

    assert facts(recorded) == (True, True, False, 2)
    assert history() == [(True, False, student.user.pk), (True, True, student.user.pk)]


def test_recording_the_same_again_changes_nothing(recorded, meeting, student):
    record_own(meeting=meeting, enrollment=student, attended=True, discussed=False)

    assert (facts(recorded), len(history())) == ((True, False, False, 1), 1)


def test_discussed_without_attended_is_refused(meeting, student):
    with pytest.raises(DomainError) as refusal:
        record_own(meeting=meeting, enrollment=student, attended=False, discussed=True)

    assert (refusal.value.code, refusal.value.message) == (
        "discussed_without_attending",
        "Whoever discussed was also there. Tick “attended” as well.",
    )
    assert Record.objects.count() == 0


@pytest.mark.parametrize("moment", [OPENS, DURING, MIDNIGHT - timedelta(seconds=1)])
def test_record_is_open_from_a_quarter_before_until_midnight_of_the_course(meeting, student, clock, moment):
    clock.move_to(moment)

    assert record_own(meeting=meeting, enrollment=student, attended=True, discussed=False).attended is True


@pytest.mark.parametrize(
    ("moment", "message"),
    [
        (
            OPENS - timedelta(seconds=1),
            "Participation in this meeting is recorded from 08:15 on Thursday 2 September 2021.",
        ),
        (
            MIDNIGHT,
            "Participation in this meeting could be recorded until the end of Thursday 2 September 2021. "
            "Ask staff to put it right.",
        ),
    ],
)
def test_record_at_another_time_is_refused(meeting, student, clock, moment, message):
    clock.move_to(moment)

    with pytest.raises(DomainError) as refusal:
        record_own(meeting=meeting, enrollment=student, attended=True, discussed=False)

    assert (refusal.value.code, refusal.value.message, Record.objects.count()) == ("closed", message, 0)


def test_record_opens_a_quarter_before_in_the_night_the_clocks_change(course, rules):
    """In Cairo they went from Friday 00:00 to 01:00 on 28 April 2023; the meeting begins a few minutes after that."""
    course.time_zone = "Africa/Cairo"
    meeting = MeetingFactory(course=course, date=date(2023, 4, 28), starts_at=time(1, 5), ends_at=time(2, 0))

    assert policies.opens_at(meeting) == datetime(2023, 4, 27, 21, 50, tzinfo=UTC)


def test_a_confirmed_record_is_no_longer_the_students_to_change(recorded, meeting, student, instructor):
    correct_record(meeting=meeting, enrollment=student, attended=True, discussed=False, revision=1, by=instructor.user)

    with pytest.raises(DomainError) as refusal:
        record_own(meeting=meeting, enrollment=student, attended=True, discussed=True)

    assert (refusal.value.code, facts(recorded)) == ("confirmed", (True, False, True, 2))


def test_record_of_a_holiday_is_refused(course, rules, student):
    holiday = MeetingFactory(course=course, kind="holiday", date=DURING.date())

    with pytest.raises(DomainError) as refusal:
        record_own(meeting=holiday, enrollment=student, attended=True, discussed=False)

    assert refusal.value.code == "no_meeting"


def test_record_in_a_course_without_rules_is_refused(course, student):
    with pytest.raises(DomainError) as refusal:
        record_own(
            meeting=MeetingFactory(course=course, date=DURING.date()), enrollment=student, attended=True, discussed=False
        )

    assert refusal.value.code == "no_participation"


@pytest.mark.parametrize("change", [{"is_active": False}, {"role": "observer"}, {"role": "assistant"}])
def test_record_by_somebody_who_is_no_student_any_more_is_refused(meeting, student, change):
    Enrollment.objects.filter(pk=student.pk).update(**change)

    with pytest.raises(DomainError) as refusal:
        record_own(meeting=meeting, enrollment=student, attended=True, discussed=False)

    assert (refusal.value.code, Record.objects.count()) == ("not_a_student", 0)


def test_record_in_another_course_is_refused(meeting):
    with pytest.raises(DomainError) as refusal:
        record_own(meeting=meeting, enrollment=EnrollmentFactory(), attended=True, discussed=False)

    assert refusal.value.code == "not_a_student"


# -- one record by staff


def test_correct_confirms_and_keeps_who_changed_what(recorded, meeting, student, instructor):
    correct_record(meeting=meeting, enrollment=student, attended=True, discussed=True, revision=1, by=instructor.user)

    assert facts(recorded) == (True, True, True, 2)
    assert (recorded.confirmed_by, recorded.confirmed_at) == (instructor.user, DURING)
    assert history() == [(True, False, student.user.pk), (True, True, instructor.user.pk)]


@pytest.mark.parametrize("revision", [None, 0])
def test_correct_makes_the_record_where_there_is_none(meeting, student, instructor, revision):
    record = correct_record(
        meeting=meeting, enrollment=student, attended=False, discussed=False, revision=revision, by=instructor.user
    )

    assert facts(record) == (False, False, True, 1)


@pytest.mark.parametrize("revision", [None, 0, 2, 99])
def test_correct_of_another_revision_is_refused_and_shows_what_is_there(recorded, meeting, student, instructor, revision):
    with pytest.raises(StaleVersion) as refusal:
        correct_record(
            meeting=meeting, enrollment=student, attended=False, discussed=False, revision=revision, by=instructor.user
        )

    assert (refusal.value.current, facts(recorded)) == (recorded, (True, False, False, 1))


def test_correct_before_the_meeting_is_refused(meeting, student, instructor, clock):
    clock.move_to(OPENS - timedelta(days=1))

    with pytest.raises(DomainError) as refusal:
        correct_record(meeting=meeting, enrollment=student, attended=True, discussed=False, revision=0, by=instructor.user)

    assert refusal.value.code == "not_begun"


def test_correct_long_after_the_meeting_is_taken(meeting, student, instructor, clock):
    clock.move_to(MIDNIGHT + timedelta(days=90))

    record = correct_record(meeting=meeting, enrollment=student, attended=True, discussed=True, revision=0, by=instructor.user)

    assert facts(record) == (True, True, True, 1)


# -- a meeting's whole column


def test_save_sheet_confirms_every_row(recorded, meeting, student, instructor, course):
    other = EnrollmentFactory(course=course)

    save_sheet(meeting=meeting, entries=[Entry(student, True, False, 1), Entry(other, False, False, 0)], by=instructor.user)

    assert facts(recorded) == (True, False, True, 2)
    assert facts(Record.objects.get(enrollment=other)) == (False, False, True, 1)


def test_each_change_tells_what_stood_before_it(meeting, student, instructor):
    record_own(meeting=meeting, enrollment=student, attended=True, discussed=False)
    correct_record(meeting=meeting, enrollment=student, attended=True, discussed=True, revision=1, by=instructor.user)

    assert list(RecordChange.objects.values_list("attended_before", "discussed_before", "attended", "discussed")) == [
        (None, None, True, False),
        (True, False, True, True),
    ]


def test_save_sheet_again_changes_nothing(recorded, meeting, student, instructor):
    entries = [Entry(student, True, False, 1)]
    save_sheet(meeting=meeting, entries=entries, by=instructor.user)

    save_sheet(meeting=meeting, entries=entries, by=instructor.user)

    assert (facts(recorded), len(history())) == ((True, False, True, 2), 2)


def test_save_sheet_with_one_stale_row_saves_none_and_names_it(recorded, meeting, student, instructor, course):
    other = EnrollmentFactory(course=course)
    record_own(meeting=meeting, enrollment=student, attended=True, discussed=True)

    with pytest.raises(StaleSheet) as refusal:
        save_sheet(meeting=meeting, entries=[Entry(student, False, False, 1), Entry(other, True, False, 0)], by=instructor.user)

    assert refusal.value.current == {student.pk: recorded}
    assert refusal.value.message == "One record has changed since this was opened. Nothing was saved."
    assert (facts(recorded), Record.objects.count()) == ((True, True, False, 2), 1)


def test_save_sheet_names_who_discussed_without_attending(meeting, student, instructor, course):
    other = EnrollmentFactory(course=course, user__name="Ada")

    with pytest.raises(DomainError) as refusal:
        save_sheet(meeting=meeting, entries=[Entry(student, True, True, 0), Entry(other, False, True, 0)], by=instructor.user)

    assert refusal.value.message == "Ada: whoever discussed was also there. Tick “attended” as well."
    assert Record.objects.count() == 0


@pytest.mark.parametrize("rows", [2, 4])  # one alone needs no lock in order
def test_save_sheet_takes_the_same_queries_for_any_number(course, meeting, instructor, django_assert_num_queries, rows):
    entries = [Entry(student, True, False, 0) for student in EnrollmentFactory.create_batch(rows, course=course)]

    with django_assert_num_queries(10):
        save_sheet(meeting=meeting, entries=entries, by=instructor.user)


def test_confirm_takes_what_was_recorded_and_leaves_the_rest_open(recorded, meeting, student, instructor, course):
    silent = EnrollmentFactory(course=course)

    count = confirm_recorded(meeting=meeting, revisions={student.pk: 1, silent.pk: 0}, by=instructor.user)

    assert (count, facts(recorded), Record.objects.count()) == (1, (True, False, True, 2), 1)


def test_confirm_of_what_changed_since_is_refused(recorded, meeting, student, instructor):
    record_own(meeting=meeting, enrollment=student, attended=True, discussed=True)

    with pytest.raises(StaleSheet):
        confirm_recorded(meeting=meeting, revisions={student.pk: 1}, by=instructor.user)

    assert facts(recorded) == (True, True, False, 2)
