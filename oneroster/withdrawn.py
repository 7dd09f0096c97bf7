"""Components that the grading policy once had and has no more: copies of them elsewhere have to go."""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from courses.models import Course
from grading.models import Policy


class Withdrawn(NamedTuple):
    title: str
    source: str
    max_points: str
    at: datetime


def withdrawn_of(course: Course) -> dict[str, Withdrawn]:
    """{key: what it was and when the first version came that is without it}, in one query."""
    withdrawn: dict[str, Withdrawn] = {}
    before: dict[str, dict] = {}
    for document, at in Policy.objects.filter(course=course).order_by("number").values_list("document", "created_at"):
        now = {leaf["key"]: leaf for leaf in _leaves(document["components"])}
        for key in before.keys() - now.keys():
            leaf = before[key]
            withdrawn[key] = Withdrawn(leaf["title"], leaf["source"], str(leaf.get("max_points", "")), at)
        for key in now:
            withdrawn.pop(key, None)
        before = now
    return withdrawn


def _leaves(components: list[dict]) -> Iterator[dict]:
    for component in components:
        if "parts" in component:
            yield from _leaves(component["parts"])
        else:
            yield component
