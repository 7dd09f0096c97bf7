"""What is owed by when: wishes while the course asks for them, then the talk itself and its slides."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import Min, Q
from django.urls import reverse
from django.utils import timezone

from courses.deadlines import Deadline, State
from courses.models import Course, Enrollment
from presentations.models import PresentationRules, SignUp, Slides, Slot, Wish

REACH = timedelta(days=1)  # a day in the course's zone is within one of the same day in any other


def deadlines_for(enrollment: Enrollment) -> list[Deadline]:
    """The student's presentations and their slides; a slot without a meeting has no date, and is left out.

    Wishes are among them until they close: who ranked nothing then gets what is left, and owes nothing any more.
    """
    if not (enrollment.is_student and enrollment.is_active):
        return []
    return [*_asked_of(enrollment), *_deadlines(enrollment.course, _presenting(enrollment=enrollment))]


def _asked_of(enrollment: Enrollment) -> list[Deadline]:
    course = enrollment.course
    if not PresentationRules.of(course).asks_wishes(timezone.now()) or not _is_any_to_come(course):
        return []
    has_ranked = Wish.objects.filter(enrollment=enrollment, rank__isnull=False).exists()
    return [_wishes(enrollment.pk, course, State.SUBMITTED if has_ranked else State.OPEN)]


def _is_any_to_come(course: Course) -> bool:
    return course.slots.filter(meeting__date__gte=course.today()).exclude(meeting__kind="holiday").exists()


def _wishes(enrollment: int, course: Course, state: State) -> Deadline:
    closes = PresentationRules.of(course).wishes_close_at
    return Deadline(
        enrollment_id=enrollment,
        kind="wishes",
        key="wishes",
        title="Rank the presentations",
        due_at=closes,
        closes_at=closes,
        state=state,
        url=reverse("presentations:wish_list", args=[course.slug]),
        detail="Say what you would like to present, and when you cannot",
    )


def owed_between(course: Course, start: datetime, end: datetime) -> list[Deadline]:
    """What active students still owe with start < due <= end."""
    rules = PresentationRules.of(course)
    ahead = timedelta(days=rules.slides_due_days_before or 0) + REACH
    near = Q(role__slot__meeting__date__range=(start.date() - REACH, (end + ahead).date()))
    # Slides with a deadline of their own may be due at any distance from the talk.
    dated = Q(role__slot__slides_due_at__gt=start, role__slot__slides_due_at__lte=end)
    active = _presenting(enrollment__is_active=True, enrollment__role="student", role__slot__course=course)
    deadlines = _deadlines(course, active.filter(near | dated))
    owed = [deadline for deadline in deadlines if deadline.is_owed and start < deadline.due_at <= end]
    return [*_wishes_owed_between(course, start, end), *owed]


def _wishes_owed_between(course: Course, start: datetime, end: datetime) -> list[Deadline]:
    closes = PresentationRules.of(course).wishes_close_at
    if closes is None or not start < closes <= end or timezone.now() >= closes or not _is_any_to_come(course):
        return []
    students = Enrollment.objects.active().students().filter(course=course).order_by("pk")
    silent = students.exclude(wishes__in=Wish.objects.filter(rank__isnull=False)).values_list("pk", flat=True)
    return [_wishes(pk, course, State.OPEN) for pk in silent]


def _presenting(**of):
    sign_ups = SignUp.objects.standing().exclude(role__slot__meeting__kind="holiday").filter(**of)
    return sign_ups.select_related("role__slot__meeting", "role__slot__paper").order_by("pk")


def _deadlines(course: Course, sign_ups: Iterable[SignUp]) -> list[Deadline]:
    """Who has two roles of a slot presents once."""
    mine = {(sign_up.enrollment_id, sign_up.role.slot_id): sign_up.role.slot for sign_up in sign_ups}
    if not mine:
        return []
    rules = PresentationRules.of(course)
    first = Slides.objects.filter(slot__in={slot for _, slot in mine}).order_by()
    handed_in = dict(first.values_list("slot").annotate(at=Min("uploaded_at")))
    found = []
    for (enrollment, _), slot in mine.items():
        slot.course = course
        found.append(_talk(enrollment, slot))
        if due := rules.slides_due(slot):
            found.append(_slides(enrollment, slot, due, handed_in.get(slot.pk)))
    return found


def _talk(enrollment: int, slot: Slot) -> Deadline:
    return Deadline(
        enrollment_id=enrollment,
        kind="presentation",
        key=slot.key,
        title=str(slot),
        due_at=slot.start,
        closes_at=slot.start,
        state=State.OPEN if slot.start > timezone.now() else State.SUBMITTED,
        url=reverse("presentations:slot_list", args=[slot.course.slug]) + f"#slot-{slot.key}",
        detail="You present",
    )


def _slides(enrollment: int, slot: Slot, due: datetime, handed_in: datetime | None) -> Deadline:
    """Slides that come late are taken: nobody is kept from bringing them to class."""
    closes = max(due, slot.start)
    if handed_in:
        state = State.SUBMITTED if handed_in <= due else State.LATE
    else:
        state = State.OPEN if timezone.now() <= closes else State.MISSING
    return Deadline(
        enrollment_id=enrollment,
        kind="slides",
        key=slot.key,
        title=str(slot),
        due_at=due,
        closes_at=closes,
        state=state,
        url=reverse("presentations:slides_add", args=[slot.course.slug, slot.key]),
        detail="Slides of your presentation",
    )
