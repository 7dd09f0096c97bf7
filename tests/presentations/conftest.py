"""A course in which sign-up is open, before its first meeting."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from presentations.models import PresentationRules, SignUp
from tests.factories import MeetingFactory, PresentationRulesFactory, SlotFactory, SlotRoleFactory

NOW = datetime(2021, 9, 1, 12, 0, tzinfo=UTC)
FIRST = date(2021, 9, 9)


@pytest.fixture
def now():
    """The clock stands eight days before the first meeting."""
    with time_machine.travel(NOW, tick=False):
        yield NOW


@pytest.fixture
def rules(course):
    return PresentationRulesFactory(course=course, withdraw_days_before=3, swaps="free")


@pytest.fixture
def role_on(course, rules):
    """role_on(days) -> a role of a new slot, so many days after the first meeting."""

    def make(days=0, *, capacity=1, **slot):
        meeting = MeetingFactory(course=course, date=FIRST + timedelta(days=days))
        return SlotRoleFactory(slot=SlotFactory(course=course, meeting=meeting, **slot), capacity=capacity)

    return make


@pytest.fixture
def change(rules):
    """change(at_most=1) -> the course's rules say so."""
    return lambda **values: PresentationRules.objects.filter(pk=rules.pk).update(**values)


def who_stands(role) -> list[int]:
    return list(SignUp.objects.standing().filter(role=role).order_by("enrollment").values_list("enrollment", flat=True))
