"""The pages of presentations."""

from presentations.views.board import presenter_assign, presenter_remove, slot_list
from presentations.views.board_csv import board_csv, board_import
from presentations.views.sign_up import (
    history,
    line_join,
    line_leave,
    offer_accept,
    offer_decline,
    offer_make,
    offer_take_back,
    place_give_back,
    place_take,
    swap_approve,
    swap_refuse,
)
from presentations.views.slides import slides_add, slides_file
from presentations.views.slots import meeting_cancel, meeting_restore, slot_move, slots_make
from presentations.views.strip import board, board_give, board_undo
from presentations.views.wishes import wish_list

__all__ = [
    "board",
    "board_csv",
    "board_give",
    "board_import",
    "board_undo",
    "history",
    "line_join",
    "line_leave",
    "meeting_cancel",
    "meeting_restore",
    "offer_accept",
    "offer_decline",
    "offer_make",
    "offer_take_back",
    "place_give_back",
    "place_take",
    "presenter_assign",
    "presenter_remove",
    "slides_add",
    "slides_file",
    "slot_list",
    "slot_move",
    "slots_make",
    "swap_approve",
    "swap_refuse",
    "wish_list",
]
