from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from tests.factories import MilestoneFactory, ProjectRulesFactory, TeamFactory, TeamMemberFactory

# The report is due on Thursday 14 October 2021 at 23:59 in New York, with an hour's grace.
BEFORE = datetime(2021, 10, 14, 16, 0, tzinfo=UTC)
DUE = datetime(2021, 10, 15, 3, 59, tzinfo=UTC)
CLOSED = DUE + timedelta(hours=1)


@pytest.fixture
def rules(course):
    rules = ProjectRulesFactory(course=course)
    course.project_rules = rules
    return rules


@pytest.fixture
def milestone(course, rules):
    return MilestoneFactory(course=course, key="midterm", title="Midterm report", due_at=DUE, grace_minutes=60)


@pytest.fixture
def team(course, rules, student):
    team = TeamFactory(course=course, name="Gradient")
    TeamMemberFactory(team=team, enrollment=student)
    return team


@pytest.fixture
def clock():
    with time_machine.travel(BEFORE, tick=False) as traveller:
        yield traveller
