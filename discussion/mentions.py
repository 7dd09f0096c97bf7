"""Finding who is mentioned in a text: an @ and the full name of somebody in the course."""

import re
from collections.abc import Iterable

from courses.models import Course, Enrollment


def mentioned_in(text: str, course: Course) -> list[Enrollment]:
    """The active members whose names stand behind an @, in the order of the text; one query, none without an @.

    Of names that begin alike the longest that fits is meant. Two people of one name are both mentioned.
    """
    if "@" not in text:
        return []
    members = list(Enrollment.objects.active().filter(course=course).select_related("user"))
    return found_in(text, members)


def found_in(text: str, members: Iterable[Enrollment]) -> list[Enrollment]:
    by_name: dict[str, list[Enrollment]] = {}
    for member in members:
        if name := _plain(member.user.name):
            by_name.setdefault(name, []).append(member)
    longest_first = sorted(by_name, key=len, reverse=True)
    found: dict[int, Enrollment] = {}
    for sign in re.finditer(r"(?<!\w)@", text):
        # No name is longer than a user's may be, so a long text is not copied at every sign.
        after = _plain(text[sign.end() : sign.end() + 400])
        name = next((name for name in longest_first if _begins_with(after, name)), None)
        found |= {member.pk: member for member in by_name.get(name, ())}
    return list(found.values())


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())


def _begins_with(text: str, name: str) -> bool:
    return text.startswith(name) and not re.match(r"\w", text[len(name) :])
