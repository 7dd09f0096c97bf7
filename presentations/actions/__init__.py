"""Every write to presentations. Acts on places all begin with the lock on the course (`changes.lock_course`)."""

from presentations.actions.board import change_board, last_act, undo_last
from presentations.actions.meetings import cancel_meeting, forget_cancellations, note_moved, restore_meeting
from presentations.actions.notices import claim_notice, confirm_notice, release_notice
from presentations.actions.places import (
    FULL,
    assign_presenter,
    call_waiting,
    give_back,
    join_line,
    leave_waiting,
    take_place,
    withdraw_presenter,
)
from presentations.actions.slides import add_slides
from presentations.actions.slots import make_slots, move_slot
from presentations.actions.swaps import accept_offer, approve_swap, decline_offer, offer_place, refuse_swap, take_back_offer
from presentations.actions.wishes import save_wishes

__all__ = [
    "FULL",
    "accept_offer",
    "add_slides",
    "approve_swap",
    "assign_presenter",
    "call_waiting",
    "cancel_meeting",
    "change_board",
    "claim_notice",
    "confirm_notice",
    "decline_offer",
    "forget_cancellations",
    "give_back",
    "join_line",
    "last_act",
    "leave_waiting",
    "make_slots",
    "move_slot",
    "note_moved",
    "offer_place",
    "refuse_swap",
    "release_notice",
    "restore_meeting",
    "save_wishes",
    "take_back_offer",
    "take_place",
    "undo_last",
    "withdraw_presenter",
]
