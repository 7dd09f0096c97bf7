"""Two students share one slot; each has a mark of their own, and a student's talks count together or the best of them."""

from decimal import Decimal

import pytest

from grading.actions import set_mark
from grading.queries import grades_of
from tests.factories import EnrollmentFactory, PolicyFactory, SignUpFactory, SlotFactory, SlotRoleFactory
from tests.grading.examples import one_component


@pytest.mark.parametrize(("steps", "ada"), [([{"step": "mean"}], 7), ([{"step": "best_of", "count": 1}], 9)])
def test_who_share_a_slot_have_individual_marks(course, instructor, steps, ada):
    PolicyFactory(course=course, document=one_component(source="presentations", steps=steps))
    students = EnrollmentFactory.create_batch(2, course=course)
    shared = SlotFactory(course=course)
    together = [
        SignUpFactory(role=SlotRoleFactory(slot=shared, key=key), enrollment=student)
        for key, student in zip(("body", "discussion"), students, strict=True)
    ]
    again = SignUpFactory(role=SlotRoleFactory(slot=SlotFactory(course=course)), enrollment=students[0])
    for sign_up, points in zip([*together, again], (9, 6, 5), strict=True):
        set_mark(sign_up=sign_up, points=Decimal(points), revision=0, by=instructor.user)

    grades = grades_of(course, audience="staff")

    assert [grades[student.pk].percentage for student in students] == [Decimal(ada * 10), Decimal(60)]
