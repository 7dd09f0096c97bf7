from datetime import UTC, date, datetime

import pytest
import time_machine

from courses.models import Enrollment
from discussion.policies import DISCUSSION_RULES
from tests.factories import (
    EnrollmentFactory,
    FieldFactory,
    MeetingFactory,
    PaperFactory,
    ReviewRulesFactory,
    SubmittedReviewFactory,
)

# The paper meets on Thursday 2 September 2021; in New York its review is due on Wednesday at 23:59.
BEFORE = datetime(2021, 9, 1, 16, 0, tzinfo=UTC)
CLOSED = datetime(2021, 9, 3, 12, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def rules(course):
    rules = ReviewRulesFactory(course=course)
    FieldFactory(form=rules.form, key="summary", label="Summary")
    course.review_rules = rules
    return rules


@pytest.fixture
def paper(course, rules):
    meeting = MeetingFactory(course=course, date=date(2021, 9, 2))
    return PaperFactory(course=course, meeting=meeting, key="rammer", title="Rammer")


@pytest.fixture
def reviewer(course):
    return EnrollmentFactory(course=course, user__name="Zoë Quill")


@pytest.fixture
def review(paper, reviewer):
    """Submitted; after the deadline every member may read it."""
    return reviewed(paper, reviewer)


@pytest.fixture
def closed():
    with time_machine.travel(CLOSED, tick=False) as traveller:
        yield traveller


def reviewed(paper, reviewer, text="A compiler."):
    return SubmittedReviewFactory(
        paper=paper, reviewer=reviewer, answers={"summary": text}, version__html={"summary": f"<p>{text}</p>"}
    )


def viewed(viewer):
    """The enrollment as a request reads it, with nothing remembered from the arrangement."""
    return Enrollment.objects.select_related("user", *DISCUSSION_RULES).get(pk=viewer.pk)
