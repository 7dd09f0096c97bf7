"""Slots made in bulk and slots that move; deadlines of presenters."""

from datetime import UTC, datetime, time, timedelta

import pytest
import time_machine
from django.core import mail
from django.urls import reverse

from core.errors import DomainError
from courses.deadlines import State
from courses.models import Course
from planner.actions import plan_course_reminders
from planner.models import Reminder
from planner.queries import to_do
from presentations.actions import (
    add_slides,
    assign_presenter,
    cancel_meeting,
    make_slots,
    move_slot,
    restore_meeting,
    take_place,
    withdraw_presenter,
)
from presentations.models import SignUp, Slot
from presentations.queries import board_of, deadlines_for
from presentations.queries.strip import first_open, mark_clashes, weeks_of
from presentations.views.board import meetings_to_come
from tests.factories import (
    EnrollmentFactory,
    MeetingFactory,
    PaperFactory,
    ReminderRulesFactory,
    SignUpFactory,
    SlotFactory,
    SlotRoleFactory,
)
from tests.presentations.conftest import FIRST, NOW, who_stands

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("now")]


def test_bulk_makes_one_slot_for_each_paper_without_one(course, change, instructor):
    change(roles=[{"key": "body", "title": "Body", "capacity": 2}, {"key": "end", "title": "Discussion", "capacity": 1}])
    meeting = MeetingFactory(course=course, date=FIRST)
    papers = [PaperFactory(course=course, meeting=meeting, key=key, position=n) for n, key in enumerate(["tvm", "rammer"])]
    SlotFactory(course=course, meeting=meeting, paper=papers[0], key="rammer")
    PaperFactory(course=course, meeting=MeetingFactory(course=course, kind="holiday"))

    made = make_slots(course=course, by=instructor.user)
    again = make_slots(course=course, by=instructor.user)

    assert [(slot.key, slot.paper.key, slot.meeting, slot.position) for slot in made] == [("rammer-2", "rammer", meeting, 1)]
    assert list(made[0].roles.values_list("key", "capacity")) == [("body", 2), ("end", 1)]
    assert again == []


@pytest.mark.parametrize("kind", ["holiday", "another course"])
def test_a_slot_moves_only_to_a_meeting_that_takes_place(course, role_on, instructor, kind):
    role = role_on()
    meeting = MeetingFactory(course=course, kind="holiday") if kind == "holiday" else MeetingFactory()

    with pytest.raises(DomainError) as refusal:
        move_slot(slot=role.slot, meeting=meeting, by=instructor.user)

    assert refusal.value.code == "no_meeting"


def test_moving_to_where_it_is_tells_nobody(role_on, instructor, student, django_capture_on_commit_callbacks):
    role = role_on()
    SignUpFactory(role=role, enrollment=student)

    with django_capture_on_commit_callbacks(execute=True):
        move_slot(slot=role.slot, meeting=role.slot.meeting, by=instructor.user)

    assert mail.outbox == []


def test_a_cancelled_meeting_keeps_the_places_of_its_slots_and_tells_who_has_them(
    role_on, instructor, student, django_capture_on_commit_callbacks
):
    role, other = role_on(), role_on(7)
    place = SignUpFactory(role=role, enrollment=student)

    with django_capture_on_commit_callbacks(execute=True):
        waiting = [cancel_meeting(meeting=role.slot.meeting, by=instructor.user) for _ in range(2)]

    assert waiting == [[role.slot], [role.slot]]
    assert who_stands(role) == [student.pk]
    assert [(message.to, "needs another meeting" in message.subject) for message in mail.outbox] == [
        ([student.user.email], True)
    ]
    moved = move_slot(slot=role.slot, meeting=other.slot.meeting, by=instructor.user)
    place.refresh_from_db()
    assert (moved.is_homeless, place.withdrawn_at) == (False, None)


def stands(course) -> dict:
    """All that cancelling and moving may touch."""
    return {
        "meetings": list(course.meetings.order_by("pk").values_list("pk", "kind")),
        "slots": list(course.slots.order_by("pk").values_list("pk", "meeting", "position")),
        "papers": list(course.papers.order_by("pk").values_list("pk", "meeting")),
        "places": list(SignUp.objects.order_by("pk").values_list("pk", "role", "enrollment", "withdrawn_at", "is_pinned")),
    }


@pytest.fixture
def full_meeting(course, role_on, student):
    """A lecture with two presented papers in an order of its own, and somebody in one."""
    role = role_on(position=4)
    meeting = role.slot.meeting
    type(meeting).objects.filter(pk=meeting.pk).update(kind="lecture")
    for slot in (role.slot, SlotFactory(course=course, meeting=meeting, position=2)):
        slot.paper = PaperFactory(course=course, meeting=meeting)
        slot.save()
    SignUpFactory(role=role, enrollment=student)
    return meeting


def test_undoing_a_cancelled_meeting_brings_all_back_exactly(
    course, role_on, full_meeting, instructor, student, django_capture_on_commit_callbacks
):
    later, last, by = role_on(7).slot.meeting, role_on(14).slot.meeting, instructor.user
    before = stands(course)
    first, second = Slot.objects.filter(meeting=full_meeting)
    cancel_meeting(meeting=full_meeting, by=by)
    for slot in (first, second):
        move_slot(slot=slot, meeting=later, by=by)
    move_slot(slot=second, meeting=last, by=by)

    with django_capture_on_commit_callbacks(execute=True):
        back = restore_meeting(meeting=full_meeting, by=by)
        again = restore_meeting(meeting=full_meeting, by=by)

    assert (stands(course), back, again) == (before, [first, second], [first, second])
    assert [(message.to, "takes place after all" in message.body) for message in mail.outbox] == [([student.user.email], True)]


@pytest.mark.parametrize("undone_first", [0, 1])
def test_two_cancelled_meetings_are_undone_in_any_order(course, role_on, full_meeting, instructor, undone_first):
    """The slots go from the first to the second, which is cancelled as well, and on to the third."""
    second, third, by = role_on(7).slot.meeting, role_on(14).slot.meeting, instructor.user
    before = stands(course)
    cancelled = [full_meeting, second]
    for meeting, other in zip(cancelled, (second, third), strict=True):
        for slot in cancel_meeting(meeting=meeting, by=by):
            move_slot(slot=slot, meeting=other, by=by)

    for meeting in (cancelled[undone_first], cancelled[1 - undone_first]):
        restore_meeting(meeting=meeting, by=by)

    assert stands(course) == before


def test_places_given_and_taken_away_meanwhile_stay_as_they_are(course, role_on, full_meeting, instructor, student):
    other = EnrollmentFactory(course=course)
    role = SlotRoleFactory(slot=full_meeting.slots.last(), key="second")
    cancel_meeting(meeting=full_meeting, by=instructor.user)
    move_slot(slot=role.slot, meeting=role_on(7).slot.meeting, by=instructor.user)
    given = assign_presenter(role=role, enrollment=other, by=instructor.user)
    withdraw_presenter(sign_up=SignUp.objects.get(enrollment=student), by=instructor.user)

    restore_meeting(meeting=full_meeting, by=instructor.user)

    assert list(SignUp.objects.standing()) == [given]


def test_a_holiday_of_the_course_file_is_not_made_a_meeting(course, instructor):
    holiday = MeetingFactory(course=course, kind="holiday")

    with pytest.raises(DomainError) as refusal:
        restore_meeting(meeting=holiday, by=instructor.user)

    assert refusal.value.code == "not_cancelled"


def test_a_meeting_that_the_file_brought_back_is_cancelled_anew(course, role_on, full_meeting, instructor):
    """What was moved the first time stays where it is."""
    other, slot, by = role_on(7).slot.meeting, full_meeting.slots.first(), instructor.user
    cancel_meeting(meeting=full_meeting, by=by)
    move_slot(slot=slot, meeting=other, by=by)
    type(full_meeting).objects.filter(pk=full_meeting.pk).update(kind="project")

    cancel_meeting(meeting=full_meeting, by=by)
    restore_meeting(meeting=full_meeting, by=by)

    full_meeting.refresh_from_db()
    slot.refresh_from_db()
    assert (full_meeting.kind, slot.meeting) == ("project", other)


def test_page_and_api_undo_a_cancelled_meeting(client, course, full_meeting, instructor):
    before, key = stands(course), full_meeting.key
    client.force_login(instructor.user)
    undo = reverse("presentations:meeting_restore", args=[course.slug, key])
    board = reverse("presentations:board", args=[course.slug])
    client.post(reverse("presentations:meeting_cancel", args=[course.slug, key]))
    places = [reverse("presentations:slot_list", args=[course.slug]), board]
    assert [undo in client.get(place).content.decode() for place in places] == [True, True]

    said = client.post(undo, {"next": "board"}, follow=True)

    assert (said.redirect_chain[0][0], undo in said.content.decode()) == (board, False)
    assert "takes place after all, with 2 presentations" in said.content.decode()
    client.post(reverse("api:meeting_cancel", args=[course.slug, key]))
    answer = client.post(reverse("api:meeting_restore", args=[course.slug, key]))
    assert answer.json() == {"meeting": key, "slots": [slot.key for slot in full_meeting.slots.all()]}
    assert stands(course) == before


def test_a_meeting_that_is_over_is_not_cancelled(role_on, instructor):
    role = role_on(-30)

    with pytest.raises(DomainError) as refusal:
        cancel_meeting(meeting=role.slot.meeting, by=instructor.user)

    assert refusal.value.code == "over"
    role.slot.meeting.refresh_from_db()
    assert not role.slot.meeting.is_holiday


def test_the_board_cancels_and_says_what_is_without_a_meeting(client, course, role_on, instructor, student):
    role, other = role_on(), role_on(7)
    SignUpFactory(role=role, enrollment=student)
    client.force_login(instructor.user)
    board = reverse("presentations:board", args=[course.slug])
    cancel = reverse("presentations:meeting_cancel", args=[course.slug, role.slot.meeting.key])
    assert cancel in client.get(board).content.decode()

    said = client.post(cancel, follow=True).content.decode()

    assert ("Without a meeting" in said, student.user.name in said) == (True, True)
    assert "<b>1</b> presentation without a meeting" in client.get(board).content.decode()
    move = reverse("presentations:slot_move", args=[course.slug, role.slot.key])
    moved = client.post(move, {"meeting": other.slot.meeting.key, "next": "board"})
    assert (moved["Location"], "without a meeting" in client.get(board).content.decode()) == (board, False)


def test_no_slot_is_moved_to_a_meeting_that_has_begun(course, role_on):
    started, to_come = role_on(0).slot.meeting, role_on(1).slot.meeting

    with time_machine.travel(datetime(2021, 9, 9, 13, 0, tzinfo=UTC), tick=False):
        assert meetings_to_come(course) == [to_come]
    with time_machine.travel(datetime(2021, 9, 9, 12, 0, tzinfo=UTC), tick=False):
        assert meetings_to_come(course) == [started, to_come]


def test_the_strip_counts_clashes_and_names_the_next_open_place(course, role_on, student, instructor):
    _past, later = role_on(-30), role_on(14)
    for role in (role_on(0), role_on(1), role_on(7)):
        SignUpFactory(role=role, enrollment=student)
    rows, _ = board_of(course, instructor)

    mark_clashes(course, rows, 0)

    assert [week.clashes for week in weeks_of(rows) if week.rows] == [0, 2, 0, 0]
    assert first_open(rows) == later.pk


# -- deadlines


def test_presenters_owe_the_talk_and_its_slides(role_on, change, student, course):
    change(slides_due_days_before=1, slides_due_time=time(18, 0))
    role = role_on()
    take_place(role=role, enrollment=student)
    student.course = Course.objects.get(pk=course.pk)

    talk, slides = sorted(deadlines_for(student), key=lambda deadline: deadline.kind)

    assert (talk.kind, talk.due_at, talk.state) == ("presentation", datetime(2021, 9, 9, 12, 30, tzinfo=UTC), State.OPEN)
    assert (slides.kind, slides.due_at, slides.state) == ("slides", datetime(2021, 9, 8, 22, 0, tzinfo=UTC), State.OPEN)
    assert {(each.kind, each.is_owed) for each in to_do(student)} == {("presentation", True), ("slides", True)}


@pytest.mark.parametrize(
    ("handed_in", "asked", "state"),
    [
        (datetime(2021, 9, 8, 22, 0, tzinfo=UTC), NOW, State.SUBMITTED),
        (datetime(2021, 9, 8, 22, 0, 1, tzinfo=UTC), NOW, State.LATE),
        (None, datetime(2021, 9, 9, 12, 0, tzinfo=UTC), State.OPEN),
        (None, datetime(2021, 9, 9, 13, 0, tzinfo=UTC), State.MISSING),
    ],
)
def test_slides_are_in_late_or_missing(role_on, change, student, course, handed_in, asked, state):
    role = role_on(slides_due_at=datetime(2021, 9, 8, 22, 0, tzinfo=UTC))
    take_place(role=role, enrollment=student)
    if handed_in:
        with time_machine.travel(handed_in, tick=False):
            add_slides(slot=role.slot, by=student.user, url="https://example.org")

    with time_machine.travel(asked, tick=False):
        assert {each.kind: each.state for each in deadlines_for(student)}["slides"] == state


def test_a_cancelled_meeting_and_other_peoples_slots_owe_nothing(role_on, student, course):
    role = role_on()
    take_place(role=role, enrollment=student)
    type(role.slot.meeting).objects.update(kind="holiday")

    assert deadlines_for(student) == []
    assert deadlines_for(EnrollmentFactory(course=course)) == []


@pytest.mark.parametrize(
    ("before", "planned"),
    [
        (timedelta(days=7, minutes=1), []),
        (timedelta(days=7), [("presentation", 168)]),
        (timedelta(hours=24), [("presentation", 24)]),
    ],
)
def test_presenters_are_reminded_a_week_and_a_day_before(role_on, course, student, before, planned):
    ReminderRulesFactory(course=course, hours_before=[3])
    role = role_on()
    SignUpFactory(role=role, enrollment=student)

    with time_machine.travel(datetime(2021, 9, 9, 12, 30, tzinfo=UTC) - before, tick=False):
        plan_course_reminders(course=Course.objects.get(pk=course.pk))

    assert list(Reminder.objects.filter(skipped_at=None).values_list("kind", "hours_before")) == planned


def test_reminders_of_presenting_read_as_such(role_on, course, student, django_capture_on_commit_callbacks):
    ReminderRulesFactory(course=course)
    role = role_on()
    SignUpFactory(role=role, enrollment=student)
    with (
        time_machine.travel(datetime(2021, 9, 2, 13, 0, tzinfo=UTC), tick=False),
        django_capture_on_commit_callbacks(execute=True),
    ):
        plan_course_reminders(course=Course.objects.get(pk=course.pk))

    (message,) = mail.outbox
    assert message.subject == f"Presentation in 7 days: {role.slot} ({course.code})"
    assert f"your presentation of “{role.slot}” is in 7 days:" in message.body


@pytest.mark.parametrize("rows", [1, 3])
def test_deadlines_ask_as_often_for_any_number(role_on, student, course, django_assert_num_queries, rows):
    for day in range(rows):
        SignUpFactory(role=role_on(day, slides_due_at=NOW), enrollment=student)
    student.course = Course.objects.get(pk=course.pk)

    with django_assert_num_queries(3):
        assert len(deadlines_for(student)) == 2 * rows
