"""Who presents what and when: for the schedule, for the student's home, for grading, for the assignment board."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import NamedTuple

from django.core.cache import cache
from django.db import models
from django.utils import timezone

from courses.models import Course, Enrollment, MeetingKind, Paper
from presentations.models import Cancellation, PresentationRules, SignUp, Slot, SlotRole, slot_title
from presentations.policies import may_add_slides, sees_slides
from presentations.queries.signing import RoleRow, Signing, signing_of

FREE_KEPT_FOR = 1  # second


class SignUpFact(NamedTuple):
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


def slots_of_meetings(course: Course, viewer: Enrollment | None = None) -> dict[int, list[Slot]]:
    """{meeting id: its slots for display, in order}; `slot.shows_slides` says whether this viewer is shown their slides."""
    found = defaultdict(list)
    for slot in Slot.objects.filter(course=course).for_display():
        slot.shows_slides = sees_slides(viewer, slot)
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
    own = set(SignUp.objects.standing().filter(enrollment=enrollment).order_by().values_list("role__slot", flat=True))
    slots = Slot.objects.filter(pk__in=own).for_display() if own else []
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


def presenters_by_paper(course: Course, *, at: datetime | None = None) -> dict[int, set[int]]:
    """{paper id: the enrollments who present it, or at that moment did}."""
    found = defaultdict(set)
    rows = SignUp.objects.standing_at(at).filter(
        role__slot__course=course, role__slot__paper__isnull=False, enrollment__isnull=False
    )
    for paper, enrollment in rows.order_by().values_list("role__slot__paper", "enrollment"):
        found[paper].add(enrollment)
    return dict(found)


def grading_facts(
    course: Course, *, only: Collection[int] | None = None, at: datetime | None = None
) -> dict[int, list[SignUpFact]]:
    """{enrollment id: the presentations the student has, by date}, for every active student, or `only` for these ids.

    `at` asks for the places that stood at an earlier moment; the calendar is today's.
    """
    students = Enrollment.objects.graded(at).among(only).filter(course=course).order_by()
    facts: dict[int, list[SignUpFact]] = {student: [] for student in students.values_list("pk", flat=True)}
    rows = (
        SignUp.objects.standing_at(at)
        .filter(enrollment__in=students, role__slot__course=course)
        .order_by("role__slot__meeting__date", "role__slot__position", "pk")
        .values_list("enrollment_id", "pk", "role__slot_id", "role__slot__title", "role__slot__paper__title",
                     "role__slot__meeting__date", "role__title")
    )  # fmt: skip
    for student, sign_up, slot, title, paper_title, day, role_title in rows:
        facts[student].append(SignUpFact(sign_up, slot, slot_title(title, paper_title), day, role_title))
    return facts


@dataclass(frozen=True)
class SlotRow:
    """`roles` say what the viewer may do with each; `opens_at` is set while sign-up is still to open."""

    slot: Slot
    is_past: bool
    is_own: bool
    may_add_slides: bool
    sees_slides: bool
    minutes: int | None
    roles: list[RoleRow]
    opens_at: datetime | None
    slides_due_at: datetime | None


def slot_rows(course: Course, viewer: Enrollment | None) -> list[SlotRow]:
    """The course's slots in the calendar's order, as this person (or a visitor, None) may see and use them."""
    return board_of(course, viewer)[0]


def board_of(course: Course, viewer: Enrollment | None) -> tuple[list[SlotRow], Signing]:
    """The rows, and what they were made from."""
    slots = list(Slot.objects.filter(course=course).for_display())
    signing = signing_of(course, viewer, slots)
    return [slot_row(slot, viewer, signing) for slot in slots], signing


def slot_row(slot: Slot, viewer: Enrollment | None, signing: Signing) -> SlotRow:
    rules = signing.rules
    opens = rules.opens_for(slot)
    return SlotRow(
        slot=slot,
        is_past=slot.meeting.date < signing.today,
        is_own=viewer is not None and any(sign_up.enrollment_id == viewer.pk for sign_up in slot.sign_ups),
        may_add_slides=may_add_slides(viewer, slot),
        sees_slides=sees_slides(viewer, slot),
        minutes=rules.minutes_of(slot),
        roles=signing.roles_of(slot),
        opens_at=opens if opens and opens > signing.now and not slot.is_homeless else None,
        slides_due_at=rules.slides_due(slot),
    )


@dataclass(frozen=True)
class Part:
    """The slots to come, or the past ones."""

    key: str
    title: str
    rows: list[SlotRow]

    @property
    def open_places(self) -> int:
        open_rows = (row for row in self.rows if not row.slot.meeting.is_holiday)
        return sum(role.open_places for row in open_rows for role in row.slot.roles.all())


def parts_of(rows: list[SlotRow]) -> list[Part]:
    """What is to come first, then what is past, latest first; a part without slots is left out."""
    to_come = [row for row in rows if not row.is_past]
    past = [row for row in reversed(rows) if row.is_past]
    parts = [Part("to-come", "To come", to_come), Part("past", "Past", past)]
    return [part for part in parts if part.rows]


@dataclass(frozen=True)
class StudentRow:
    """One student against the term: what they have presented and what they are to present."""

    student: Enrollment
    given: list[Slot]
    to_come: list[Slot]

    @property
    def count(self) -> int:
        return len(self.given) + len(self.to_come)


def student_rows(course: Course, rows: list[SlotRow]) -> list[StudentRow]:
    """Every active student, those with the fewest presentations first."""
    given, to_come = defaultdict(list), defaultdict(list)
    for row in rows:
        for enrollment_id in {sign_up.enrollment_id for sign_up in row.slot.sign_ups}:
            (given if row.is_past else to_come)[enrollment_id].append(row.slot)
    students = Enrollment.objects.active().students().filter(course=course).for_display()
    found = [StudentRow(student, given[student.pk], to_come[student.pk]) for student in students]
    return sorted(found, key=lambda row: row.count)


@dataclass(frozen=True)
class FreePlace:
    slot_key: str
    title: str
    day: date


def free_places(course: Course, at_most: int) -> list[FreePlace]:
    """The first roles in the calendar's order in which students may take a place, as of a second ago at most.

    Asked for by everybody who comes too late, two hundred at once: read anew for each, it was a third of the answer's time.
    """
    return cache.get_or_set(f"free-places-{course.pk}-{at_most}", partial(_free_places, course, at_most), FREE_KEPT_FOR)


def _free_places(course: Course, at_most: int) -> list[FreePlace]:
    rules, now = PresentationRules.of(course), timezone.now()
    taken = models.Count("sign_ups", filter=models.Q(sign_ups__withdrawn_at=None))
    roles = SlotRole.objects.filter(slot__course=course, slot__meeting__date__gte=course.today()).annotate(taken=taken)
    roles = roles.filter(taken__lt=models.F("capacity")).exclude(slot__meeting__kind=MeetingKind.HOLIDAY)
    roles = roles.exclude(slot__opens_at__gt=now).exclude(slot__closes_at__lte=now)
    order = ("slot__meeting__date", "slot__meeting__starts_at", "slot__position", "position", "pk")
    slots = [role.slot for role in roles.select_related("slot__meeting", "slot__paper").order_by(*order)[:at_most]]
    for slot in slots:
        slot.course = course
    return [FreePlace(slot.key, str(slot), slot.meeting.date) for slot in slots if rules.is_open(slot, now)]


def papers_without_slot(course: Course) -> list[Paper]:
    """The papers of meetings that take place which nobody can present yet, in the calendar's order."""
    papers = Paper.objects.filter(course=course, slots=None).exclude(meeting__kind=MeetingKind.HOLIDAY)
    return list(papers.select_related("meeting"))


def homeless(rows: list[SlotRow]) -> list[SlotRow]:
    """The slots whose meeting was cancelled: they wait for another."""
    return [row for row in rows if row.slot.is_homeless]


def cancelled_meetings(course: Course) -> list[Cancellation]:
    """Whose undoing can still be of use: of meetings to come, and of those whose slots wait for another."""
    to_come = models.Q(meeting__date__gte=course.today())
    has_slots = models.Exists(Slot.objects.filter(meeting=models.OuterRef("meeting")))
    return list(Cancellation.objects.standing(course).filter(to_come | has_slots).select_related("meeting"))
