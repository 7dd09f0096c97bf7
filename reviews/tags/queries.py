"""The tags that a member sees."""

from collections import defaultdict
from collections.abc import Collection
from decimal import Decimal
from typing import NamedTuple

from django.db.models import Count, Max
from django.db.models.functions import Lower

from courses.models import Enrollment
from reviews.models import Audience, Tag
from reviews.tags.names import written


class ShownTag(NamedTuple):
    """One tag of one paper, as plain values."""

    text: str  # ~mine#2
    tag: str  # ~mine
    audience: str
    value: Decimal


class UsedTag(NamedTuple):
    """A tag of the course and how many papers have it."""

    tag: str
    audience: str
    papers: int


ORDER = {audience: place for place, audience in enumerate((Audience.COURSE, Audience.STAFF, Audience.OWN))}


def tags_of(viewer: Enrollment, papers: Collection[int]) -> dict[int, tuple[ShownTag, ...]]:
    """{paper id: its tags, first the course's, then staff's, then one's own}; one query, and papers without are left out."""
    found: dict[int, list[ShownTag]] = defaultdict(list)
    rows = Tag.objects.visible_to(viewer).filter(paper__in=papers).order_by()
    for paper, audience, name, value in rows.values_list("paper", "audience", "name", "value"):
        found[paper].append(ShownTag(written(audience, name, value), written(audience, name), audience, value))
    return {paper: tuple(sorted(tags, key=lambda tag: (ORDER[tag.audience], tag.tag.lower()))) for paper, tags in found.items()}


def used_tags(viewer: Enrollment) -> list[UsedTag]:
    """Every tag that the viewer sees on some paper; one query."""
    rows = Tag.objects.visible_to(viewer).order_by().values_list("audience", Lower("name"))
    found = rows.annotate(papers=Count("pk"), shown=Max("name")).values_list("audience", "shown", "papers")
    used = [UsedTag(written(audience, name), audience, papers) for audience, name, papers in found]
    return sorted(used, key=lambda tag: (ORDER[tag.audience], tag.tag.lower()))
