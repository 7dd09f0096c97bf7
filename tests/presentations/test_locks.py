"""The capacity under real concurrency; needs PostgreSQL."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from presentations import tasks
from presentations.actions import (
    accept_offer,
    add_slides,
    assign_presenter,
    cancel_meeting,
    give_back,
    join_line,
    move_slot,
    offer_place,
    restore_meeting,
    take_place,
    undo_last,
    withdraw_presenter,
)
from presentations.assigning.actions import apply_run, plan_run
from presentations.assigning.world import Parameters
from presentations.models import Act, ActKind, Cancellation, MovedSlot, SignUp, Slides, Waiting
from tests.factories import (
    EnrollmentFactory,
    MeetingFactory,
    PresentationRulesFactory,
    SignUpFactory,
    SlotFactory,
    SlotRoleFactory,
)
from tests.presentations.conftest import who_stands
from tests.threads import at_once

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def test_assigning_twenty_students_to_one_place_gives_it_to_one(course, instructor):
    role = SlotRoleFactory(slot=SlotFactory(course=course))
    students = EnrollmentFactory.create_batch(20, course=course)

    results = at_once(
        [lambda student=student: assign_presenter(role=role, enrollment=student, by=instructor.user) for student in students]
    )

    assert results.count("role_is_full") == 19
    assert SignUp.objects.standing().filter(role=role).count() == 1


def test_assigning_one_student_twenty_times_makes_one_sign_up(course, student, instructor):
    role = SlotRoleFactory(slot=SlotFactory(course=course), capacity=20)

    results = at_once([lambda: assign_presenter(role=role, enrollment=student, by=instructor.user)] * 20)

    assert results.count("already_assigned") == 19
    assert SignUp.objects.count() == 1


def test_removing_and_assigning_at_once_never_overbooks(course, instructor):
    role = SlotRoleFactory(slot=SlotFactory(course=course))
    sign_up = SignUpFactory(role=role)
    students = EnrollmentFactory.create_batch(8, course=course)

    at_once(
        [lambda: withdraw_presenter(sign_up=sign_up, by=instructor.user)]
        + [lambda student=student: assign_presenter(role=role, enrollment=student, by=instructor.user) for student in students]
    )

    assert SignUp.objects.standing().filter(role=role).count() <= 1


def test_a_meeting_that_is_cancelled_while_places_are_taken_loses_none(course, instructor):
    PresentationRulesFactory(course=course)
    meeting = MeetingFactory(course=course, date=course.today() + timedelta(days=9))
    role = SlotRoleFactory(slot=SlotFactory(course=course, meeting=meeting), capacity=5)
    students = EnrollmentFactory.create_batch(5, course=course)

    cancelled, *taken = at_once(
        [lambda: cancel_meeting(meeting=meeting, by=instructor.user)]
        + [lambda student=student: take_place(role=role, enrollment=student) for student in students]
    )

    told = Act.objects.filter(kind=ActKind.CANCELLED).values_list("enrollment", flat=True)
    assert cancelled == [role.slot]
    assert sorted(told) == who_stands(role), "who took a place before is told, and nobody takes one after"
    assert sum(isinstance(each, SignUp) for each in taken) == len(told)


def test_a_meeting_brought_back_while_its_slots_are_moved_ends_in_order_with_everybody_in_it(course, instructor):
    """Each slot is back, or was moved after; twice undone is once."""
    PresentationRulesFactory(course=course)
    meeting, other = (MeetingFactory(course=course, date=course.today() + timedelta(days=day)) for day in (9, 16))
    slots = [SlotFactory(course=course, meeting=meeting, position=place) for place in range(4)]
    places = {SignUpFactory(role=SlotRoleFactory(slot=slot)).pk for slot in slots}
    cancel_meeting(meeting=meeting, by=instructor.user)

    at_once(
        [lambda: restore_meeting(meeting=meeting, by=instructor.user)] * 2
        + [lambda slot=slot: move_slot(slot=slot, meeting=other, by=instructor.user) for slot in slots]
    )

    meeting.refresh_from_db()
    moved_after = Act.objects.filter(kind=ActKind.MOVED, role__slot__meeting=other).count()
    assert (meeting.is_holiday, Cancellation.objects.exists(), MovedSlot.objects.exists()) == (False, False, False)
    assert course.slots.filter(meeting=meeting).count() == 4 - moved_after
    assert set(SignUp.objects.standing().values_list("pk", flat=True)) == places


def test_adding_slides_at_once_numbers_them_one_by_one(course, student):
    slot = SlotFactory(course=course)

    at_once([lambda: add_slides(slot=slot, by=student.user, url="https://example.org")] * 8)

    assert sorted(Slides.objects.values_list("number", flat=True)) == list(range(1, 9))


# -- by the students themselves


@pytest.mark.usefixtures("now")
def test_forty_students_on_three_places_take_three(course, role_on):
    role = role_on(capacity=3)
    students = EnrollmentFactory.create_batch(40, course=course)

    results = at_once([lambda student=student: take_place(role=role, enrollment=student) for student in students])

    assert (results.count("role_is_full"), len(who_stands(role))) == (37, 3)


@pytest.mark.usefixtures("now")
def test_thirty_who_press_on_the_page_at_once_take_two_places_and_all_are_answered(course, role_on):
    role = role_on(capacity=2)
    address = reverse("presentations:place_take", args=[course.slug, role.slot.key, role.key])
    clients = [Client(headers={"HX-Request": "true"}) for _ in range(30)]
    for client in clients:
        client.force_login(EnrollmentFactory(course=course).user)

    answers = at_once([lambda client=client: client.post(address) for client in clients])

    assert [answer.status_code for answer in answers] == [200] * 30
    assert sum("HX-Trigger" in answer.headers for answer in answers) == len(who_stands(role)) == 2
    assert sum("This place has just been taken" in answer.content.decode() for answer in answers) == 28


@pytest.mark.usefixtures("now")
def test_two_tabs_do_not_beat_the_limit(course, student, role_on, change):
    change(at_most=1)
    roles = [role_on(day) for day in range(8)]

    results = at_once([lambda role=role: take_place(role=role, enrollment=student) for role in roles])

    assert (results.count("too_many"), SignUp.objects.standing().count()) == (7, 1)


@pytest.mark.usefixtures("now")
def test_two_who_accept_at_once_have_one_winner(course, role_on, student):
    offer = offer_place(sign_up=take_place(role=role_on(), enrollment=student), enrollment=student)
    others = EnrollmentFactory.create_batch(8, course=course)

    results = at_once([lambda other=other: accept_offer(offer=offer, enrollment=other) for other in others])

    assert results.count("offer_is_closed") == 7
    assert len(who_stands(offer.sign_up.role)) == 1


@pytest.mark.usefixtures("now")
def test_crossing_swaps_withdrawals_and_takers_neither_lock_each_other_out_nor_overbook(course, role_on):
    roles = [role_on(day, capacity=2) for day in range(4)]
    people = EnrollmentFactory.create_batch(12, course=course)
    held = [take_place(role=roles[number % 4], enrollment=person) for number, person in enumerate(people[:8])]
    for number, person in enumerate(people[8:]):
        join_line(role=roles[number], enrollment=person)
    offers = [offer_place(sign_up=held[n], enrollment=people[n], wants=held[n + 1]) for n in (4, 6)]
    acts = [lambda n=n: give_back(sign_up=held[n], enrollment=people[n]) for n in range(4)]
    acts += [lambda offer=offer: accept_offer(offer=offer, enrollment=offer.to) for offer in offers]
    acts += [lambda n=n: take_place(role=roles[n], enrollment=people[(n + 1) % 4]) for n in range(4)]

    results = at_once(acts)

    assert [type(result).__name__ for result in results if not isinstance(result, str)].count("OperationalError") == 0
    assert all(len(who_stands(role)) == 2 for role in roles)
    assert not Waiting.objects.in_line().exists()


def test_applying_and_signing_up_at_once_never_overbook(course, instructor):
    """Whoever comes second finds what the first has done: a stale run, or a full place."""
    PresentationRulesFactory(course=course)
    meeting = MeetingFactory(course=course, date=course.today() + timedelta(days=30))
    role = SlotRoleFactory(slot=SlotFactory(course=course, meeting=meeting))
    dealt_to, quick = EnrollmentFactory.create_batch(2, course=course)
    run = plan_run(course=course, parameters=Parameters(1, 1), by=instructor.user)
    tasks.work_out_run(run.pk)

    results = at_once(
        [lambda: apply_run(run=run, by=instructor.user).state, lambda: take_place(role=role, enrollment=quick).enrollment_id]
    )

    assert results in (["applied", "role_is_full"], ["stale", quick.pk], ["applied", quick.pk])
    assert SignUp.objects.standing().filter(role=role).count() == 1


def test_applying_twice_at_once_gives_once(course, instructor):
    meeting = MeetingFactory(course=course, date=course.today() + timedelta(days=30))
    SlotRoleFactory(slot=SlotFactory(course=course, meeting=meeting), capacity=3)
    EnrollmentFactory.create_batch(3, course=course)
    run = plan_run(course=course, parameters=Parameters(1, 1), by=instructor.user)
    tasks.work_out_run(run.pk)

    results = at_once([lambda: apply_run(run=run, by=instructor.user).applied["given"]] * 4)

    assert results.count("applied") == 3
    assert SignUp.objects.count() == 3


def test_undoing_twice_at_once_ends_as_it_began(course, instructor, student):
    role = SlotRoleFactory(slot=SlotFactory(course=course))
    assign_presenter(role=role, enrollment=student, by=instructor.user)

    at_once([lambda: undo_last(course=course, by=instructor.user)] * 2)

    assert SignUp.objects.standing().filter(role=role).count() == 1
