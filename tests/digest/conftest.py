from datetime import UTC, date, datetime

import pytest

from courses.models import Enrollment
from reviews.actions import save_draft, submit_review
from reviews.models import Review
from tests.factories import (
    EnrollmentFactory,
    FieldFactory,
    MeetingFactory,
    PaperFactory,
    ReviewRulesFactory,
    ScoreFieldFactory,
    SignUpFactory,
    SlotFactory,
    SlotRoleFactory,
)

# The paper meets on Thursday 2 September 2021; in New York its review is due on Wednesday at 23:59.
BEFORE = datetime(2021, 9, 1, 16, 0, tzinfo=UTC)
CLOSED = datetime(2021, 9, 3, 12, 0, tzinfo=UTC)
ANSWERS = {
    "summary": "Compiles graphs into tasks.",
    "strengths": "The idea is simple.\nThe evaluation is thorough.",
    "merit": 4,
    "remarks": "I know an author.",
}


@pytest.fixture
def rules(course):
    rules = ReviewRulesFactory(course=course)
    FieldFactory(form=rules.form, key="summary", label="Summary", position=1)
    FieldFactory(form=rules.form, key="strengths", label="Strengths", is_required=False, position=2)
    ScoreFieldFactory(form=rules.form, key="merit", label="Overall merit", position=3)
    FieldFactory(form=rules.form, key="remarks", label="Remarks", visible_to="staff", is_required=False, position=4)
    course.review_rules = rules
    return rules


@pytest.fixture
def paper(course, rules):
    meeting = MeetingFactory(course=course, date=date(2021, 9, 2))
    return PaperFactory(course=course, meeting=meeting, key="rammer", title="Rammer", authors="L. Ma *et al.*")


@pytest.fixture
def presenter(paper):
    return present(paper, EnrollmentFactory(course=paper.course))


@pytest.fixture
def answers():
    return dict(ANSWERS)


def present(paper, enrollment):
    slot = SlotFactory(course=paper.course, meeting=paper.meeting, paper=paper)
    SignUpFactory(role=SlotRoleFactory(slot=slot), enrollment=enrollment)
    return enrollment


def viewed(viewer):
    """The enrollment as a request reads it, with nothing remembered from the arrangement."""
    return Enrollment.objects.select_related("course__review_rules").get(pk=viewer.pk)


def submit(paper, reviewer, answers):

    begun = Review.objects.filter(paper=paper, reviewer=reviewer).first()
    review = save_draft(paper=paper, reviewer=reviewer, answers=answers, revision=begun.revision if begun else None)
    return submit_review(review=review, revision=review.revision)


@pytest.fixture
def review(paper, answers):
    return submit(paper, EnrollmentFactory(course=paper.course, user__name="Amara Lind"), answers)
