"""Presentation slots, their roles, who has them, waits for them and hands them over, and the slides."""

from presentations.models.history import Act, ActKind, Notice
from presentations.models.rules import PresentationRules, SlidesShown, Swaps
from presentations.models.sign_up import SignUp
from presentations.models.slides import Slides
from presentations.models.slot import Slot, SlotRole
from presentations.models.swap import OfferState, SwapOffer
from presentations.models.waiting import Waiting

__all__ = [
    "Act",
    "ActKind",
    "Notice",
    "OfferState",
    "PresentationRules",
    "SignUp",
    "Slides",
    "SlidesShown",
    "Slot",
    "SlotRole",
    "SwapOffer",
    "Swaps",
    "Waiting",
]
