"""The digest of the reviews on the talk's page: what was picked, for whom the digest is, as the class may hear it."""

from datetime import UTC, datetime

import pytest
from django.urls import reverse

from courses.models import Enrollment
from digest.actions import pick_passage, save_note, share_digest
from digest.quotes import seen_mark
from reviews.models import ReviewRules
from reviews.policies import REVIEW_RULES
from tests.factories import EnrollmentFactory, FieldFactory, SubmittedReviewFactory

pytestmark = pytest.mark.usefixtures("in_class")
TEXT = "The evaluation is thorough."
LATER = datetime(2030, 1, 1, tzinfo=UTC)


@pytest.fixture
def picked(slot, instructor):
    """One answer of Rae Reviewer's is picked, with a note; the others' reviews open after the deadline, without names."""
    rules = ReviewRules.objects.get()
    rules.visibility = "after_deadline"
    rules.save()
    FieldFactory(form=rules.form, key="strengths", label="Strengths")
    review = SubmittedReviewFactory(
        paper=slot.paper,
        answers={"strengths": TEXT},
        version__html={"strengths": f"<p>{TEXT}</p>"},
        reviewer__user__name="Rae Reviewer",
    )
    by = Enrollment.objects.select_related("user", REVIEW_RULES).get(pk=instructor.pk)
    pick = pick_passage(paper=slot.paper, by=by, handle=review.handle, field_key="strengths", seen=seen_mark(TEXT))
    return save_note(pick=pick, by=by, note="Ask how large it was.", revision=0)


def page(client, slot, viewer):
    client.force_login(viewer.user)
    return client.get(reverse("talks:talk_detail", args=[slot.course.slug, slot.key]))


def told(client, slot, viewer) -> tuple[bool, bool, bool]:
    """Whether the page has the section, the picked words, the note."""
    text = page(client, slot, viewer).content.decode()
    return "Digest of the reviews" in text, TEXT in text, "Ask how large it was." in text


def test_presenters_and_staff_read_what_was_picked_where_the_talk_is(client, course, slot, presenter, student, picked):
    people = [
        presenter,
        student,
        EnrollmentFactory(course=course, role="assistant"),
        EnrollmentFactory(course=course, role="observer"),
    ]

    assert [told(client, slot, person) for person in people] == [(True,) * 3, (False,) * 3, (True,) * 3, (False,) * 3]


def test_nothing_is_told_before_the_reviews_are_open_unless_staff_share_it(client, slot, presenter, instructor, picked):
    slot.paper.review_due_at = LATER
    slot.paper.save()

    assert told(client, slot, presenter) == (True, False, False)
    share_digest(paper=slot.paper, by=instructor, is_shared=True)
    assert told(client, slot, presenter) == (True, True, True)


def test_names_that_students_do_not_see_are_not_on_it_for_staff_either(client, slot, instructor, presenter, picked):
    texts = [page(client, slot, viewer).content.decode() for viewer in (instructor, presenter)]

    assert ["Rae Reviewer" in text for text in texts] == [False, False]
    assert ["Reviewer 1" in text for text in texts] == [True, True]


def test_before_anything_is_picked_the_page_leads_to_picking(client, slot, instructor, picked):
    picked.digest.picks.all().delete()

    text = page(client, slot, instructor).content.decode()

    assert ("Pick from 1 answer</a>" in text, TEXT in text) == (True, False)


def test_a_course_without_reviews_has_no_digest(client, slot, instructor):
    ReviewRules.objects.all().delete()

    assert page(client, slot, instructor).context["digest"] is None
