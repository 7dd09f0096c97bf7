"""How many presentations a student takes, and how close together: arithmetic on what the student has, no database."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from presentations.models import PresentationRules, Slot


@dataclass(frozen=True)
class Held:
    """A place that a student has. `day` is None while the slot has no meeting."""

    sign_up_id: int
    slot_id: int
    day: date | None


@dataclass(frozen=True)
class Refusal:
    code: str
    message: str


def refusal_of(rules: PresentationRules, held: Iterable[Held], slot: Slot) -> Refusal | None:
    """Why somebody who has these places may not take one in this slot besides; reads slot.meeting."""
    held = list(held)
    if any(each.slot_id == slot.pk for each in held):
        return Refusal("in_this_slot", "You have a role in this presentation already.")
    slots = {each.slot_id for each in held}
    if rules.at_most is not None and len(slots) >= rules.at_most:
        times = "once" if rules.at_most == 1 else f"{rules.at_most} times"
        return Refusal("too_many", f"In this course a student presents {times} at most, and you have {len(slots)}.")
    near = [each.day for each in held if each.day and abs((each.day - slot.meeting.date).days) < rules.days_apart]
    if near:
        other = f"{min(near).day} {min(near):%B}"
        words = f"Two presentations are at least {rules.days_apart} days apart here, and you present on {other}."
        return Refusal("too_close", words)
    return None
