from datetime import UTC, date, datetime

import pytest

from tests.factories import FieldFactory, MeetingFactory, PaperFactory, ReviewRulesFactory, ScoreFieldFactory

# Wednesday 1 September 2021, noon in New York: tomorrow's review is due tonight at 23:59.
NOON = datetime(2021, 9, 1, 16, 0, tzinfo=UTC)
IN_CLASS = datetime(2021, 9, 2, 13, 0, tzinfo=UTC)  # Thursday 2 September, 9:00
NEXT_DAY = datetime(2021, 9, 3, 16, 0, tzinfo=UTC)


@pytest.fixture
def rules(course):
    rules = ReviewRulesFactory(course=course, grace_minutes=60)
    FieldFactory(form=rules.form, key="strengths", label="Strengths", position=1)
    FieldFactory(form=rules.form, key="summary", label="Summary", position=2)
    ScoreFieldFactory(form=rules.form, key="merit", label="Overall merit", position=3)
    return rules


@pytest.fixture
def meeting(course):
    return MeetingFactory(course=course, key="first", date=date(2021, 9, 2), topic="Compilers")


@pytest.fixture
def paper(course, rules, meeting):
    return PaperFactory(course=course, meeting=meeting, key="rammer", title="Rammer")
