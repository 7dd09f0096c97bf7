from datetime import UTC, date, datetime

import pytest

from tests.factories import MeetingFactory, PaperFactory, ReminderRulesFactory, ReviewRulesFactory

# The paper meets on Thursday 2 September 2021; in New York its review is due on Wednesday at 23:59.
DUE = datetime(2021, 9, 2, 3, 59, tzinfo=UTC)


@pytest.fixture
def rules(course):
    """Reminders 24 h and 3 h before a review is due; an hour's grace."""
    ReviewRulesFactory(course=course, grace_minutes=60)
    return ReminderRulesFactory(course=course, hours_before=[24, 3])


@pytest.fixture
def paper(course, rules):
    meeting = MeetingFactory(course=course, date=date(2021, 9, 2))
    return PaperFactory(course=course, meeting=meeting, key="rammer", title="Rammer")
