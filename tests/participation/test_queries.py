"""What other rooms read of participation, and the sheets."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from courses.deadlines import State
from courses.models import Course
from participation import policies, queries
from participation.models import Record
from tests.factories import EnrollmentFactory, MeetingFactory, RecordFactory
from tests.participation.conftest import MIDNIGHT, OPENS

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
ROLES = ("student", "assistant", "instructor", "observer")


def test_todays_meeting_is_owed_until_midnight(meeting, student):
    deadline = queries.deadlines_for(student)[0]

    assert (deadline.kind, deadline.key, deadline.title) == ("participation", "rammer", "Participation: Compilers")
    assert (deadline.due_at, deadline.closes_at, deadline.state) == (MIDNIGHT, MIDNIGHT, State.OPEN)
    assert (deadline.url, deadline.detail) == (f"/c/{student.course.slug}/participation/", "Attended, discussed · today only")


def test_todays_meeting_says_from_when_it_can_be_recorded(meeting, student, clock):
    clock.move_to(OPENS - timedelta(hours=2))

    assert [deadline.detail for deadline in queries.deadlines_for(student)] == ["Attended, discussed · today from 08:15"]


def test_todays_meeting_is_settled_once_recorded(meeting, student):
    RecordFactory(meeting=meeting, enrollment=student, attended=False)

    assert [deadline.state for deadline in queries.deadlines_for(student)] == [State.SUBMITTED]


def test_other_days_and_holidays_are_not_owed(course, rules, student):
    MeetingFactory(course=course, date=date(2021, 9, 1))
    MeetingFactory(course=course, date=date(2021, 9, 3))
    MeetingFactory(course=course, date=date(2021, 9, 2), kind="holiday")

    assert queries.deadlines_for(student) == []


@pytest.mark.parametrize("change", [{"role": "assistant"}, {"role": "instructor"}, {"is_active": False}])
def test_only_active_students_owe_a_record(meeting, course, change):
    assert queries.deadlines_for(EnrollmentFactory(course=course, **change)) == []


def test_nobody_owes_a_record_in_a_course_without_rules(course, student):
    MeetingFactory(course=course, date=date(2021, 9, 2))

    assert queries.deadlines_for(student) == []


@pytest.mark.parametrize("rows", [1, 3])
def test_deadlines_take_three_queries_however_many_meetings(course, rules, student, django_assert_num_queries, rows):
    for _ in range(rows):
        MeetingFactory(course=course, date=date(2021, 9, 2))
    student.course = Course.objects.get(pk=course.pk)

    with django_assert_num_queries(3):
        assert len(queries.deadlines_for(student)) == rows


@pytest.mark.parametrize("rows", [1, 3])
def test_grading_facts_hold_every_meeting_and_active_student(course, meeting, django_assert_num_queries, rows):
    students = EnrollmentFactory.create_batch(rows, course=course)
    EnrollmentFactory(course=course, is_active=False)
    to_come = MeetingFactory(course=course, date=date(2021, 9, 7), topic="Networks")
    holiday = MeetingFactory(course=course, date=date(2021, 9, 1), kind="holiday")
    for student in students:
        RecordFactory(meeting=meeting, enrollment=student, discussed=True)
        RecordFactory(meeting=holiday, enrollment=student)

    with django_assert_num_queries(3):
        meetings, records = queries.grading_facts(course)

    assert meetings == [
        queries.MeetingFact(meeting.pk, date(2021, 9, 2), "Compilers", False),
        queries.MeetingFact(to_come.pk, date(2021, 9, 7), "Networks", False),
    ]
    fact = queries.RecordFact(attended=True, discussed=True, is_confirmed=False)
    assert records == {student.pk: {meeting.pk: fact} for student in students}


def test_a_meeting_is_over_at_midnight(course, meeting, clock):
    clock.move_to(MIDNIGHT)

    assert [fact.is_over for fact in queries.grading_facts(course)[0]] == [True]


def test_grading_facts_of_a_course_without_rules_have_no_meetings(course, student):
    MeetingFactory(course=course)

    assert queries.grading_facts(course) == ([], {student.pk: {}})


def test_sheet_adds_up_the_points(meeting, course, student, instructor):
    earlier = MeetingFactory(course=course, date=date(2021, 8, 31))
    MeetingFactory(course=course, date=date(2021, 9, 7))
    record = RecordFactory(meeting=meeting, enrollment=student, discussed=True)

    sheet = queries.sheet(instructor)

    assert (sheet.meetings, sheet.out_of) == ([earlier, meeting], Decimal(12))
    assert [(row.student, row.records, row.points) for row in sheet.rows] == [(student, [None, record], Decimal(6))]


def test_sheet_of_a_student_is_their_own_row(meeting, course, student):
    RecordFactory(meeting=meeting)
    own = RecordFactory(meeting=meeting, enrollment=student)

    assert [(row.student, row.records) for row in queries.sheet(student).rows] == [(student, [own])]


@pytest.mark.parametrize(("section", "seen"), [("A", ["Ada"]), ("", ["Ada", "Ben"])])
def test_sheet_of_an_assistant_has_the_students_of_their_section(meeting, course, section, seen):
    for name, its_section in (("Ada", "A"), ("Ben", "B")):
        person = EnrollmentFactory(course=course, section=its_section, user__name=name)
        RecordFactory(meeting=meeting, enrollment=person)
    assistant = EnrollmentFactory(course=course, role="assistant", section=section)

    assert [row.student.user.name for row in queries.sheet(assistant).rows] == seen


@pytest.mark.parametrize("is_active", [True, False])
@pytest.mark.parametrize("section", ["", "A", "B"])
@pytest.mark.parametrize("role", ROLES)
def test_visible_records_are_those_of_the_policy(meeting, course, role, section, is_active):
    viewer = EnrollmentFactory(course=course, role=role, section=section, is_active=is_active)
    records = [
        RecordFactory(meeting=meeting, enrollment=EnrollmentFactory(course=course, section=each, is_active=there))
        for each, there in (("A", True), ("B", True), ("", True), ("A", False))
    ]
    records.append(RecordFactory())
    if role == "student":
        records.append(RecordFactory(meeting=meeting, enrollment=viewer))

    visible = set(Record.objects.visible_to(viewer))

    assert visible == {record for record in records if policies.may_see(viewer, record)}
