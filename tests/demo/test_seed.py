"""The demo's course: mid-term, believable, and never seeded over what people did."""

import pytest

from accounts.models import Token
from courses.models import Course, Enrollment
from demo.seed import SLUG, seed
from demo.sign_in import fresh_token
from planner.models import Reminder
from planner.queries import to_do
from reviews.models import Review
from reviews.queries import progress_of


@pytest.fixture
def mailed(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


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
    assert any(deadline.is_owed for deadline in to_do(student))
    assert Reminder.objects.exclude(enrollment=student).filter(sent_at__isnull=False).exists()


@pytest.mark.django_db
def test_each_start_gives_a_token_and_ends_the_last_one(mailed):
    seed()

    first, second = fresh_token(), fresh_token()

    usable = [Token.objects.get(digest=Token.digest_of(secret)).revoked_at is None for secret in (first, second)]
    assert usable == [False, True]
