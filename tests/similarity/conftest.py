from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from courses.models import Enrollment, Paper
from reviews.actions import save_draft, submit_review
from reviews.models import Review
from similarity.actions import compare_paper
from similarity.models import Pair
from tests.factories import EnrollmentFactory, FieldFactory, PaperFactory, ReviewRulesFactory

COPIED = (
    "The authors measure the gap between what the framework schedules and what the device could do, "
    "and close most of it by planning the whole graph at once."
)
OWN = [
    "I liked the figures more than the text, since each of them answers one question and leaves the next one open.",
    "Nothing here convinces me that the approach would survive a device with several tenants and a noisy network.",
    "My main doubt concerns cost: searching takes hours, yet no table of the evaluation counts those hours anywhere.",
    "What stays with me is how few parts the design has, and how openly its limits are listed near the end.",
]


@pytest.fixture
def rules(course):
    rules = ReviewRulesFactory(course=course, due_days_before=0, grace_minutes=60 * 24 * 365 * 100)
    description = "Say in your own words what problem the paper solves, how it does so, and what it leaves open."
    FieldFactory(form=rules.form, key="summary", label="Summary", description=description, position=1)
    FieldFactory(form=rules.form, key="doubts", label="Doubts", is_required=False, position=2)
    course.review_rules = rules
    return rules


@pytest.fixture
def paper(course, rules):
    return PaperFactory(course=course, key="rammer", title="Rammer: enabling holistic compilation of deep networks")


def loaded(paper):
    return Paper.objects.select_related("course__review_rules").get(pk=paper.pk)


def compare(paper, **how):
    return compare_paper(paper=loaded(paper), **how)


def viewed(viewer):
    return Enrollment.objects.select_related("course").get(pk=viewer.pk)


def hand_in(paper, text, reviewer=None, **answers):
    """A submitted review whose summary is this text; the same reviewer's is handed in anew."""
    reviewer = reviewer or EnrollmentFactory(course=paper.course)
    begun = Review.objects.filter(paper=paper, reviewer=reviewer).first()
    review = save_draft(
        paper=paper, reviewer=reviewer, answers={"summary": text} | answers, revision=begun.revision if begun else None
    )
    return submit_review(review=review, revision=review.revision)


@pytest.fixture
def time_machine_of_an_hour_ago():
    return time_machine.travel(timezone.now() - timedelta(hours=1), tick=False)


@pytest.fixture
def pair(paper):
    """Two reviews that share a passage."""
    for own in OWN[:2]:
        hand_in(paper, f"{COPIED} {own}", doubts=own)
    compare(paper)
    return Pair.objects.get()
