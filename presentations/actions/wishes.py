"""What a student would like to present."""

from collections.abc import Collection, Sequence

from django.db import transaction
from django.utils import timezone

from core.errors import DomainError
from courses.models import Enrollment
from presentations.actions.changes import lock_course
from presentations.actions.places import require_student_of, rules_of
from presentations.models import MOST_RANKS, AwayDate, PresentationRules, Ranked, RankedKind, Slot, Wish, WishList
from presentations.ranks import holders


@transaction.atomic
def save_wishes(
    *,
    enrollment: Enrollment,
    ranked: Sequence[Ranked],
    cannot: Collection[int] = (),
    away: Collection[int] = (),
    partner: Enrollment | None = None,
    revision: int,
) -> WishList:
    """Replace all that the student has said: their order, the first choice first; ids of slots and meetings they cannot.

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
    slots = list(Slot.objects.filter(course=course).select_related("meeting"))
    _check_ranked(rules, slots, ranked, cannot)
    _check_cannot(slots, cannot, away)
    wishes.partner = _partner(course, enrollment, partner)
    wishes.revision, wishes.saved_at = revision + 1, now
    wishes.save()
    Wish.objects.filter(enrollment=enrollment).delete()
    AwayDate.objects.filter(enrollment=enrollment).delete()
    Wish.objects.bulk_create(Wish(enrollment=enrollment, rank=rank, **each._asdict()) for rank, each in enumerate(ranked, 1))
    Wish.objects.bulk_create(Wish(enrollment=enrollment, slot_id=slot) for slot in sorted(set(cannot)))
    AwayDate.objects.bulk_create(AwayDate(enrollment=enrollment, meeting_id=meeting) for meeting in sorted(set(away)))
    return wishes


def _check_ranked(rules: PresentationRules, slots: list[Slot], ranked: Sequence[Ranked], cannot: Collection[int]) -> None:
    if len(ranked) > MOST_RANKS:
        raise DomainError(f"Rank at most {MOST_RANKS}; found {len(ranked)}.", field="ranked", code="too_many")
    if len(set(ranked)) < len(ranked) or {each.slot_id for each in ranked if each.slot_id} & set(cannot):
        raise DomainError("Name each presentation once, as a choice or as one you cannot do.", field="ranked", code="twice")
    if kinds := {each.kind.label for each in ranked} - {RankedKind(kind).label for kind in rules.wishes_rank}:
        raise DomainError(f"This course does not have its students rank {min(kinds)}.", field="ranked", code="not_ranked")
    if set(ranked) - set(holders(slots)):
        raise DomainError("What you ranked has changed since. Load the page again.", field="ranked", code="gone")


def _check_cannot(slots: list[Slot], cannot: Collection[int], away: Collection[int]) -> None:
    if set(cannot) - {slot.pk for slot in slots}:
        raise DomainError("A presentation was removed since. Load the page again.", field="cannot", code="gone")
    if set(away) - {slot.meeting_id for slot in slots}:
        raise DomainError("Nothing is presented on a date that you named.", field="away", code="gone")


def _partner(course, enrollment: Enrollment, partner: Enrollment | None) -> Enrollment | None:
    if partner is None:
        return None
    if partner.pk == enrollment.pk:
        raise DomainError("Choose somebody else than yourself.", field="partner", code="to_oneself")
    return require_student_of(course, partner)
