"""The term as a strip of weeks: what is filled, what is open, and where something does not go together."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta

from courses.models import Course, Enrollment
from presentations.models import AwayDate, SignUp, Slot, Wish
from presentations.queries.schedule import SlotRow


@dataclass(frozen=True)
class Week:
    """From Monday; without rows it is a gap in the term."""

    monday: date
    rows: list[SlotRow] = field(default_factory=list)

    @property
    def places(self) -> int:
        return sum(role.capacity for row in self.rows for role in row.slot.roles.all())

    @property
    def filled(self) -> int:
        return sum(len(row.slot.sign_ups) for row in self.rows)

    @property
    def clashes(self) -> int:
        """Once `mark_clashes` has told them."""
        return sum(bool(sign_up.clash) for row in self.rows for sign_up in row.slot.sign_ups)

    @property
    def is_over(self) -> bool:
        """All that was to be given in it is given; a gap is never over."""
        return bool(self.rows) and all(row.is_past for row in self.rows)

    @property
    def percent(self) -> int:
        return min(100, round(100 * self.filled / self.places)) if self.places else 0


def weeks_of(rows: list[SlotRow]) -> list[Week]:
    """Every week from the first slot's to the last's; slots without a meeting stand in none."""
    by_monday = defaultdict(list)
    for row in rows:
        if not row.slot.is_homeless:
            by_monday[_monday(row.slot.meeting.date)].append(row)
    if not by_monday:
        return []
    first, last = min(by_monday), max(by_monday)
    mondays = (first + timedelta(weeks=number) for number in range((last - first).days // 7 + 1))
    return [Week(monday, by_monday.get(monday, [])) for monday in mondays]


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def first_open(rows: list[SlotRow]) -> int | None:
    """The role whose place is to be filled next."""
    to_come = (row.slot for row in rows if not row.is_past and not row.slot.is_homeless)
    return next((role.pk for slot in to_come for role in slot.roles.all() if role.open_places), None)


def mark_clashes(course: Course, rows: list[SlotRow], days_apart: int) -> int:
    """Tell each of the rows' sign-ups its `clash`, "" for none, in two queries; how many have one."""
    cannot = set(Wish.objects.filter(slot__course=course, rank=None).values_list("enrollment", "slot"))
    away = set(AwayDate.objects.filter(meeting__course=course).values_list("enrollment", "meeting"))
    by_student: dict[int, list[tuple[SignUp, Slot]]] = defaultdict(list)
    for row in rows:
        for sign_up in row.slot.sign_ups:
            sign_up.clash = ""
            if sign_up.enrollment_id and not row.slot.is_homeless:
                by_student[sign_up.enrollment_id].append((sign_up, row.slot))
    for student, places in by_student.items():
        for sign_up, slot in places:
            if (student, slot.pk) in cannot or (student, slot.meeting_id) in away:
                sign_up.clash = "said: cannot"
            elif any(_are_close(slot, other, days_apart) for _, other in places):
                sign_up.clash = f"two within {days_apart} days" if days_apart else "two in one week"
    return sum(bool(sign_up.clash) for places in by_student.values() for sign_up, _ in places)


def _are_close(one: Slot, other: Slot, days_apart: int) -> bool:
    if one.pk == other.pk:
        return False
    if days_apart:
        return abs((one.meeting.date - other.meeting.date).days) < days_apart
    return _monday(one.meeting.date) == _monday(other.meeting.date)


def cannot_at(course: Course, student: Enrollment | None) -> tuple[set[int], set[int]]:
    """(slots, meetings) that the student cannot; empty for nobody."""
    if student is None:
        return set(), set()
    slots = Wish.objects.filter(slot__course=course, enrollment=student, rank=None).values_list("slot", flat=True)
    return set(slots), set(AwayDate.objects.filter(enrollment=student).values_list("meeting", flat=True))
