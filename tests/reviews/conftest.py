from datetime import UTC, date, datetime

import pytest

from tests.factories import FieldFactory, MeetingFactory, PaperFactory, ReviewRulesFactory, ScoreFieldFactory

# The paper meets on Thursday 2 September 2021; in New York its review is due on Wednesday at 23:59.
BEFORE = datetime(2021, 9, 1, 16, 0, tzinfo=UTC)
DUE = datetime(2021, 9, 2, 3, 59, tzinfo=UTC)
CLOSED = datetime(2021, 9, 3, 12, 0, tzinfo=UTC)


@pytest.fixture
def rules(course):
    """A form of one text (at least three words), one score and one field that only staff see; an hour's grace."""
    rules = ReviewRulesFactory(course=course, grace_minutes=60)
    FieldFactory(form=rules.form, key="summary", label="Summary", min_words=3, max_words=50, position=1)
    ScoreFieldFactory(form=rules.form, key="merit", label="Overall merit", position=2)
    FieldFactory(form=rules.form, key="remarks", label="Remarks to staff", visible_to="staff", is_required=False, position=3)
    course.review_rules = rules
    return rules


@pytest.fixture
def paper(course, rules):
    meeting = MeetingFactory(course=course, date=date(2021, 9, 2))
    return PaperFactory(course=course, meeting=meeting, key="rammer", title="Rammer")


@pytest.fixture
def answers():
    return {"summary": "Compiles graphs into tasks.", "merit": 4, "remarks": "I know an author."}
