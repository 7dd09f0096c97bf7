"""What a student would like to present."""

from collections.abc import Collection, Sequence

from django.db import transaction
from django.utils import timezone

from core.errors import DomainError
from courses.models import Enrollment
from presentations.actions.changes import lock_course
from presentations.actions.places import require_student_of, rules_of
from presentations.models import MOST_RANKS, AwayDate, Slot, Wish, WishList


@transaction.atomic
def save_wishes(
    *,
    enrollment: Enrollment,
    ranked: Sequence[int],
    cannot: Collection[int] = (),
    away: Collection[int] = (),
    partner: Enrollment | None = None,
    revision: int,
) -> WishList:
    """Replace all that the student has said: slot ids, the first choice first; slots and meetings that they cannot.

    `revision` is that of what it was written from; DomainError (changed_since) when another tab or device came between.
    """
    course = lock_course(enrollment.course_id)
    enrollment = require_student_of(course, enrollment)
    rules, now = rules_of(course), timezone.now()
    if rules.wishes_close_at is None:
        raise DomainError("This course does not ask what you would like to present.", code="no_wishes")
    if not rules.asks_wishes(now):
        there = course.local(rules.wishes_close_at)
        raise DomainError(f"Wishes closed on {there.day} {there:%B} at {there:%H:%M}. Nothing was changed.", code="closed")
    wishes = WishList.objects.filter(enrollment=enrollment).first() or WishList(enrollment=enrollment)
    if wishes.revision != revision:
        words = "Your wishes were changed in another tab or on another device. Look at them below, then save again."
        raise DomainError(words, code="changed_since")
    _check(course.pk, ranked, cannot, away)
    wishes.partner = _partner(course, enrollment, partner)
    wishes.revision, wishes.saved_at = revision + 1, now
    wishes.save()
    Wish.objects.filter(enrollment=enrollment).delete()
    AwayDate.objects.filter(enrollment=enrollment).delete()
    Wish.objects.bulk_create(Wish(enrollment=enrollment, slot_id=slot, rank=rank) for rank, slot in enumerate(ranked, 1))
    Wish.objects.bulk_create(Wish(enrollment=enrollment, slot_id=slot) for slot in sorted(set(cannot)))
    AwayDate.objects.bulk_create(AwayDate(enrollment=enrollment, meeting_id=meeting) for meeting in sorted(set(away)))
    return wishes


def _check(course_id: int, ranked: Sequence[int], cannot: Collection[int], away: Collection[int]) -> None:
    if len(ranked) > MOST_RANKS:
        raise DomainError(f"Rank at most {MOST_RANKS}; found {len(ranked)}.", field="ranked", code="too_many")
    if len(set(ranked)) < len(ranked) or set(ranked) & set(cannot):
        raise DomainError("Name each presentation once, as a choice or as one you cannot do.", field="ranked", code="twice")
    slots = {*ranked, *cannot}
    if Slot.objects.filter(course=course_id, pk__in=slots).count() != len(slots):
        raise DomainError("A presentation was removed since. Load the page again.", field="ranked", code="gone")
    meetings = set(away)
    if Slot.objects.filter(course=course_id, meeting__in=meetings).values("meeting").distinct().order_by().count() != len(
        meetings
    ):
        raise DomainError("Nothing is presented on a date that you named.", field="away", code="gone")


def _partner(course, enrollment: Enrollment, partner: Enrollment | None) -> Enrollment | None:
    if partner is None:
        return None
    if partner.pk == enrollment.pk:
        raise DomainError("Choose somebody else than yourself.", field="partner", code="to_oneself")
    return require_student_of(course, partner)
