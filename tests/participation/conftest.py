from datetime import UTC, date, datetime

import pytest
import time_machine

from tests.factories import MeetingFactory, ParticipationRulesFactory

# The meeting is on Thursday 2 September 2021 from 8:30 to 9:45 in New York, four hours behind UTC.
DURING = datetime(2021, 9, 2, 13, 0, tzinfo=UTC)
OPENS = datetime(2021, 9, 2, 12, 15, tzinfo=UTC)
MIDNIGHT = datetime(2021, 9, 3, 4, 0, tzinfo=UTC)


@pytest.fixture
def rules(course):
    rules = ParticipationRulesFactory(course=course)
    course.participation_rules = rules
    return rules


@pytest.fixture
def meeting(course, rules):
    return MeetingFactory(course=course, date=date(2021, 9, 2), key="rammer", topic="Compilers")


@pytest.fixture
def clock():
    with time_machine.travel(DURING, tick=False) as traveller:
        yield traveller
