"""Markers and releases that meet, with real threads and real transactions."""

import threading
from decimal import Decimal

import pytest
from django.core import mail
from django.db import connection, transaction

from core.errors import DomainError
from courses.actions import lock_enrollments
from courses.models import Course
from grading.actions import (
    add_snippet,
    ask_regrade,
    decide_regrade,
    release_component,
    release_talk,
    set_mark,
    set_policy,
    withdraw_regrade,
)
from grading.models import Mark, MarkChange, Policy, RegradeMessage, RegradeNotice, RegradeRequest, Snippet
from grading.targets import lock_owners
from grading.tasks import send_regrade_notice
from presentations.models import SignUp
from projects.actions import join_team
from reviews.models import Review
from tests.factories import (
    EnrollmentFactory,
    MilestoneFactory,
    RegradeRequestFactory,
    SignUpFactory,
    SlotRoleFactory,
    TeamFactory,
    TeamMemberFactory,
    UserFactory,
)
from tests.grading.examples import course_with_policy, ece697il, one_component, released_mark, reviewed

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def at_once(*acts):
    """Run the acts in threads that start together; what each returned, or the kind of its refusal, in their order."""
    start = threading.Barrier(len(acts))
    results = [None] * len(acts)

    def run(place, act):
        try:
            start.wait(timeout=10)
            results[place] = act()
        except DomainError as refusal:
            results[place] = type(refusal).__name__
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(place, act)) for place, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return results


@pytest.fixture
def course():
    return course_with_policy()


def marks_review(pk, points, by, revision=0):
    def act():
        review = Review.objects.select_related("course", "current").get(pk=pk)
        return set_mark(review=review, points=Decimal(points), revision=revision, by=by).points

    return act


def test_of_two_first_marks_one_wins_and_the_other_is_told(course):
    review = reviewed(EnrollmentFactory(course=course))
    markers = UserFactory.create_batch(6)

    results = at_once(*[marks_review(review.pk, place, marker) for place, marker in enumerate(markers)])

    mark = Mark.objects.get()
    assert sorted(map(str, results)) == sorted([str(mark.points.normalize()), *["StaleVersion"] * 5])
    assert (mark.revision, MarkChange.objects.count()) == (1, 1)


def test_of_two_changes_one_wins_and_the_other_is_told(course):
    review = reviewed(EnrollmentFactory(course=course))
    markers = UserFactory.create_batch(6)
    set_mark(review=review, points=Decimal(10), revision=0, by=markers[0])

    results = at_once(*[marks_review(review.pk, place, marker, revision=1) for place, marker in enumerate(markers)])

    assert results.count("StaleVersion") == 5
    assert (Mark.objects.get().revision, MarkChange.objects.count()) == (2, 2)


def test_two_first_marks_of_a_presentation_meet_likewise(course):
    student = EnrollmentFactory(course=course)
    sign_up = SignUpFactory(role=SlotRoleFactory(slot__course=course), enrollment=student)
    markers = UserFactory.create_batch(2)

    def marks(points, by):
        found = SignUp.objects.select_related("enrollment__course").get(pk=sign_up.pk)
        return str(set_mark(sign_up=found, points=Decimal(points), revision=0, by=by).points)

    results = at_once(lambda: marks(7, markers[0]), lambda: marks(8, markers[1]))

    assert results.count("StaleVersion") == 1


def test_a_release_while_somebody_marks_shows_one_mark_whole(course):
    marker = UserFactory()
    review = reviewed(EnrollmentFactory(course=course))
    set_mark(review=review, points=Decimal(3), comment="three", revision=0, by=marker)

    def change():
        return set_mark(review=review, points=Decimal(9), comment="nine", revision=1, by=marker).points

    released = at_once(change, lambda: release_component(course=course, component_key="reviews", by=marker))[1]

    mark = Mark.objects.get()
    assert (released, mark.points) == (1, Decimal(9))
    assert (mark.released_points, mark.released_comment) in [(Decimal(3), "three"), (Decimal(9), "nine")]


def test_two_releases_at_once_release_each_mark_once(course):
    marker = UserFactory()
    for _ in range(5):
        set_mark(review=reviewed(EnrollmentFactory(course=course)), points=Decimal(3), revision=0, by=marker)

    results = at_once(*[lambda: release_component(course=course, component_key="reviews", by=marker)] * 4)

    assert sorted(results) == [0, 0, 0, 5]
    assert MarkChange.objects.filter(kind="released").count() == 5


def test_two_policies_at_once_are_two_versions(course):
    author = UserFactory()

    def put(weight):
        found = Course.objects.get(pk=course.pk)
        document = one_component() | {"weights": "scale"}
        document["components"][0]["weight"] = weight
        return set_policy(course=found, document=document, by=author).number

    results = at_once(lambda: put(50), lambda: put(60), lambda: put(70))

    assert sorted(results) == [2, 3, 4]
    assert Policy.objects.filter(course=course).count() == 4


def test_team_marks_and_releases_of_the_same_students_do_not_lock_one_another_out(course):
    marker = UserFactory()
    milestone = MilestoneFactory(course=course, key="talk")
    teams = TeamFactory.create_batch(4, course=course)
    for team in teams:
        TeamMemberFactory.create_batch(3, team=team)
        set_mark(milestone=milestone, team=team, points=Decimal(1), revision=0, by=marker)

    def marks(team):
        return lambda: set_mark(milestone=milestone, team=team, points=Decimal(9), revision=1, by=marker).points

    def releases():
        return type(release_component(course=course, component_key="project", by=marker))

    results = at_once(releases, *[marks(team) for team in teams], releases)

    assert results == [int, *[Decimal(9)] * 4, int]


def until_it_waits(thread):
    """Until the database says that somebody waits for a lock, or the thread has ended."""
    with connection.cursor() as cursor:
        while thread.is_alive():
            cursor.execute("SELECT 1 FROM pg_locks WHERE NOT granted")
            if cursor.fetchone():
                return


def test_who_joins_a_team_while_it_is_marked_gets_the_marks_stamp_too(course):
    team, milestone, marker = TeamFactory(course=course), MilestoneFactory(course=course, key="talk"), UserFactory()
    member = TeamMemberFactory(team=team).enrollment
    joining = EnrollmentFactory(course=course)
    thread = threading.Thread(
        target=lambda: at_once(lambda: set_mark(milestone=milestone, team=team, points=Decimal(9), revision=0, by=marker).pk)
    )
    with transaction.atomic():
        join_team(team=team, enrollment=joining)
        thread.start()
        until_it_waits(thread)
    thread.join(timeout=30)

    member.refresh_from_db()
    joining.refresh_from_db()
    assert (Mark.objects.count(), joining.grade_changed_at) == (1, member.grade_changed_at)


def releases_while(held, then, course, key):
    """A release begins after `held` has locked what a marker locks first, and `then` goes on to the marks."""
    results, by = [], UserFactory()
    acts = [lambda: release_component(course=course, component_key=key, by=by)]
    release = threading.Thread(target=lambda: results.extend(at_once(*acts)))
    with transaction.atomic():
        held()
        release.start()
        until_it_waits(release)
        then()
    release.join(timeout=30)
    return results


def test_a_release_lets_through_whoever_has_begun_to_mark_by_hand():
    course = course_with_policy(one_component(source="manual"))
    student, marker = EnrollmentFactory(course=course), UserFactory()
    set_mark(enrollment=student, component="only", points=Decimal(3), revision=0, by=marker)

    released = releases_while(
        lambda: lock_enrollments([student.pk]),
        lambda: set_mark(enrollment=student, component="only", points=Decimal(9), revision=1, by=marker),
        course,
        "only",
    )

    mark = Mark.objects.get()
    assert (released, mark.points, mark.released_points) == ([1], Decimal(9), Decimal(9))


def test_a_release_lets_through_a_file_that_has_begun_to_be_applied(course):
    marker = UserFactory()
    reviews = [reviewed(EnrollmentFactory(course=course)) for _ in range(3)]
    for review in reviews:
        set_mark(review=review, points=Decimal(3), revision=0, by=marker)

    released = releases_while(
        lambda: lock_owners([{"review": review} for review in reviews]),
        lambda: [set_mark(review=review, points=Decimal(9), revision=1, by=marker) for review in reversed(reviews)],
        course,
        "reviews",
    )

    assert (released, {mark.released_points for mark in Mark.objects.all()}) == ([3], {Decimal(9)})


# Requests for a regrade


@pytest.fixture
def contested():
    course = course_with_policy(ece697il(regrade_days=7))
    student = EnrollmentFactory(course=course)
    return RegradeRequestFactory(mark=released_mark(student), asked_by=student)


def test_of_two_decisions_at_once_one_stands_whole(contested):
    staff = EnrollmentFactory.create_batch(4, course=contested.course, role="instructor")

    def decide(person, points):
        found = RegradeRequest.objects.get(pk=contested.pk)
        text = f"Worth {points}."
        decided = decide_regrade(request=found, by=person, outcome="changed", text=text, points=Decimal(points), revision=1)
        return decided.decided_by_id

    results = at_once(*[lambda person=person, n=n: decide(person, 7 + n) for n, person in enumerate(staff[:3])],
                      lambda: withdraw_regrade(request=contested, by=contested.asked_by).decided_by_id)  # fmt: skip

    contested.refresh_from_db()
    mark, outcome = Mark.objects.get(), contested.messages.exclude(outcome="").get()
    assert sorted(map(str, results)) == sorted([str(contested.decided_by_id), *["DomainError"] * 3])
    assert (outcome.author_id, outcome.outcome) == (contested.decided_by_id, contested.outcome)
    assert mark.released_points == (Decimal(6) if contested.outcome == "withdrawn" else outcome.points)
    assert MarkChange.objects.count() == (0 if contested.outcome == "withdrawn" else 2)


def test_a_decision_and_a_mark_at_once_never_overwrite_one_another_unseen(contested):
    decider = EnrollmentFactory(course=contested.course, role="instructor")

    def decide():
        decide_regrade(request=contested, by=decider, outcome="changed", text="Yes.", points=Decimal(9), revision=1)
        return "decided"

    results = at_once(decide, marks_review(contested.mark.review_id, 3, UserFactory(), revision=1))

    contested.refresh_from_db()
    assert results in (["decided", "StaleVersion"], ["StaleVersion", Decimal(3)])
    assert contested.is_open is (results[0] == "StaleVersion")


def test_the_same_request_sent_twice_at_once_is_one(contested):
    mark, student = contested.mark, contested.asked_by
    withdraw_regrade(request=contested, by=student)

    results = at_once(*[lambda: ask_regrade(mark=mark, by=student, text="Once more.").pk] * 4)

    assert len(set(results)) == 1
    assert RegradeRequest.objects.filter(outcome="").count() == 1


def test_a_notice_that_several_workers_hold_is_sent_once(contested):
    notice = RegradeNotice.objects.create(
        message=RegradeMessage.objects.get(),
        enrollment=EnrollmentFactory(course=contested.course, role="instructor"),
    )

    at_once(*[lambda: send_regrade_notice(notice.pk)] * 4)

    assert len(mail.outbox) == 1


def test_the_same_comment_kept_twice_at_once_is_one(course):
    author = UserFactory()

    at_once(*[lambda: add_snippet(course=course, text="Say how.", by=author).pk] * 4)

    assert Snippet.objects.count() == 1


def test_a_talk_is_released_while_its_presenters_are_marked(course):
    """None waits for the other forever, and what is released of a mark is what was saved."""
    role = SlotRoleFactory(slot__course=course, capacity=4)
    places = [SignUpFactory(role=role, enrollment=EnrollmentFactory(course=course)) for _ in range(4)]
    instructors = [EnrollmentFactory(course=course, role="instructor") for _ in range(2)]
    for place in places:
        set_mark(sign_up=place, points=Decimal(5), revision=0, by=instructors[0].user)

    def marks(pk):
        def act():
            place = SignUp.objects.select_related("enrollment__course").get(pk=pk)
            return set_mark(sign_up=place, points=Decimal(8), revision=1, by=instructors[0].user).points

        return act

    results = at_once(
        *[marks(place.pk) for place in places], *[lambda by=by: release_talk(slot=role.slot, by=by) for by in instructors]
    )

    assert results[:4] == [Decimal(8)] * 4
    assert sum(results[4:]) >= 4
    for mark in Mark.objects.all():
        assert mark.released_points == mark.changes.filter(kind="released").order_by("pk").last().points_after
        assert mark.released_points in (Decimal(5), Decimal(8))
