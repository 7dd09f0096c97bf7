"""Ratings: who rates, what is shown of them to whom, and never who rated."""

from itertools import product

import pytest
from django.urls import reverse

from core.errors import DomainError
from discussion.actions import rate_review, take_back_rating
from discussion.models import Rating
from discussion.policies import may_rate
from discussion.ratings import bad_review_counts, ratings_of
from reviews.policies import RATERS_TO_SHOW
from tests.discussion.conftest import reviewed, viewed
from tests.factories import EnrollmentFactory, RatingFactory, ReviewFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("closed")]
ROLES = ("student", "assistant", "instructor", "observer")


def refusal(act, **arguments):
    with pytest.raises(DomainError) as refused:
        act(**arguments)
    return refused.value.code


def test_a_reader_has_one_rating_and_may_change_it_or_take_it_back(review, student):
    rate_review(review=review, by=student, verdict="needs_work", reasons=["vague", "too_short"])
    first = Rating.objects.get().reasons
    rate_review(review=review, by=student, verdict="helpful", reasons=["vague"])
    second = Rating.objects.get()
    take_back_rating(review=review, by=student)
    take_back_rating(review=review, by=student)

    assert first == ["too_short", "vague"]
    assert (second.verdict, second.reasons) == ("helpful", [])
    assert not Rating.objects.exists()


@pytest.mark.parametrize(
    ("verdict", "reasons", "code"),
    [
        ("needs_work", [], "no_reason"),
        ("needs_work", ["ugly"], "bad_shape"),
        ("ugly", [], "bad_shape"),
        ("", ["vague"], "bad_shape"),
    ],
)
def test_what_is_no_rating_is_refused(review, student, verdict, reasons, code):
    assert refusal(rate_review, review=review, by=student, verdict=verdict, reasons=reasons) == code
    assert not Rating.objects.exists()


def test_nobody_rates_their_own_or_what_they_may_not_read(paper, rules, review, reviewer, student):
    draft = ReviewFactory(paper=paper, reviewer=student)

    assert refusal(rate_review, review=review, by=reviewer, verdict="helpful") == "own_review"
    assert refusal(rate_review, review=draft, by=student, verdict="helpful") == "not_open"
    rules.visibility = "never"
    rules.save()
    assert refusal(rate_review, review=review, by=student, verdict="helpful") == "not_open"
    assert refusal(take_back_rating, review=review, by=student) == "not_open"


@pytest.mark.parametrize("role", ROLES)
def test_observers_and_those_who_left_do_not_rate(review, role):
    rater = EnrollmentFactory(course=review.course, role=role)
    left = EnrollmentFactory(course=review.course, role=role, is_active=False)

    assert may_rate(rater, review) is (role != "observer")
    if role == "observer":
        assert refusal(rate_review, review=review, by=rater, verdict="helpful") == "not_for_you"
    assert refusal(rate_review, review=review, by=left, verdict="helpful") == "not_for_you"


WHO = ("author", "rater", *ROLES)


@pytest.mark.parametrize(("who", "raters"), list(product(WHO, range(5))))
def test_a_sum_is_shown_when_no_rater_can_be_guessed(client, course, paper, review, reviewer, who, raters):
    people = [EnrollmentFactory(course=course, user__name=f"Rater Number{n}") for n in range(raters)]
    for person in people:
        RatingFactory(review=review, rater=person, verdict="needs_work", reasons=["copied"])
    if who == "rater" and not people:
        return
    viewer = {"author": reviewer, "rater": people[0] if people else None}.get(who) or EnrollmentFactory(course=course, role=who)
    client.force_login(viewer.user)

    total = ratings_of(viewed(viewer), [review.pk])[review.pk].total
    page = client.get(reverse("discussion:discussion_detail", args=[course.slug, paper.key])).content.decode()
    listed = client.get(reverse("api:rating_list", args=[course.slug, paper.key])).json()
    one = client.get(reverse("api:rating_detail", args=[course.slug, review.handle])).json()

    is_shown = who in ("assistant", "instructor") or raters >= RATERS_TO_SHOW
    assert (total is not None) is is_shown
    assert (listed, one["total"] is not None) == ([one], is_shown)
    if is_shown:
        assert (total.raters, total.needs_work, total.reasons) == (raters, raters, (("copied", raters),) if raters else ())
        assert one["total"] == {"raters": raters, "helpful": 0, "needs_work": raters, "reasons": dict(total.reasons)}
    assert (f"<b>{raters}</b> needs work" in page) is (is_shown and raters > 0)
    # Nobody, staff included, is told who rated.
    others = [person.user.name for person in people if person != viewer]
    assert not any(name in page + str(listed) for name in others)


def test_two_ratings_and_none_look_the_same_to_a_reader(client, course, paper, review, reviewer):
    other = reviewed(paper, EnrollmentFactory(course=course))
    reader = viewed(EnrollmentFactory(course=course))
    RatingFactory.create_batch(2, review=review)

    shown = ratings_of(reader, [review.pk, other.pk])

    assert shown[review.pk] == shown[other.pk]


@pytest.mark.parametrize("count", [1, 3])
def test_ratings_cost_one_query_for_one_and_three(course, paper, student, count, django_assert_num_queries):
    reviews = [reviewed(paper, EnrollmentFactory(course=course)) for _ in range(count)]
    for review in reviews:
        RatingFactory.create_batch(3, review=review)

    with django_assert_num_queries(1):
        ratings_of(student, [review.pk for review in reviews])


@pytest.mark.parametrize(
    ("helpful", "needs_work", "is_bad"), [(0, 2, False), (0, 3, True), (1, 2, True), (2, 2, False), (2, 3, True), (3, 0, False)]
)
def test_bad_is_what_more_than_half_of_at_least_three_say(review, reviewer, helpful, needs_work, is_bad):
    RatingFactory.create_batch(helpful, review=review)
    RatingFactory.create_batch(needs_work, review=review, verdict="needs_work", reasons=["vague"])

    assert bad_review_counts(review.course) == ({reviewer.pk: 1} if is_bad else {})
    assert bad_review_counts(review.course, only=[]) == {}


def test_who_leaves_the_course_does_not_change_a_sum(review, student):
    ratings = RatingFactory.create_batch(3, review=review)
    ratings[0].rater.is_active = False
    ratings[0].rater.save()

    assert ratings_of(viewed(student), [review.pk])[review.pk].total.raters == 3
