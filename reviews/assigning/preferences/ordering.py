"""Preferences as an order: one paper moves a place, and as few numbers change as that takes. Pure."""

from collections.abc import Mapping, Sequence

from reviews.models.matching import STRONGEST


class NoRoom(Exception):  # noqa: N818 - named for the state
    """The numbers from -20 to 20 do not suffice for the order."""


def in_order(papers: Sequence[int], values: Mapping[int, int]) -> list[int]:
    """The papers by preference, equal ones as `papers` has them; who is not in `values` is at 0."""
    return sorted(papers, key=lambda paper: -values.get(paper, 0))


def moved(papers: Sequence[int], values: Mapping[int, int], paper: int, *, up: bool) -> dict[int, int]:
    """The preferences that differ once the paper and its neighbour have changed places; empty at the end of the list.

    Raises NoRoom.
    """
    order = in_order(papers, values)
    place = order.index(paper)
    other = place - 1 if up else place + 1
    if not 0 <= other < len(order):
        return {}
    order[place], order[other] = order[other], order[place]
    ranked = [values.get(each, 0) for each in order]
    ranked[place], ranked[other] = max(ranked[place], ranked[other]), min(ranked[place], ranked[other])
    ranked.sort(reverse=True)
    return _changes(order, ranked, papers, values)


def placed(papers: Sequence[int], values: Mapping[int, int], paper: int, *, beside: int, below: bool) -> dict[int, int]:
    """The preferences that differ once the paper stands directly below the other, or above it. Raises NoRoom.

    Its own number becomes one between its neighbours'; theirs change only where there is none.
    """
    order = [each for each in in_order(papers, values) if each != paper]
    place = order.index(beside) + below
    order.insert(place, paper)
    ranked = [values.get(each, 0) for each in order]
    if place + 1 < len(order):
        ranked[place] = max(ranked[place], ranked[place + 1])
    if place:
        ranked[place] = min(ranked[place], ranked[place - 1])
    return _changes(order, ranked, papers, values)


def _changes(order: list[int], ranked: list[int], papers: Sequence[int], values: Mapping[int, int]) -> dict[int, int]:
    wanted = dict(zip(order, _spread(order, ranked, {each: number for number, each in enumerate(papers)}), strict=True))
    return {each: value for each, value in wanted.items() if value != values.get(each, 0)}


def _spread(order: list[int], ranked: list[int], number: Mapping[int, int]) -> list[int]:
    """Numbers that put the papers into this order: two that the reading order has the other way round must differ."""
    steps = [int(number[one] > number[next_one]) for one, next_one in zip(order, order[1:], strict=False)]
    ranked = list(ranked)
    for place in range(len(order) - 2, -1, -1):
        ranked[place] = max(ranked[place], ranked[place + 1] + steps[place])
    ranked[0] = min(ranked[0], STRONGEST)
    for place, step in enumerate(steps):
        ranked[place + 1] = min(ranked[place + 1], ranked[place] - step)
    if ranked[-1] < -STRONGEST:
        raise NoRoom
    return ranked
