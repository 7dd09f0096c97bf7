"""Tags as the pages show them: words and addresses, nothing to be looked up."""

from collections.abc import Collection, Iterable
from typing import NamedTuple
from urllib.parse import urlencode

from django.urls import reverse

from courses.models import Course, Enrollment
from reviews import policies
from reviews.models import Audience
from reviews.tags.names import NAME_OF_KIND
from reviews.tags.queries import ShownTag, UsedTag, tags_of


class Chip(NamedTuple):
    text: str  # with its #
    tag: str
    url: str  # of the search for it
    who: str  # who sees it, where that is not everybody
    may_remove: bool
    count: int | None = None


def chips_of(viewer: Enrollment, papers: Collection[int]) -> dict[int, tuple[Chip, ...]]:
    """{paper id: chips}; one query, and one address for all of them."""
    base = search_address(viewer.course)
    return {paper: tuple(_chips(viewer, base, tags)) for paper, tags in tags_of(viewer, papers).items()}


def used_chips(course: Course, tags: Iterable[UsedTag]) -> list[Chip]:
    base = search_address(course)
    return [
        Chip(f"#{used.tag}", used.tag, _search(base, used.tag), NAME_OF_KIND[used.audience], False, used.papers)
        for used in tags
    ]


def _chips(viewer: Enrollment, base: str, tags: Iterable[ShownTag]) -> Iterable[Chip]:
    may_share = policies.may_share(viewer)
    for tag in tags:
        may_remove = may_share or tag.audience == Audience.OWN
        yield Chip(f"#{tag.text}", tag.tag, _search(base, tag.tag), NAME_OF_KIND[tag.audience], may_remove)


def search_address(course: Course) -> str:
    return reverse("reviews:paper_search", args=[course.slug])


def _search(base: str, tag: str) -> str:
    return f"{base}?{urlencode({'q': f'#{tag}'})}"
