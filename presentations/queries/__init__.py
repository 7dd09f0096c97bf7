"""Reads of presentations; what other rooms call is named here."""

from presentations.queries.deadlines import deadlines_for, owed_between
from presentations.queries.full import FullRole, full_role
from presentations.queries.mine import Mine, mine_of
from presentations.queries.schedule import (
    FreePlace,
    Presenting,
    SignUpFact,
    SlotRow,
    board_of,
    cancelled_meetings,
    free_places,
    grading_facts,
    homeless,
    papers_without_slot,
    parts_of,
    presenters_by_paper,
    presenting,
    slot_row,
    slot_rows,
    slots_by_paper,
    slots_of_meetings,
    student_rows,
)
from presentations.queries.signing import RoleRow, signing_of

__all__ = [
    "FreePlace",
    "FullRole",
    "Mine",
    "Presenting",
    "RoleRow",
    "SignUpFact",
    "SlotRow",
    "board_of",
    "cancelled_meetings",
    "deadlines_for",
    "free_places",
    "full_role",
    "grading_facts",
    "homeless",
    "mine_of",
    "owed_between",
    "papers_without_slot",
    "parts_of",
    "presenters_by_paper",
    "presenting",
    "signing_of",
    "slot_row",
    "slot_rows",
    "slots_by_paper",
    "slots_of_meetings",
    "student_rows",
]
