"""What changed from one published grade to the next; pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

Grade = dict[str, Any] | None  # a summary as it was published, or None: the student is not in the feed


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """A component that had something to show and has not any longer.

    `how`: cleared (no points any longer), hidden (students do not see it any longer), removed (the policy has no such).
    """

    component: str
    how: str


def withdrawn(before: Iterable[Grade], after: Grade) -> list[Withdrawn]:
    """Against all that a reader may have read; each component once."""
    now = _lines(after)
    found: dict[str, str] = {}
    for grade in before:
        for key, line in _lines(grade).items():
            if key not in found and (how := _how(line, now.get(key))):
                found[key] = how
    return [Withdrawn(key, how) for key, how in sorted(found.items())]


def _how(before: dict, after: dict | None) -> str:
    if after is None:
        return "removed"
    if before["earned"] is not None and after["earned"] is None:
        return "cleared"
    return "hidden" if before["released"] and not after["released"] else ""


def newly_released(before: Grade, after: Grade) -> list[str]:
    """Keys of the components that students see now and did not before."""
    was = _lines(before)
    return [key for key, line in _lines(after).items() if line["released"] and not was.get(key, {}).get("released")]


def is_same_but_for_release(before: Grade, after: Grade) -> bool:
    return before is not None and after is not None and _without_release(before) == _without_release(after)


def _without_release(grade: dict) -> dict:
    lines = [{name: value for name, value in line.items() if name != "released"} for line in grade["components"]]
    return {name: value for name, value in grade.items() if name != "changed_at"} | {"components": lines}


def _lines(grade: Grade) -> dict[str, dict]:
    return {line["key"]: line for line in grade["components"]} if grade else {}
