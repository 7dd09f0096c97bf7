"""A place changes hands between students: offered, accepted, approved, or ended."""

from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from courses.models import Enrollment
from presentations.actions.changes import Changes
from presentations.models import ActKind, OfferState, SignUp, SwapOffer


def close(offer: SwapOffer, state: str, by: User | None) -> None:
    offer.state, offer.closed_at, offer.closed_by = state, timezone.now(), by
    offer.save(update_fields=["state", "closed_at", "closed_by", "accepted_by", "in_return", "accepted_at"])


def parties_of(offer: SwapOffer) -> list[Enrollment]:
    """Those to whom the offer is known by name."""
    found = [offer.sign_up.enrollment, offer.to, offer.accepted_by]
    return list(dict.fromkeys(person for person in found if person is not None))


def expire_offers(sign_up: SignUp, changes: Changes) -> None:
    """Every live offer in which this place is given, wanted or given in return ends, because the place changed hands."""
    offers = SwapOffer.objects.live().filter(Q(sign_up=sign_up) | Q(wants=sign_up) | Q(in_return=sign_up))
    people = ("sign_up__enrollment__user", "to__user", "accepted_by__user")
    for offer in offers.select_related("sign_up__role__slot__paper", *people):
        close(offer, OfferState.EXPIRED, changes.by)
        for person in parties_of(offer):
            told = [person.pk] if person.user_id != getattr(changes.by, "pk", None) else []
            changes.note(ActKind.EXPIRED, offer.sign_up.role, enrollment=person, tell=told)
