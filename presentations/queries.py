"""Who presents what and when: for the schedule, for the student's home, for grading, for the assignment board."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from courses.models import Course, Enrollment
from presentations.models import SignUp, Slot, SlotRole


@dataclass(frozen=True, slots=True)
class SignUpFact:
    """One presentation that a student has, given or to be given, as grading needs it."""

    sign_up_id: int
    slot_id: int
    title: str
    meeting_date: date
    role_title: str


@dataclass(frozen=True)
class Presenting:
    """A slot that a student has, in which roles, and who else is in it."""

    slot: Slot
    roles: list[SlotRole]
    partners: list[SignUp]


def slots_of_meetings(course: Course) -> dict[int, list[Slot]]:
    """{meeting id: its slots for display, in order}."""
    found = defaultdict(list)
    for slot in Slot.objects.filter(course=course).for_display():
        found[slot.meeting_id].append(slot)
    return dict(found)


def slots_by_paper(course: Course) -> dict[int, list[Slot]]:
    """{paper id: its slots for display, in order}; slots without a paper are in `slots_of_meetings` only."""
    found = defaultdict(list)
    for slot in Slot.objects.filter(course=course, paper__isnull=False).for_display():
        found[slot.paper_id].append(slot)
    return dict(found)


def presenting(enrollment: Enrollment) -> list[Presenting]:
    """What this person presents, by date."""
    own = SignUp.objects.standing().filter(enrollment=enrollment)
    slots = Slot.objects.filter(course=enrollment.course_id, roles__sign_ups__in=own).distinct().for_display()
    return [
        Presenting(
            slot=slot,
            roles=[
                role for role in slot.roles.all() if any(sign_up.enrollment_id == enrollment.pk for sign_up in role.standing)
            ],
            partners=[sign_up for sign_up in slot.sign_ups if sign_up.enrollment_id != enrollment.pk],
        )
        for slot in slots
    ]


def grading_facts(course: Course) -> dict[int, list[SignUpFact]]:
    """{enrollment id: the presentations the student has, by date}, for every active student."""
    students = Enrollment.objects.active().students().filter(course=course).order_by()
    facts: dict[int, list[SignUpFact]] = {student: [] for student in students.values_list("pk", flat=True)}
    sign_ups = (
        SignUp.objects.standing()
        .filter(enrollment__in=students, role__slot__course=course)
        .select_related("role__slot__meeting", "role__slot__paper")
        .order_by("role__slot__meeting__date", "role__slot__position", "pk")
    )
    for sign_up in sign_ups:
        slot = sign_up.role.slot
        facts[sign_up.enrollment_id].append(SignUpFact(sign_up.pk, slot.pk, str(slot), slot.meeting.date, sign_up.role.title))
    return facts
