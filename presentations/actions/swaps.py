"""Offering a place, accepting it, and what staff say to it."""

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from core.errors import DomainError
from core.locking import lock_row
from courses.models import Course, Enrollment
from presentations.actions.changes import Changes, lock_course
from presentations.actions.offers import close, parties_of
from presentations.actions.places import (
    call_next,
    end,
    leave_line,
    require_student_of,
    require_within_limits,
    rules_of,
    stand,
)
from presentations.models import ActKind, OfferState, PresentationRules, SignUp, SwapOffer, Swaps

GONE = "This offer is no longer open. Nothing was changed."
PLACES = ("enrollment__user", "role__slot__course", "role__slot__meeting", "role__slot__paper")


def _place(pk: int) -> SignUp:
    """A sign-up as it now stands, under the lock on the course."""
    return lock_row(SignUp.objects.select_related(*PLACES), pk)


def _require_to_come(sign_up: SignUp) -> None:
    """The place stands, and its presentation is ahead."""
    if sign_up.withdrawn_at is not None:
        raise DomainError("The place has changed since. Nothing was changed.", code="place_changed")
    if sign_up.role.slot.is_homeless:
        raise DomainError("This presentation has no meeting at the moment, so its places are not swapped.", code="no_meeting")
    if sign_up.role.slot.start <= timezone.now():
        raise DomainError("This presentation is over.", code="too_late")


def _require_still_here(person: Enrollment) -> None:
    """Somebody may have left the course since they offered or accepted."""
    if not (person.is_active and person.is_student):
        raise DomainError(f"{person.user.name} is no longer a student of this course. Nothing was changed.", code="left")


@transaction.atomic
def offer_place(
    *,
    sign_up: SignUp,
    enrollment: Enrollment,
    to: Enrollment | None = None,
    is_trade: bool = False,
    wants: SignUp | None = None,
) -> SwapOffer:
    """Offer one's own place to one person, or to all (`to` is None).

    `is_trade` asks for a place in return: `wants`, or whichever the other gives. One live offer for each place.
    """
    course = lock_course(enrollment.course_id)
    if rules_of(course).swaps == Swaps.OFF:
        raise DomainError("In this course students do not swap by themselves; ask the instructor.", code="no_swaps")
    sign_up = _place(sign_up.pk)
    if sign_up.enrollment_id != enrollment.pk:
        raise DomainError("This is not a place of yours.", code="not_yours")
    _require_to_come(sign_up)
    if wants is not None:
        wants = _place(wants.pk)
        _require_to_come(wants)
        to, is_trade = wants.enrollment, True
    to = _other_student(course, enrollment, to, wants)
    if SwapOffer.objects.live().filter(sign_up=sign_up).exists():
        raise DomainError("You are offering this place already. Take that offer back first.", code="already_offered")
    offer = SwapOffer.objects.create(sign_up=sign_up, to=to, is_trade=is_trade, wants=wants)
    changes = Changes(course, enrollment.user)
    changes.note(ActKind.OFFERED, sign_up.role, enrollment=enrollment, other=to, tell=[to.pk] if to else [])
    changes.write()
    return offer


def _other_student(course: Course, enrollment: Enrollment, to: Enrollment | None, wants: SignUp | None) -> Enrollment | None:
    if to is None and wants is not None:
        raise DomainError("A guest's place is not swapped.", field="wants", code="not_a_student")
    if to is not None and to.pk == enrollment.pk:
        raise DomainError("Choose somebody else than yourself.", field="to", code="to_oneself")
    return require_student_of(course, to) if to is not None else None


def _open_offer(offer: SwapOffer, course: Course, *states: str) -> SwapOffer:
    """The offer as it now stands, with its place. Raises DomainError (offer_is_closed) for one in another state."""
    fresh = SwapOffer.objects.select_related("to__user", "accepted_by__user").filter(sign_up__role__slot__course=course)
    fresh = fresh.filter(pk=offer.pk, state__in=states).first()
    if fresh is None:
        raise DomainError(GONE, code="offer_is_closed")
    fresh.sign_up = _place(fresh.sign_up_id)
    return fresh


@transaction.atomic
def accept_offer(*, offer: SwapOffer, enrollment: Enrollment, in_return: SignUp | None = None) -> SwapOffer:
    """Take the place over, giving one in return where the offer asks for it; of two who accept at once one wins."""
    course = lock_course(enrollment.course_id)
    offer = _open_offer(offer, course, OfferState.OPEN)
    enrollment = require_student_of(course, enrollment)
    if offer.sign_up.enrollment_id == enrollment.pk or offer.to_id not in (None, enrollment.pk):
        raise DomainError("This offer is not for you.", code="not_for_you")
    rules = rules_of(course)
    offer.accepted_by, offer.accepted_at = enrollment, timezone.now()
    offer.in_return = _in_return(offer, enrollment, in_return)
    changes = Changes(course, enrollment.user)
    _require_possible(offer, rules)
    changes.note(
        ActKind.ACCEPTED, offer.sign_up.role, enrollment=enrollment, other=offer.sign_up.enrollment, tell=_to_tell(rules, offer)
    )
    if rules.swaps == Swaps.APPROVED:
        offer.state = OfferState.ACCEPTED
        offer.save(update_fields=["state", "accepted_by", "accepted_at", "in_return"])
    else:
        _exchange(offer, changes)
    changes.write()
    return offer


def _to_tell(rules: PresentationRules, offer: SwapOffer) -> list[int]:
    """Staff, when it is theirs to approve; otherwise the mail about the swap itself tells the two."""
    if rules.swaps != Swaps.APPROVED:
        return []
    staff = Enrollment.objects.active().instructors().filter(course=rules.course_id)
    return [offer.sign_up.enrollment_id, *staff.values_list("pk", flat=True)]


def _in_return(offer: SwapOffer, enrollment: Enrollment, given: SignUp | None) -> SignUp | None:
    if not offer.is_trade:
        if given is not None:
            words = "This place is given away, nothing is taken in return. To swap, offer your place for it."
            raise DomainError(words, field="in_return", code="no_return_wanted")
        return None
    pk = offer.wants_id or (given and given.pk)
    if pk is None:
        raise DomainError("Choose the place that you give in return.", field="in_return", code="return_missing")
    place = _place(pk)
    if place.enrollment_id != enrollment.pk:
        raise DomainError("What you give in return must be a place of yours.", field="in_return", code="not_yours")
    return place


def _require_possible(offer: SwapOffer, rules: PresentationRules) -> None:
    """Both places stand and are ahead, and whoever gets one is still in the course and within the limits."""
    place, other = offer.sign_up, offer.in_return
    _require_to_come(place)
    _require_still_here(offer.accepted_by)
    if other is not None:
        _require_to_come(other)
        _require_still_here(place.enrollment)
        try:
            require_within_limits(rules, place.enrollment, other.role, without=place.pk)
        except DomainError as refusal:
            raise DomainError(
                f"{place.enrollment.user.name} cannot take your place: a limit of the course.", code="limit_of_other"
            ) from refusal
    require_within_limits(rules, offer.accepted_by, place.role, without=other.pk if other else None)


def _exchange(offer: SwapOffer, changes: Changes) -> None:
    """The places change hands, in this transaction; what else hung on them ends."""
    place, other = offer.sign_up, offer.in_return
    giver, taker = place.enrollment, offer.accepted_by
    close(offer, OfferState.DONE, changes.by)
    _hand_over(place, giver, taker, changes)
    if other is not None:
        _hand_over(other, taker, giver, changes)
    call_next(changes.course, changes)


def _hand_over(place: SignUp, giver: Enrollment, taker: Enrollment, changes: Changes) -> None:
    end(place, changes)
    changes.note_sign_up(ActKind.SWAPPED_OUT, place, other=taker, tell=[giver.pk])
    sign_up = stand(place.role, taker, "", changes.by)
    changes.note_sign_up(ActKind.SWAPPED_IN, sign_up, other=giver, tell=[taker.pk])
    leave_line(place.role, taker, changes)


@transaction.atomic
def decline_offer(*, offer: SwapOffer, enrollment: Enrollment) -> SwapOffer:
    """Who was asked says no. Somebody to whom no offer was made declines none."""
    course = lock_course(enrollment.course_id)
    offer = _open_offer(offer, course, OfferState.OPEN)
    if offer.to_id != enrollment.pk:
        raise DomainError("This offer is not made to you alone, so there is nothing to decline.", code="not_for_you")
    giver = offer.sign_up.enrollment
    changes = Changes(course, enrollment.user)
    close(offer, OfferState.DECLINED, enrollment.user)
    changes.note(ActKind.DECLINED, offer.sign_up.role, enrollment=enrollment, other=giver, tell=[giver.pk])
    changes.write()
    return offer


@transaction.atomic
def take_back_offer(*, offer: SwapOffer, enrollment: Enrollment) -> SwapOffer:
    """The one who offers changes their mind, as long as the swap is not done."""
    course = lock_course(enrollment.course_id)
    offer = _open_offer(offer, course, OfferState.OPEN, OfferState.ACCEPTED)
    if offer.sign_up.enrollment_id != enrollment.pk:
        raise DomainError("This offer is not yours.", code="not_yours")
    told = [person.pk for person in parties_of(offer) if person.pk != enrollment.pk]
    changes = Changes(course, enrollment.user)
    close(offer, OfferState.TAKEN_BACK, enrollment.user)
    changes.note(ActKind.TAKEN_BACK, offer.sign_up.role, enrollment=enrollment, other=offer.accepted_by or offer.to, tell=told)
    changes.write()
    return offer


@transaction.atomic
def approve_swap(*, offer: SwapOffer, course: Course, by: User) -> SwapOffer:
    """Staff let an accepted swap happen, if it still can. Approving a swap that is done is refused."""
    course = lock_course(course.pk)
    offer = _accepted(offer, course)
    _require_possible(offer, rules_of(course))
    changes = Changes(course, by)
    _exchange(offer, changes)
    changes.write()
    return offer


@transaction.atomic
def refuse_swap(*, offer: SwapOffer, course: Course, by: User) -> SwapOffer:
    course = lock_course(course.pk)
    offer = _accepted(offer, course)
    changes = Changes(course, by)
    close(offer, OfferState.REFUSED, by)
    for person in parties_of(offer):
        changes.note(ActKind.REFUSED, offer.sign_up.role, enrollment=person, tell=[person.pk])
    changes.write()
    return offer


def _accepted(offer: SwapOffer, course: Course) -> SwapOffer:
    offer = _open_offer(offer, course, OfferState.ACCEPTED)
    if offer.in_return_id:
        offer.in_return = _place(offer.in_return_id)
    return offer
