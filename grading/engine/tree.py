"""The explanation tree: what page, API and export show. Numbers are exact; `Policy.rounded` is for display.

Named tuples, which are made in a third of a frozen dataclass's time: a large course has tens of thousands of them.
"""

from fractions import Fraction
from typing import NamedTuple

from grading.engine.facts import Item


class Outcome(NamedTuple):
    """One reading ("so far" or "final") of a component.

    `share` is 0 to 1 of the weight, None when nothing counts yet; `earned` = share × weight; `possible` is the
    weight that `earned` is out of (0 when nothing counts yet). `words` say how it came about; `counted` are the keys of
    the items that count. `is_set`: a person set it, whatever the items say. `is_left_out`: nothing of it will count, so its
    weight goes to the others.
    """

    share: Fraction | None
    earned: Fraction
    possible: Fraction
    said: tuple
    counted_keys: tuple[str, ...] = ()
    is_set: bool = False
    is_left_out: bool = False

    @property
    def words(self) -> tuple[str, ...]:
        return tuple(str(sentence) for sentence in self.said)

    @property
    def counted(self) -> frozenset[str]:
        return frozenset(self.counted_keys)


class Node(NamedTuple):
    """A component; a group has `parts` and no items."""

    key: str
    title: str
    weight: Fraction
    source: str  # "" for a group
    so_far: Outcome
    final: Outcome
    items: tuple[Item, ...] = ()
    parts: tuple["Node", ...] = ()

    def leaves(self):
        if not self.parts:
            yield self
        for part in self.parts:
            yield from part.leaves()


class Total(NamedTuple):
    """The sum over the components.

    `points` of `possible` in the policy's weights; `value` is on the policy's scale (0 to 100, or 0 to the sum of
    the weights), after curve and deductions; None when nothing counts yet. `letter` is "" without letters or without a value.
    `is_failed`: something that is required to pass is not met, whatever the value.
    """

    points: Fraction
    possible: Fraction
    value: Fraction | None
    letter: str
    said: tuple
    is_failed: bool = False
    is_set: bool = False  # value or letter, by a person
    out_of: Fraction = Fraction(100)  # the upper end of the policy's scale

    @property
    def words(self) -> tuple[str, ...]:
        return tuple(str(sentence) for sentence in self.said)

    @property
    def percentage(self) -> Fraction | None:
        """Of the scale, so with curve and deductions."""
        return None if self.value is None else 100 * self.value / self.out_of


class Explanation(NamedTuple):
    """`so_far` leaves out what nobody could have yet; `final` counts all that is outstanding as zero."""

    components: tuple[Node, ...]
    so_far: Total
    final: Total
    out_of: Fraction  # the upper end of the policy's scale

    def leaves(self):
        for component in self.components:
            yield from component.leaves()
