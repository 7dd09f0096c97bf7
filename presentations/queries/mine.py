"""What a student has, waits for, offers and is offered; for staff, what waits for them."""

from dataclasses import dataclass, field
from datetime import datetime

from courses.models import Enrollment
from presentations.models import Act, OfferState, SignUp, SlotRole, SwapOffer, Swaps
from presentations.policies import may_assign, may_sign_up
from presentations.queries.schedule import SlotRow, parts_of
from presentations.queries.signing import Signing

SHOWN = 20  # acts on the board; the history page has all


@dataclass(frozen=True)
class Place:
    """A place of the viewer's, and what they may do with it."""

    sign_up: SignUp
    row: SlotRow
    give_back_until: datetime | None  # None: not by themselves, or no longer
    may_offer: bool
    offer: SwapOffer | None  # the live one


@dataclass(frozen=True)
class Line:
    role: SlotRole
    row: SlotRow
    place: int


@dataclass(frozen=True)
class Mine:
    places: list[Place] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    to_me: list[SwapOffer] = field(default_factory=list)
    to_all: list[SwapOffer] = field(default_factory=list)
    to_approve: list[SwapOffer] = field(default_factory=list)
    acts: list[Act] = field(default_factory=list)
    still_owed: int = 0  # presentations, of the least number that the course asks for

    @property
    def is_empty(self) -> bool:
        return not (self.places or self.lines or self.to_me or self.to_all or self.to_approve)

    @property
    def to_give(self) -> list[Place]:
        """The places that may be given in return."""
        return [place for place in self.places if place.may_offer]


def mine_of(viewer: Enrollment | None, rows: list[SlotRow], signing: Signing) -> Mine:
    """Two queries for a student, one for an instructor; `rows` are the course's slots."""
    if not may_sign_up(viewer):
        offers = SwapOffer.objects.filter(state=OfferState.ACCEPTED, sign_up__role__slot__course=signing.rules.course_id)
        return Mine(to_approve=list(offers.for_display()) if may_assign(viewer) else [])
    offers = list(SwapOffer.objects.live().seen_by(viewer).for_display())
    own = {offer.sign_up_id: offer for offer in offers if offer.sign_up.enrollment_id == viewer.pk}
    places = _places(viewer, rows, signing, own)
    others = [offer for offer in offers if offer.sign_up_id not in own and offer.state == OfferState.OPEN]
    return Mine(
        places=places,
        lines=_lines(rows),
        to_me=[offer for offer in others if offer.to_id == viewer.pk],
        to_all=[offer for offer in others if offer.to_id is None],
        acts=list(Act.objects.seen_by(viewer).for_display()[:SHOWN]),
        still_owed=max(0, signing.rules.at_least - len({place.row.slot.pk for place in places})),
    )


def _places(viewer: Enrollment, rows: list[SlotRow], signing: Signing, offers: dict[int, SwapOffer]) -> list[Place]:
    return [
        _place(sign_up, row, signing, offers.get(sign_up.pk))
        for part in parts_of(rows)  # in the order of the list below
        for row in part.rows
        for sign_up in row.slot.sign_ups
        if sign_up.enrollment_id == viewer.pk
    ]


def _place(sign_up: SignUp, row: SlotRow, signing: Signing, offer: SwapOffer | None) -> Place:
    rules, slot = signing.rules, row.slot
    until = rules.withdraw_until(slot)
    is_in_time = until is not None and (until > signing.now or slot.is_homeless)
    may_offer = rules.swaps != Swaps.OFF and slot.start > signing.now and not slot.is_homeless
    return Place(sign_up, row, until if is_in_time else None, may_offer and offer is None, offer)


def _lines(rows: list[SlotRow]) -> list[Line]:
    return [Line(each.role, row, each.place_in_line) for row in rows for each in row.roles if each.place_in_line]
