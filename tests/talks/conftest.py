"""A talk on Thursday 2 September 2021 at 8:30 in New York, with one presenter."""

from datetime import UTC, date, datetime

import pytest
import time_machine

from courses.models import Enrollment
from presentations.models import Slot
from talks.policies import TALK_RULES
from tests.factories import MeetingFactory, ReviewRulesFactory, SignUpFactory, SlotFactory, SlotRoleFactory

IN_CLASS = datetime(2021, 9, 2, 13, 0, tzinfo=UTC)
AFTER = datetime(2021, 9, 12, 12, 0, tzinfo=UTC)  # the window of seven days is over
GOOD = {"clarity": 4, "good": "The example."}


@pytest.fixture
def in_class():
    with time_machine.travel(IN_CLASS, tick=False) as traveller:
        yield traveller


@pytest.fixture
def meeting(course):
    return MeetingFactory(course=course, key="first", date=date(2021, 9, 2))


@pytest.fixture
def slot(course, meeting):
    ReviewRulesFactory(course=course, names="hidden")
    slot = SlotFactory(course=course, meeting=meeting, key="rammer")
    SlotRoleFactory(slot=slot, capacity=2)
    return shown(slot)


@pytest.fixture
def presenter(slot):
    return SignUpFactory(role=slot.roles.get(), enrollment__user__name="Pia Presenter").enrollment


def viewed(viewer):
    """The enrollment as a request reads it."""
    return Enrollment.objects.select_related("user", *TALK_RULES).get(pk=viewer.pk)


def shown(slot):
    return Slot.objects.for_display().get(pk=slot.pk)
