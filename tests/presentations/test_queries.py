"""What other rooms read of presentations."""

from datetime import UTC, date, datetime

import pytest
import time_machine

from presentations import queries
from tests.factories import (
    EnrollmentFactory,
    MeetingFactory,
    SignUpFactory,
    SlidesFactory,
    SlotFactory,
    SlotRoleFactory,
)

pytestmark = pytest.mark.django_db


def slot_on(course, day, **fields):
    return SlotFactory(course=course, meeting=MeetingFactory(course=course, date=day), **fields)


def test_slots_by_paper_carry_presenters_and_the_latest_slides(course, student):
    slot = slot_on(course, date(2021, 9, 2))
    role = SlotRoleFactory(slot=slot, capacity=2)
    SignUpFactory(role=role, enrollment=student)
    SignUpFactory(role=role, withdrawn_at=datetime(2021, 9, 1, tzinfo=UTC))
    for number in (1, 2):
        SlidesFactory(slot=slot, number=number)
    slot_on(course, date(2021, 9, 7), paper=None, title="Guest talk")

    found = queries.slots_by_paper(course)

    assert [(paper, [str(each) for each in slots]) for paper, slots in found.items()] == [(slot.paper_id, [slot.paper.title])]
    shown = found[slot.paper_id][0]
    assert ([str(sign_up) for sign_up in shown.sign_ups], shown.latest_slides.number) == ([student.user.name], 2)


def test_slots_of_meetings_hold_every_slot_of_the_course(course):
    slots = [slot_on(course, date(2021, 9, 2)), slot_on(course, date(2021, 9, 7), paper=None, title="Guest talk")]
    SlotFactory()

    assert queries.slots_of_meetings(course) == {slot.meeting_id: [slot] for slot in slots}


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize("query", [queries.slots_by_paper, queries.slots_of_meetings])
def test_slots_take_four_queries_however_many(course, django_assert_num_queries, query, rows):
    for _ in range(rows):
        slot = SlotFactory(course=course)
        SignUpFactory(role=SlotRoleFactory(slot=slot))
        SlidesFactory(slot=slot)

    with django_assert_num_queries(4):
        found = query(course)
        shown = [
            (str(slot), [str(sign_up) for sign_up in slot.sign_ups], slot.latest_slides.get_absolute_url())
            for slots in found.values()
            for slot in slots
        ]

    assert len(shown) == rows


def test_presenting_lists_own_slots_by_date_with_partners(course, student):
    later, sooner = slot_on(course, date(2021, 10, 5)), slot_on(course, date(2021, 9, 2))
    body, discussion = (SlotRoleFactory(slot=sooner, key=key, title=key) for key in ("body", "discussion"))
    for role in (body, SlotRoleFactory(slot=later)):
        SignUpFactory(role=role, enrollment=student)
    partner = SignUpFactory(role=discussion)
    SignUpFactory(role=SlotRoleFactory(slot=slot_on(course, date(2021, 9, 7))))

    found = queries.presenting(student)

    assert [(each.slot, each.partners) for each in found] == [(sooner, [partner]), (later, [])]
    assert found[0].roles == [body]


def test_presenting_leaves_out_what_was_withdrawn(course, student):
    role = SlotRoleFactory(slot=SlotFactory(course=course))
    SignUpFactory(role=role, enrollment=student, withdrawn_at=datetime(2021, 9, 1, tzinfo=UTC))

    assert queries.presenting(student) == []


@pytest.mark.parametrize("rows", [1, 3])
def test_grading_facts_name_every_active_student_in_two_queries(course, django_assert_num_queries, rows):
    students = EnrollmentFactory.create_batch(rows, course=course)
    EnrollmentFactory(course=course, is_active=False)
    EnrollmentFactory(course=course, role="instructor")
    slot = slot_on(course, date(2021, 9, 2))
    role = SlotRoleFactory(slot=slot, capacity=9)
    sign_up = SignUpFactory(role=role, enrollment=students[0])
    SignUpFactory(role=role, guest_name="Grace Hopper", enrollment=None)
    SignUpFactory(role=role, enrollment=students[-1], withdrawn_at=datetime(2021, 9, 1, tzinfo=UTC))

    with django_assert_num_queries(2):
        facts = queries.grading_facts(course)

    fact = queries.SignUpFact(sign_up.pk, slot.pk, slot.paper.title, date(2021, 9, 2), "Presenter")
    assert facts == {students[0].pk: [fact]} | {student.pk: [] for student in students[1:]}


@time_machine.travel(datetime(2021, 9, 20, 12, 0, tzinfo=UTC), tick=False)
def test_student_rows_put_those_who_have_not_presented_first(course):
    ada, ben, cem = (EnrollmentFactory(course=course, user__name=name) for name in ("Ada", "Ben", "Cem"))
    past, to_come = slot_on(course, date(2021, 9, 2)), slot_on(course, date(2021, 9, 21))
    for slot in (past, to_come):
        SignUpFactory(role=SlotRoleFactory(slot=slot), enrollment=ada)
    SignUpFactory(role=SlotRoleFactory(slot=to_come, key="discussion"), enrollment=cem)

    rows = queries.student_rows(course, queries.slot_rows(course, None))

    assert [(row.student, row.count, row.given, row.to_come) for row in rows] == [
        (ben, 0, [], []),
        (cem, 1, [], [to_come]),
        (ada, 2, [past], [to_come]),
    ]
