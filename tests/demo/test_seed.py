"""The demo's course: mid-term, believable, and never seeded over what people did."""

import pytest
import time_machine
from django.utils import timezone

from accounts.models import Token
from courses.deadlines import State
from courses.models import Course, Enrollment, Meeting
from demo.seed import SLUG, seed
from demo.sign_in import fresh_token
from discussion.models import Comment
from discussion.ratings import bad_review_counts
from participation.policies import is_open
from planner.models import Reminder
from planner.queries import to_do
from reviews.models import Review, SavedSearch, Tag
from reviews.queries import progress_of
from tests.factories import EnrollmentFactory


@pytest.fixture
def mailed(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


# A Thursday after class: the next review is due in four days, the furthest that it can be.
@time_machine.travel("2026-11-26T22:20:00Z")
@pytest.mark.django_db
def test_the_course_is_in_mid_term_and_seeding_again_keeps_what_was_done(mailed):
    assert seed() is True
    course = Course.objects.get(slug=SLUG)
    student = Enrollment.objects.select_related("course", "user").get(course=course, user__email="student01@example.edu")
    course.title = "Changed since"
    course.save()
    reviews = Review.objects.count()

    assert seed() is False

    course.refresh_from_db()
    progress = progress_of(student)
    assert (course.title, Review.objects.count()) == ("Changed since", reviews)
    assert (progress.required, progress.submitted in range(13, 17)) == (20, True)
    assert State.DRAFT in {deadline.state for deadline in to_do(student) if deadline.is_owed}
    assert Comment.objects.count() > 10
    assert Tag.objects.visible_to(student).exclude(owner=student).exists()
    assert set(SavedSearch.objects.visible_to(student).values_list("name", flat=True)) == {"owed", "few"}
    assert any(bad_review_counts(course).values())
    assert Reminder.objects.exclude(enrollment=student).filter(sent_at__isnull=False).exists()
    assert course.webhooks.get().state == "paused"
    everybody_has_signed_in_and_the_first_student_may_record_today()


def everybody_has_signed_in_and_the_first_student_may_record_today():
    """Asked of the same course: making it takes ten seconds."""
    people = Enrollment.objects.filter(course__slug=SLUG).for_display()
    first = people.select_related("course").get(user__email="student01@example.edu")
    today = Meeting.objects.select_related("course").get(course=first.course, date=first.course.today())
    assert {person.state for person in people} == {"active"}
    assert (is_open(today, timezone.now()), today.participation_records.filter(enrollment=first).exists()) == (True, False)


@pytest.mark.django_db
def test_each_start_gives_a_token_and_ends_the_last_one():
    EnrollmentFactory(user__email="instructor@example.edu", role="instructor")

    first, second = fresh_token(), fresh_token()

    usable = [Token.objects.get(digest=Token.digest_of(secret)).revoked_at is None for secret in (first, second)]
    assert usable == [False, True]
