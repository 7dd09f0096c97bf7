"""Excused work: in neither numerator nor denominator, with its reason, and every excuse kept."""

from datetime import UTC, datetime
from decimal import Decimal
from functools import partial

import pytest
from django.urls import reverse

from core.errors import DomainError
from grading.actions import excuse, excuse_missing, revoke_excuse, set_mark
from grading.engine import State
from grading.models import Excuse
from grading.presenting import present
from grading.queries import grades_of
from presentations.models import SignUp
from tests.factories import (
    CourseFactory,
    EnrollmentFactory,
    ExcuseFactory,
    PaperFactory,
    PolicyFactory,
    ReviewRulesFactory,
    SignUpFactory,
)
from tests.grading.examples import course_with_policy, one_component, reviewed
from tests.threads import at_once

NOW = datetime(2021, 9, 1, tzinfo=UTC)


@pytest.fixture
def seminar(db):
    """(course, student, instructor's user): the student has two reviews with 8 and 2 of 10."""
    course = course_with_policy(one_component(source="reviews", steps=[{"step": "mean"}]))
    student = EnrollmentFactory(course=course)
    by = EnrollmentFactory(course=course, role="instructor").user
    for key, points in [("p1", 8), ("p2", 2)]:
        set_mark(review=reviewed(student, key=key), points=Decimal(points), revision=0, by=by)
    return course, student, by


def grade_of(student, audience="staff"):
    return grades_of(student.course, audience=audience, enrollment_ids=[student.pk])[student.pk]


def test_excused_work_is_left_out_whatever_its_mark_until_it_is_taken_back(seminar):
    _, student, by = seminar
    before = grade_of(student)

    made = excuse(student=student, source="reviews", item="p2", reason="illness", by=by)
    excused = grade_of(student)
    revoke_excuse(excuse=made, by=by)
    after = grade_of(student)

    assert [grade.total for grade in (before, excused, after)] == [Decimal("50.0"), Decimal("80.0"), Decimal("50.0")]
    assert before.changed_at < excused.changed_at < after.changed_at
    item = next(item for item in present(excused)["components"][0]["items"] if item["key"] == "p2")
    assert (item["state"], item["excused"], item["note"], item["points"]) == ("exempt", True, "excused: illness", None)


def test_excuse_lets_off_handing_in_too(seminar):
    course, student, by = seminar
    document = one_component(source="reviews", credit="submission", steps=[{"step": "sum"}])
    PolicyFactory(course=course, document=document, number=2)

    excuse(student=student, source="reviews", item="p2", reason="illness", by=by)

    assert [item.state for item in grade_of(student).facts.sources["submissions"]] == ["marked", "exempt"]


def test_excuses_are_kept_and_stand_once(seminar):
    _, student, by = seminar
    give = partial(excuse, student=student, source="reviews", item="p2", by=by)

    first = give(reason="illness")
    again = give(reason=" illness ")
    with pytest.raises(DomainError) as refusal:
        give(reason="travel")
    revoke_excuse(excuse=first, by=by)
    second = give(reason="travel")

    assert (again, refusal.value.code) == (first, "excused_already")
    assert list(Excuse.objects.values_list("pk", "reason", "revoked_by")) == [
        (first.pk, "illness", by.pk),
        (second.pk, "travel", None),
    ]


@pytest.mark.parametrize(
    ("item", "reason", "field"), [("p9", "illness", "item"), ("p2", "  ", "reason"), ("p2", "x" * 201, "reason")]
)
def test_excuse_refuses_what_is_not_there_and_no_reason(seminar, item, reason, field):
    _, student, by = seminar

    with pytest.raises(DomainError) as refusal:
        excuse(student=student, source="reviews", item=item, reason=reason, by=by)

    assert (refusal.value.field, Excuse.objects.count()) == (field, 0)


def test_page_excuses_and_takes_back_and_the_student_reads_the_reason(seminar, client):
    course, student, by = seminar
    client.force_login(by)
    page = reverse("grading:student_grade", args=[course.slug, student.pk])

    client.post(reverse("grading:excuse_add", args=[course.slug, student.pk]), {"work": "reviews:p2", "reason": "illness"})
    made = Excuse.objects.get()
    staff = client.get(page).content.decode()
    client.force_login(student.user)
    own = client.get(reverse("grading:grade_home", args=[course.slug])).content.decode()
    client.force_login(by)
    client.post(reverse("grading:excuse_revoke", args=[course.slug, student.pk, made.pk]))
    after = client.get(page).content.decode()

    assert reverse("grading:excuse_revoke", args=[course.slug, student.pk, made.pk]) in staff
    assert "excused: illness" in own
    assert by.name not in own
    assert ("taken back by" in after, "excused: illness" in after) == (True, False)


@pytest.fixture
def late_joiner(seminar):
    """Has not handed in two papers whose deadline is over; one of them is excused already."""
    course, _, by = seminar
    student = EnrollmentFactory(course=course)
    excuse(student=student, source="reviews", item="p1", reason="a conflict", by=by)
    PaperFactory(course=course, key="p3", meeting__course=course)
    return student


def test_all_that_is_missing_is_excused_at_once(seminar, late_joiner):
    _, student, by = seminar

    made = excuse_missing(student=late_joiner, reason=" joined late ", by=by)
    again = excuse_missing(student=late_joiner, reason="joined late", by=by)
    excuse_missing(student=student, reason="ill", by=by)

    assert ([(one.item, one.reason) for one in made], again) == ([("p2", "joined late"), ("p3", "joined late")], [])
    assert {item.state for item in grade_of(late_joiner).facts.sources["reviews"]} == {State.EXEMPT}
    assert [item.state for item in grade_of(student).facts.sources["reviews"]] == [State.MARKED, State.MARKED, State.EXEMPT]


def test_all_that_is_missing_is_excused_on_the_page_and_by_the_api(seminar, late_joiner, client):
    course, student, by = seminar
    client.force_login(by)
    page = reverse("grading:student_grade", args=[course.slug, late_joiner.pk])
    offered = "All 2 that are missing by now" in client.get(page).content.decode()
    give = reverse("grading:excuse_add", args=[course.slug, late_joiner.pk])
    said = [
        client.post(give, {"work": "missing", "reason": "joined late"}, follow=True).content.decode().count(words)
        for words in ("Excused 2 pieces of work: joined late.", "Nothing is missing any more")
    ]
    address = reverse("api:excuse_missing", args=[course.slug, student.pk])
    answer = client.post(address, {"reason": "ill"}, content_type="application/json")
    again = client.post(address, {"reason": "ill"}, content_type="application/json")

    assert (offered, said) == (True, [1, 1])
    assert (again.status_code, again.json()) == (200, [])  # nothing was made
    assert (answer.status_code, [one["item"] for one in answer.json()]) == (201, ["p3"])


def test_nothing_is_excused_without_a_reason(seminar, late_joiner):
    with pytest.raises(DomainError) as refusal:
        excuse_missing(student=late_joiner, reason=" ", by=seminar[2])

    assert (refusal.value.field, late_joiner.excuses.count()) == ("reason", 1)


def test_an_excuse_before_the_release_tells_a_student_nothing_of_the_mark(seminar, client):
    course, student, by = seminar
    other = EnrollmentFactory(course=course)
    reviewed(other, key="p3")
    for whose, key in [(student, "p2"), (other, "p3")]:
        excuse(student=whose, source="reviews", item=key, reason="illness", by=by)

    seen = [present(grade_of(whose, "student"))["components"][0]["items"] for whose in (student, other)]

    excused = [next(item for item in items if item["excused"]) for items in seen]
    of_work = {"key", "title", "date"}
    assert [{name: value for name, value in item.items() if name not in of_work} for item in excused][0] == [
        {name: value for name, value in item.items() if name not in of_work} for item in excused
    ][1]


def test_an_excuse_of_a_talk_that_was_swapped_away_keeps_its_name_and_lets_off_no_other(client, db):
    course = course_with_policy(one_component(source="presentations"))
    by = EnrollmentFactory(course=course, role="instructor").user
    gone = SignUpFactory(role__slot__course=course, role__slot__title="The TPU", enrollment__course=course)
    student = gone.enrollment
    excuse(student=student, source="presentations", item=f"sign-up-{gone.pk}", reason="illness", by=by)
    SignUp.objects.filter(pk=gone.pk).update(withdrawn_at=NOW)
    SignUpFactory(role__slot__course=course, enrollment=student)
    client.force_login(by)

    page = client.get(reverse("grading:student_grade", args=[course.slug, student.pk])).content.decode()

    assert (f"<b>{gone.role.slot}</b>: illness" in page, f"<b>sign-up-{gone.pk}</b>" in page) == (True, False)
    assert [item.state for item in grade_of(student).facts.sources["presentations"]] == [State.PENDING]


@pytest.mark.parametrize("rows", [1, 3])
def test_excuse_list_queries(client, seminar, django_assert_num_queries, rows):
    course, student, by = seminar
    for number in range(rows):
        ExcuseFactory(enrollment=student, item=f"p{number}")
    client.force_login(by)

    with django_assert_num_queries(5):
        answer = client.get(reverse("api:excuse_list", args=[course.slug, student.pk]))

    assert len(answer.json()) == rows


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_excuses_at_once_make_one():
    course = CourseFactory()
    ReviewRulesFactory(course=course)
    PolicyFactory(course=course, document=one_component(source="reviews"))
    student = EnrollmentFactory(course=course)
    by = EnrollmentFactory(course=course, role="instructor").user
    reviewed(student, key="p1")

    give = partial(excuse, student=student, source="reviews", item="p1", by=by)
    answers = at_once([partial(give, reason="illness"), partial(give, reason="travel")])

    assert "excused_already" in answers
    assert Excuse.objects.count() == 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_all_that_is_missing_is_excused_once_by_two_at_once():
    course = CourseFactory()
    ReviewRulesFactory(course=course)
    PolicyFactory(course=course, document=one_component(source="reviews"))
    student = EnrollmentFactory(course=course)
    by = EnrollmentFactory(course=course, role="instructor").user
    for _ in range(2):
        PaperFactory(course=course, meeting__course=course)

    answers = at_once([partial(excuse_missing, student=student, reason=reason, by=by) for reason in ("late", "ill")])

    assert sorted(len(made) for made in answers) == [0, 2]
    assert Excuse.objects.count() == 2
