"""sourcedIds: the same for as long as the thing exists, opaque to clients, and read back here without a table.

The parts are numbers of rows and the keys of the course file, which have no dot.
"""

from typing import NamedTuple

from courses.models import Course

SCHOOL = "school"
TOTAL = "~total"  # no key of a policy can begin with a tilde
SO_FAR, FINAL = "so-far", "final"


def class_id(course: Course) -> str:
    return f"class.{course.pk}"


def session_id(course: Course) -> str:
    return f"session.{course.pk}"


def scale_id(course: Course) -> str:
    return f"scale.{course.pk}"


def student_id(user_id: int) -> str:
    return f"user.{user_id}"


def category_id(course: Course, leaf: str) -> str:
    return f"category.{course.pk}.{leaf}"


def line_item_id(course: Course, leaf: str, item: str) -> str:
    """`item` is "" where the whole component is one line item."""
    return f"lineitem.{course.pk}.{leaf}.{item}"


def result_id(course: Course, leaf: str, item: str, enrollment: int) -> str:
    return f"result.{course.pk}.{leaf}.{item}.{enrollment}"


class Named(NamedTuple):
    """What a sourcedId of one of these kinds says; `course` is a number, or -1 for an id that is none of ours."""

    kind: str
    course: int
    leaf: str = ""
    item: str = ""
    enrollment: int = -1


def read_id(text: str) -> Named:
    kind, *parts = text.split(".")
    course = _number(parts[0]) if parts else -1
    if kind in ("class", "session", "scale") and len(parts) == 1:
        return Named(kind, course)
    if kind == "category" and len(parts) == 2:
        return Named(kind, course, parts[1])
    if kind == "lineitem" and len(parts) == 3:
        return Named(kind, course, parts[1], parts[2])
    if kind == "result" and len(parts) == 4:
        return Named(kind, course, parts[1], parts[2], _number(parts[3]))
    return Named("", -1)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 18 else -1
