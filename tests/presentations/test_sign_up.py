"""First come, first served: taking a place, limits, giving back, waiting."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core import mail

from core.errors import DomainError
from grading.models import Mark
from presentations.actions import (
    assign_presenter,
    call_waiting,
    give_back,
    join_line,
    leave_waiting,
    take_place,
    withdraw_presenter,
)
from presentations.models import Act, Notice, SignUp, Slot, Waiting
from presentations.queries import grading_facts
from presentations.tasks import send_notice, send_waiting_notices
from reviews.models import Asks
from reviews.queries.terms import terms_in
from tests.factories import EnrollmentFactory, MarkFactory, ReviewRulesFactory
from tests.presentations.conftest import NOW, who_stands

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("now")]


def code_of(act, *args, **kwargs) -> str:
    with pytest.raises(DomainError) as refusal:
        act(*args, **kwargs)
    return refusal.value.code


def acts() -> list[tuple]:
    return list(Act.objects.order_by("pk").values_list("kind", "enrollment"))


# -- taking


def test_taking_a_place_gives_it_stamps_the_grade_and_is_written_down(role_on, student):
    role = role_on()

    sign_up = take_place(role=role, enrollment=student)
    again = take_place(role=role, enrollment=student)

    student.refresh_from_db()
    assert (again.pk, who_stands(role), acts()) == (sign_up.pk, [student.pk], [("took", student.pk)])
    assert (student.grade_changed_at, student.released_changed_at) == (NOW, NOW)


def test_a_full_role_is_refused_and_nothing_is_written(role_on, student, course):
    role = role_on()
    take_place(role=role, enrollment=EnrollmentFactory(course=course))

    assert (code_of(take_place, role=role, enrollment=student), len(acts())) == ("role_is_full", 1)


@pytest.mark.parametrize(
    ("course_rules", "slot", "code"),
    [
        ({"opens_at": None}, {}, "no_sign_up"),
        ({"opens_at": NOW + timedelta(seconds=1)}, {}, "not_open_yet"),
        ({}, {"opens_at": NOW + timedelta(seconds=1)}, "not_open_yet"),
        ({"closes_at": NOW}, {}, "sign_up_is_over"),
        ({}, {"closes_at": NOW}, "sign_up_is_over"),
        ({"opens_at": None}, {"opens_at": NOW}, None),
        ({"closes_at": NOW}, {"closes_at": NOW + timedelta(seconds=1)}, None),
        ({"opens_at": NOW}, {}, None),
    ],
)
def test_the_window_is_the_slots_own_or_the_courses(role_on, change, student, course_rules, slot, code):
    role = role_on(**slot)
    change(**course_rules)

    if code:
        assert code_of(take_place, role=role, enrollment=student) == code
    else:
        assert take_place(role=role, enrollment=student).pk


def test_nobody_takes_a_place_once_the_meeting_has_begun(role_on, student):
    role = role_on(-8)

    with time_machine.travel(datetime(2021, 9, 1, 12, 30, tzinfo=UTC), tick=False):  # 8:30 in New York
        assert code_of(take_place, role=role, enrollment=student) == "sign_up_is_over"


def test_limits_hold_over_all_slots_of_the_course(role_on, change, student):
    change(at_most=2, days_apart=7)
    first, near, far, last = role_on(0), role_on(6), role_on(7), role_on(20)
    take_place(role=first, enrollment=student)

    assert code_of(take_place, role=near, enrollment=student) == "too_close"
    take_place(role=far, enrollment=student)
    assert code_of(take_place, role=last, enrollment=student) == "too_many"


def test_one_student_takes_one_role_of_a_slot(role_on, student):
    role = role_on()
    other = role.slot.roles.create(key="discussion", title="Discussion")
    take_place(role=role, enrollment=student)

    assert code_of(take_place, role=other, enrollment=student) == "in_this_slot"


def test_staff_may_go_beyond_the_limits(role_on, change, student, instructor):
    change(at_most=1)
    take_place(role=role_on(), enrollment=student)

    assert assign_presenter(role=role_on(1), enrollment=student, by=instructor.user).pk


@pytest.mark.parametrize("values", [{"is_active": False}, {"role": "observer"}])
def test_who_is_no_active_student_takes_nothing(role_on, student, values):
    type(student).objects.filter(pk=student.pk).update(**values)

    assert code_of(take_place, role=role_on(), enrollment=student) == "not_a_student"


# -- giving back


def test_a_student_gives_the_place_back_until_the_cut_off(role_on, student):
    sign_up = take_place(role=role_on(), enrollment=student)  # on 9 September at 8:30, the cut-off three days before
    with time_machine.travel(datetime(2021, 9, 6, 12, 30, tzinfo=UTC), tick=False):
        assert code_of(give_back, sign_up=sign_up, enrollment=student) == "too_late"
    with time_machine.travel(datetime(2021, 9, 6, 12, 29, 59, tzinfo=UTC), tick=False):
        give_back(sign_up=sign_up, enrollment=student)
        give_back(sign_up=sign_up, enrollment=student)

    assert (who_stands(sign_up.role), acts()) == ([], [("took", student.pk), ("withdrew", student.pk)])


def test_without_a_cut_off_only_staff_take_people_off(role_on, change, student, instructor):
    change(withdraw_days_before=None)
    sign_up = take_place(role=role_on(), enrollment=student)

    assert code_of(give_back, sign_up=sign_up, enrollment=student) == "no_withdrawal"
    withdraw_presenter(sign_up=sign_up, by=instructor.user)
    assert who_stands(sign_up.role) == []


def test_nobody_gives_anothers_place_back(role_on, student, course):
    sign_up = take_place(role=role_on(), enrollment=EnrollmentFactory(course=course))

    assert code_of(give_back, sign_up=sign_up, enrollment=student) == "not_yours"


def test_taking_a_place_again_brings_the_sign_up_with_its_mark_back(role_on, student):
    sign_up = take_place(role=role_on(), enrollment=student)
    MarkFactory(review=None, sign_up=sign_up, course=student.course)
    give_back(sign_up=sign_up, enrollment=student)

    assert take_place(role=sign_up.role, enrollment=student).pk == Mark.objects.get().sign_up_id


# -- the waiting list


@pytest.fixture
def line(role_on, course):
    """A full role and three students who wait for it, in order."""
    role = role_on()
    holder = take_place(role=role, enrollment=EnrollmentFactory(course=course))
    waiting = EnrollmentFactory.create_batch(3, course=course)
    for each in waiting:
        join_line(role=role, enrollment=each)
    return role, holder, waiting


def in_line(role):
    return list(Waiting.objects.in_line().filter(role=role).values_list("enrollment", flat=True))


def test_the_first_in_line_gets_the_place_that_is_given_back(line, django_capture_on_commit_callbacks):
    role, holder, (first, *rest) = line

    with django_capture_on_commit_callbacks(execute=True):
        give_back(sign_up=holder, enrollment=holder.enrollment)

    assert (who_stands(role), in_line(role)) == ([first.pk], [each.pk for each in rest])
    assert [(message.to, message.subject[:40]) for message in mail.outbox] == [
        ([first.user.email], "You have a place from the waiting list: ")
    ]
    first.refresh_from_db()
    assert first.grade_changed_at == NOW


def test_the_mail_leaves_once_however_often_the_task_runs(line, django_capture_on_commit_callbacks):
    _, holder, _ = line
    with django_capture_on_commit_callbacks():
        give_back(sign_up=holder, enrollment=holder.enrollment)
    notice = Notice.objects.get()

    for _ in range(2):
        send_notice(notice.pk)
    with time_machine.travel(NOW + timedelta(minutes=11)):
        send_waiting_notices()

    assert len(mail.outbox) == 1


def test_a_mail_whose_message_was_lost_is_found_again(line, django_capture_on_commit_callbacks):
    _, holder, _ = line
    with django_capture_on_commit_callbacks():
        give_back(sign_up=holder, enrollment=holder.enrollment)

    with time_machine.travel(NOW + timedelta(minutes=11)):
        send_waiting_notices()

    assert len(mail.outbox) == 1


def test_who_may_not_have_it_is_passed_over_and_keeps_the_place_in_line(line, role_on, change):
    role, holder, (first, second, third) = line
    elsewhere = take_place(role=role_on(30), enrollment=first)
    type(second).objects.filter(pk=second.pk).update(is_active=False)
    change(at_most=1)

    give_back(sign_up=holder, enrollment=holder.enrollment)
    assert (who_stands(role), in_line(role)) == ([third.pk], [first.pk, second.pk])

    withdraw_presenter(sign_up=SignUp.objects.standing().get(role=role), by=first.user)
    assert who_stands(role) == []  # nobody in line may have it
    give_back(sign_up=elsewhere, enrollment=first)
    assert who_stands(role) == [first.pk]  # who gives a place back comes within the limit


def test_nobody_is_called_when_it_is_too_late_to_say_no(line, change):
    role, holder, _ = line
    with time_machine.travel(datetime(2021, 9, 6, 12, 30, tzinfo=UTC), tick=False):
        withdraw_presenter(sign_up=holder, by=holder.enrollment.user)

    assert who_stands(role) == []


def test_a_larger_role_calls_as_many_as_fit(line, course):
    role, _, waiting = line
    type(role).objects.filter(pk=role.pk).update(capacity=3)

    call_waiting(course=course, by=None)

    assert (len(who_stands(role)), in_line(role)) == (3, [waiting[2].pk])


def test_leaving_the_line_and_joining_it_twice(line, student):
    role, _, (first, *rest) = line

    leave_waiting(role=role, enrollment=first)
    leave_waiting(role=role, enrollment=first)
    join_line(role=role, enrollment=rest[0])

    assert in_line(role) == [each.pk for each in rest]
    assert [kind for kind, pk in acts() if pk == first.pk] == ["waits", "left"]


def test_nobody_waits_for_a_free_place_or_for_their_own(line, role_on, student):
    role, holder, _ = line

    assert code_of(join_line, role=role_on(), enrollment=student) == "role_is_free"
    assert code_of(join_line, role=role, enrollment=holder.enrollment) == "already_assigned"


# -- both ledgers


def ledgers(course) -> tuple[dict, dict]:
    """{student: papers they need not review} and {student: papers they present, as grading counts it}."""
    terms = terms_in(course)
    papers = list(course.papers.values_list("pk", flat=True))
    facts = grading_facts(course)
    papers_of = dict(Slot.objects.values_list("pk", "paper"))
    exempt = {pk: {paper for paper in papers if terms.of(pk, paper).asks == Asks.EXEMPT} for pk in facts}
    return exempt, {pk: {papers_of[fact.slot_id] for fact in of} for pk, of in facts.items()}


def test_exemption_and_grading_agree_after_every_act(line, course):
    ReviewRulesFactory(course=course, presenters_are_exempt=True)
    role, holder, (first, *_) = line
    steps = [
        lambda: give_back(sign_up=holder, enrollment=holder.enrollment),
        lambda: withdraw_presenter(sign_up=SignUp.objects.standing().get(), by=first.user),
    ]

    seen = []
    for step in steps:
        step()
        exempt, presented = ledgers(type(course).objects.get(pk=course.pk))
        assert exempt == presented
        seen.append([pk for pk, papers in exempt.items() if papers])

    assert seen == [[first.pk], [line[2][1].pk]]
