from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from tests.factories import (
    EnrollmentFactory,
    FieldFactory,
    MeetingFactory,
    PaperFactory,
    ReviewRulesFactory,
    ScoreFieldFactory,
    UserFactory,
)

NOW = datetime(2021, 9, 1, 16, 0, tzinfo=UTC)
CHOICES = [{"value": "y", "label": "Yes, gladly"}, {"value": "n", "label": "No"}]


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def papers(course):
    rules = ReviewRulesFactory(course=course)
    FieldFactory(form=rules.form, key="summary", label="Paper summary", position=1)
    ScoreFieldFactory(form=rules.form, key="merit", label="Overall merit", position=2)
    FieldFactory(
        form=rules.form, key="again", label="Read again", kind="choice", options=CHOICES, is_required=False, position=3
    )
    FieldFactory(form=rules.form, key="tick", label="Checked", kind="checkbox", is_required=False, position=4)
    FieldFactory(form=rules.form, key="to-staff", label="To staff", visible_to="staff", is_required=False, position=5)
    FieldFactory(form=rules.form, key="by-staff", label="By staff", visible_to="staff_only", is_required=False, position=6)
    days = (NOW.date() + timedelta(days=day) for day in (9, 16))
    meetings = [MeetingFactory(course=course, date=day) for day in days]
    return [
        PaperFactory(course=course, meeting=meeting, key=key, title=title, authors="Ann Lee, Ben Ma", abstract="We measure.")
        for meeting, key, title in zip(meetings, ("tvm", "rammer"), ("TVM", "Rammer"), strict=True)
    ]


@pytest.fixture
def ada(course, papers):
    return EnrollmentFactory(course=course, user=UserFactory(name="Ada Lovelace", email="ada@example.edu"))
