"""Presentation slots, their roles, who has them, waits for them and hands them over, and the slides."""

from core.runs import RunState
from presentations.models.cancellation import Cancellation, MovedSlot
from presentations.models.history import Act, ActKind, Notice
from presentations.models.rules import PresentationRules, SlidesShown, Swaps
from presentations.models.run import PresentationRun
from presentations.models.sign_up import SignUp
from presentations.models.slides import Slides
from presentations.models.slot import Slot, SlotRole, slot_title
from presentations.models.swap import OfferState, SwapOffer
from presentations.models.waiting import Waiting
from presentations.models.wishes import MOST_RANKS, AwayDate, Ranked, RankedKind, Wish, WishList

__all__ = [
    "MOST_RANKS",
    "Act",
    "ActKind",
    "AwayDate",
    "Cancellation",
    "MovedSlot",
    "Notice",
    "OfferState",
    "PresentationRules",
    "PresentationRun",
    "Ranked",
    "RankedKind",
    "RunState",
    "SignUp",
    "Slides",
    "SlidesShown",
    "Slot",
    "SlotRole",
    "SwapOffer",
    "Swaps",
    "Waiting",
    "Wish",
    "WishList",
    "slot_title",
]
