"""Marks released at a moment to come: ordered, shown, cancelled, and carried out once."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import partial

import pytest
import time_machine
from django.db import DatabaseError, IntegrityError, transaction
from django.urls import reverse

from core.errors import DomainError
from courses.actions import change_enrollment
from grading.actions import cancel_release, carry_out_release, schedule_release, set_mark, set_policy
from grading.models import Mark, MarkChange, ScheduledRelease
from grading.tasks import release_at_date, release_what_is_due
from tests.factories import CourseFactory, EnrollmentFactory, UserFactory
from tests.grading.examples import course_with_policy, one_component, reviewed
from tests.threads import at_once

NOW = datetime(2021, 10, 20, 16, tzinfo=UTC)  # noon in New York
DUE = NOW + timedelta(hours=5)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def course(db):
    return course_with_policy(one_component(steps=[{"step": "mean"}]))


def marked(student, by, points=8):
    review = reviewed(student)
    set_mark(review=review, points=Decimal(points), comment="Good", revision=0, by=by)
    return review


def ordered(course, instructor, **what):
    what = what or {"component_key": "only"}
    return schedule_release(course=course, by=instructor.user, **{"due_at": DUE} | what)


def shown(student) -> list:
    marks = Mark.objects.filter(review__reviewer=student, released_at__isnull=False)
    return list(marks.values_list("released_points", flat=True))


def state(release) -> tuple:
    release.refresh_from_db()
    return release.state, release.cancel_reason


def test_a_component_is_released_when_it_is_due_and_not_before(course, student, instructor, clock):
    review = marked(student, instructor.user)
    release = ordered(course, instructor)

    clock.move_to(DUE - timedelta(seconds=1))
    release_what_is_due()
    assert shown(student) == []

    set_mark(review=review, points=Decimal(9), revision=1, by=UserFactory())  # as they stand then
    clock.move_to(DUE)
    release_what_is_due()
    assert shown(student) == [9]
    change = MarkChange.objects.get(kind="released")
    assert (change.changed_by, change.changed_at) == (instructor.user, DUE)
    release.refresh_from_db()
    assert (release.state, release.done_at, release.marks) == ("done", DUE, 1)


def test_one_student_alone_is_released(course, student, instructor, clock):
    other = EnrollmentFactory(course=course)
    for each in (student, other):
        marked(each, instructor.user)
    ordered(course, instructor, student=student)

    clock.move_to(DUE)
    release_what_is_due()

    assert (shown(student), shown(other)) == ([8], [])


def test_it_happens_once_however_often_it_is_asked_for(course, student, instructor, clock):
    review = marked(student, instructor.user)
    release = ordered(course, instructor)
    clock.move_to(DUE)
    assert [carry_out_release(release_id=release.pk) for _ in range(2)] == [True, False]

    set_mark(review=review, points=Decimal(1), revision=1, by=instructor.user)
    clock.shift(60)
    release_what_is_due()
    release_at_date(release.pk)

    assert shown(student) == [8]


def test_what_a_downtime_missed_is_caught_up_with(course, student, instructor, clock):
    marked(student, instructor.user)
    release = ordered(course, instructor)

    clock.move_to(DUE + timedelta(days=3))
    release_what_is_due()

    release.refresh_from_db()
    assert (shown(student), release.done_at) == ([8], DUE + timedelta(days=3))


def test_what_breaks_half_way_is_done_by_the_next_tick(course, student, instructor, clock):
    """As when a worker dies: nothing of it is committed."""
    marked(student, instructor.user)
    release = ordered(course, instructor)
    clock.move_to(DUE)
    with transaction.atomic():
        carry_out_release(release_id=release.pk)
        transaction.set_rollback(True)
    assert (state(release)[0], shown(student)) == ("waiting", [])

    release_what_is_due()

    assert (state(release)[0], shown(student)) == ("done", [8])


def test_a_cancelled_one_does_not_happen(course, student, instructor, clock):
    marked(student, instructor.user)
    release = ordered(course, instructor)
    for _ in range(2):
        cancel_release(release=release, by=instructor.user)

    clock.move_to(DUE)
    release_what_is_due()

    assert (state(release)[0], shown(student)) == ("cancelled", [])


def test_a_done_one_cannot_be_cancelled(course, student, instructor, clock):
    release = ordered(course, instructor)
    clock.move_to(DUE)
    release_what_is_due()

    with pytest.raises(DomainError) as refusal:
        cancel_release(release=release, by=instructor.user)
    assert refusal.value.code == "done"


@pytest.mark.parametrize("how", [{"role": "assistant"}, {"is_active": False}, {"user": False}])
def test_who_teaches_the_course_no_more_releases_nothing(course, student, instructor, clock, how):
    EnrollmentFactory(course=course, role="instructor")
    marked(student, instructor.user)
    release = ordered(course, instructor)
    if "user" in how:
        instructor.user.is_active = False
        instructor.user.save()
    else:
        change_enrollment(enrollment=instructor, **{"role": "instructor", "section": "", "is_active": True} | how)

    clock.move_to(DUE)
    release_what_is_due()

    reason = f"{instructor.user.name}, who ordered it, is no longer an instructor of this course."
    assert (state(release), shown(student)) == (("cancelled", reason), [])


def test_a_component_that_is_gone_by_then_is_said(course, student, instructor, clock):
    marked(student, instructor.user)
    release = ordered(course, instructor)
    document = one_component(source="manual")
    document["components"][0]["key"] = "essay"
    set_policy(course=course, document=document, by=instructor.user)

    clock.move_to(DUE)
    release_what_is_due()

    assert state(release) == ("cancelled", "The policy has no component 'only'.")


def test_a_student_who_is_gone_by_then_is_said(course, student, instructor, clock):
    marked(student, instructor.user)
    release = ordered(course, instructor, student=student)
    change_enrollment(enrollment=student, role="student", section="", is_active=False)

    clock.move_to(DUE)
    release_what_is_due()

    assert state(release) == ("cancelled", "This person is not an active student of the course.")
    assert shown(student) == []


@pytest.mark.parametrize(
    ("what", "code"),
    [
        ({"component_key": "only", "due_at": NOW}, "past"),
        ({"component_key": "none"}, "unknown_component"),
        ({"component_key": "only"}, "scheduled_already"),
    ],
)
def test_what_makes_no_sense_is_refused(course, instructor, what, code):
    ordered(course, instructor)

    with pytest.raises(DomainError) as refusal:
        ordered(course, instructor, **what)
    assert (refusal.value.code, ScheduledRelease.objects.count()) == (code, 1)


def test_only_an_instructor_in_person_orders_it(course, assistant):
    """A machine's stand-in is in no course, so nobody could tell later whether it still may."""
    for by in (assistant.user, UserFactory()):
        with pytest.raises(DomainError) as refusal:
            schedule_release(course=course, component_key="only", due_at=DUE, by=by)
        assert refusal.value.code == "no_instructor"


def test_what_has_nothing_to_release_is_refused(db):
    course = course_with_policy(one_component(source="participation"))

    with pytest.raises(DomainError) as refusal:
        ordered(course, EnrollmentFactory(course=course, role="instructor"))
    assert refusal.value.code == "nothing_to_release"


def test_after_one_is_settled_another_can_be_set(course, student, instructor, clock):
    cancel_release(release=ordered(course, instructor), by=instructor.user)
    ordered(course, instructor)
    ordered(course, instructor, student=student)
    with pytest.raises(DomainError):
        ordered(course, instructor, student=student)

    clock.move_to(DUE)
    release_what_is_due()

    assert ordered(course, instructor, component_key="only", due_at=DUE + timedelta(1)).is_waiting


def test_the_database_holds_one_waiting_release(course, student, instructor):
    ordered(course, instructor)
    ordered(course, instructor, student=student)

    for what in ({"component": "only"}, {"student": student}):
        with pytest.raises(IntegrityError), transaction.atomic():
            ScheduledRelease.objects.create(course=course, due_at=DUE, ordered_by=instructor.user, **what)
    with pytest.raises(DatabaseError), transaction.atomic():
        ScheduledRelease.objects.create(course=course, due_at=DUE, ordered_by=instructor.user)


def test_a_release_that_went_with_its_course_is_nobodys_fault(instructor):
    course = CourseFactory()
    release = ScheduledRelease.objects.create(course=course, component="only", due_at=NOW, ordered_by=instructor.user)
    course.delete()

    release_at_date(release.pk)  # queued before, run after

    assert not ScheduledRelease.objects.exists()


# The page


def post(client, course, **data):
    return client.post(reverse("grading:release_schedule", args=[course.slug]), data)


@pytest.mark.parametrize(
    ("typed", "due_at"),
    [
        ("2021-11-06T18:00", datetime(2021, 11, 6, 22, tzinfo=UTC)),  # the last evening of summer time
        ("2021-11-07T18:00", datetime(2021, 11, 7, 23, tzinfo=UTC)),  # the first of winter time
        ("2021-11-07T01:30", datetime(2021, 11, 7, 5, 30, tzinfo=UTC)),  # an hour that comes twice: the first
    ],
)
def test_the_page_sets_it_in_the_courses_time(client, course, student, instructor, clock, typed, due_at):
    client.force_login(instructor.user)
    marked(student, instructor.user)

    answer = client.post(
        reverse("grading:release_schedule", args=[course.slug]), {"what": "c:only", "due_at": typed}, follow=True
    )

    assert typed.replace("T", " ") in answer.content.decode()
    assert ScheduledRelease.objects.get().due_at == due_at
    clock.move_to(due_at - timedelta(seconds=1))
    release_what_is_due()
    assert shown(student) == []
    clock.shift(1)
    release_what_is_due()
    assert shown(student) == [8]


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("2021-10-20T11:59", "This moment has passed."),
        ("2022-03-13T02:30", "clocks skip 02:30"),
        ("soon", "Enter a valid date/time."),
        ("3000-01-01T00:00", "a year from 1900 to 2999"),
        ("0001-01-01T00:00", "a year from 1900 to 2999"),
    ],
)
def test_a_refused_form_keeps_what_was_typed(client, course, instructor, typed, words):
    client.force_login(instructor.user)

    answer = post(client, course, what="c:only", due_at=typed)

    assert (answer.status_code, ScheduledRelease.objects.count()) == (422, 0)
    assert words in answer.content.decode()
    assert typed in answer.content.decode()


def test_a_year_before_all_moments_is_refused(client, instructor, course):
    """East of Greenwich the first midnight of the calendar is no moment that UTC has a name for."""
    course.time_zone = "Europe/Berlin"
    course.save()
    client.force_login(instructor.user)

    assert post(client, course, what="c:only", due_at="0001-01-01T00:00").status_code == 422


def test_the_gradebook_shows_what_waits_and_cancels_it(client, course, student, instructor):
    client.force_login(instructor.user)
    release = ordered(course, instructor)
    of_student = ordered(course, instructor, student=student)

    text = client.get(reverse("grading:gradebook", args=[course.slug])).content.decode()
    assert text.count("Wed 20 Oct, 17:00") == 2
    page = client.get(reverse("grading:student_grade", args=[course.slug, student.pk])).content.decode()
    assert "These marks are released on" in page

    for each in (release, of_student):
        answer = client.post(reverse("grading:release_cancel", args=[course.slug, each.pk]), follow=True)
        assert "Cancelled: nothing is released then." in answer.content.decode()
    text = client.get(reverse("grading:gradebook", args=[course.slug])).content.decode()
    assert "Wed 20 Oct, 17:00" not in text


def test_the_page_says_what_became_of_each(client, course, student, instructor, clock):
    client.force_login(EnrollmentFactory(course=course, role="instructor").user)
    marked(student, instructor.user)
    ordered(course, instructor, student=student)
    cancel_release(release=ordered(course, instructor), by=UserFactory(name="Ingrid Halloran"))
    clock.move_to(DUE)
    release_what_is_due()
    ordered(course, instructor, component_key="only", due_at=DUE + timedelta(hours=1))
    change_enrollment(enrollment=instructor, role="assistant", section="", is_active=True)
    clock.shift(3600)
    release_what_is_due()

    text = client.get(reverse("grading:release_list", args=[course.slug])).content.decode()

    assert "1 mark became visible" in text
    assert "by Ingrid Halloran" in text
    assert "is no longer an instructor of this course." in text


def test_the_form_comes_with_the_student_that_it_was_opened_for(client, course, student, instructor):
    client.force_login(instructor.user)

    text = client.get(reverse("grading:release_list", args=[course.slug]), {"what": f"s:{student.pk}"}).content.decode()

    assert f'<option value="s:{student.pk}" selected>' in text


def test_the_history_tells_of_orders_and_cancellations(client, course, student, instructor, clock):
    client.force_login(instructor.user)
    clock.shift(60)
    cancel_release(release=ordered(course, instructor, student=student), by=instructor.user)
    clock.shift(60)
    ordered(course, instructor)

    answer = client.get(reverse("api:grade_history", args=[course.slug])).json()["results"]

    assert [(row["kind"], row["what"], row["whose"], row["before"], row["after"]) for row in answer[:3]] == [
        ("planned", "Only", "", "", "2021-10-20 17:00"),
        ("unplanned", "Own work", student.user.name, "2021-10-20 17:00", "cancelled"),
        ("planned", "Own work", student.user.name, "", "2021-10-20 17:00"),
    ]
    found = client.get(reverse("api:grade_history", args=[course.slug]), {"component": "only", "kind": "planned"}).json()
    assert len(found["results"]) == 1


@pytest.mark.parametrize("rows", [1, 3])
def test_release_list_queries(client, db, django_assert_num_queries, rows):
    course = course_with_policy()
    instructor = EnrollmentFactory(course=course, role="instructor")
    client.force_login(instructor.user)
    for _ in range(rows):
        ordered(course, instructor, student=EnrollmentFactory(course=course))
        cancel_release(release=ordered(course, instructor, student=EnrollmentFactory(course=course)), by=instructor.user)

    with django_assert_num_queries(7):
        client.get(reverse("grading:release_list", args=[course.slug]))
    with django_assert_num_queries(4):
        client.get(reverse("api:release_list", args=[course.slug]))


# The API


def test_the_api_sets_lists_and_cancels(client, course, student, instructor):
    client.force_login(instructor.user)
    address = reverse("api:release_list", args=[course.slug])

    def ask(**body):
        return client.post(address, body, content_type="application/json")

    made = ask(component="only", due_at="2021-10-20T17:00")
    assert (made.status_code, made.json()["due_at"], made.json()["state"]) == (201, "2021-10-20T21:00:00Z", "waiting")
    assert ask(student=student.pk, due_at="2021-10-21").json()["due_at"] == "2021-10-22T03:59:59.999999Z"
    assert ask(component="only", due_at="2021-10-20T18:00").json()["code"] == "scheduled_already"
    assert ask(component="only", due_at="2021-10-20T18:00").status_code == 409
    refused = [
        ask(component="only", student=student.pk, due_at="2021-10-21"),
        ask(due_at="2021-10-21"),
        ask(student=EnrollmentFactory().pk, due_at="2021-10-21"),
        ask(component="only", due_at="soon"),
    ]
    assert [answer.status_code for answer in refused] == [400] * 4

    cancelled = client.post(
        reverse("api:release_cancel", args=[course.slug, made.json()["id"]]), content_type="application/json"
    )
    assert (cancelled.status_code, cancelled.json()["state"]) == (200, "cancelled")
    assert cancelled.json()["cancelled_by"] == instructor.user.name
    assert [row["state"] for row in client.get(address).json()] == ["cancelled", "waiting"]


def test_another_courses_release_is_404(client, course, instructor):
    other = EnrollmentFactory(course=course_with_policy(one_component()), role="instructor")
    release = ordered(other.course, other)
    client.force_login(instructor.user)

    assert client.post(reverse("grading:release_cancel", args=[course.slug, release.pk])).status_code == 404
    assert client.post(reverse("api:release_cancel", args=[course.slug, release.pk])).status_code == 404


# At once


def at_work():
    course = course_with_policy(one_component(steps=[{"step": "mean"}]))
    instructor = EnrollmentFactory(course=course, role="instructor")
    students = EnrollmentFactory.create_batch(3, course=course)
    for student in students:
        marked(student, instructor.user)
    return course, instructor, students


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_many_workers_one_carries_it_out(clock):
    course, instructor, students = at_work()
    release = ordered(course, instructor)
    clock.move_to(DUE)

    results = at_once([partial(carry_out_release, release_id=release.pk)] * 6)

    assert sorted(results) == [False] * 5 + [True]
    assert MarkChange.objects.filter(kind="released").count() == len(students)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_cancelled_or_carried_out_and_never_both(clock):
    course, instructor, students = at_work()
    release = ordered(course, instructor)
    clock.move_to(DUE)

    done, cancelled = at_once(
        [partial(carry_out_release, release_id=release.pk), partial(cancel_release, release=release, by=instructor.user)]
    )

    visible = Mark.objects.filter(released_at__isnull=False).count()
    assert (done, cancelled == "done", visible) in [(True, True, len(students)), (False, False, 0)]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_two_orders_at_once_one_stands():
    course, instructor, _ = at_work()

    results = at_once([partial(ordered, course, instructor)] * 4)

    assert results.count("scheduled_already") == 3
    assert ScheduledRelease.objects.count() == 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_releases_by_component_and_student_and_markers_meet_without_a_deadlock(clock):
    course, instructor, students = at_work()
    releases = [ordered(course, instructor), *(ordered(course, instructor, student=student) for student in students)]
    clock.move_to(DUE)
    mark = Mark.objects.select_related("review").first()

    def marks():
        return set_mark(review=mark.review, points=Decimal(3), revision=1, by=instructor.user).points

    results = at_once([*(partial(carry_out_release, release_id=release.pk) for release in releases), marks])

    assert results == [True] * 4 + [3]
    assert Mark.objects.filter(released_at__isnull=False).count() == len(students)
