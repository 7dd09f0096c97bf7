"""What runs through a pipeline of steps, and the sentences that it gathers on the way."""

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from operator import attrgetter
from typing import NamedTuple

from grading.engine.exact import Number, plain, ratio
from grading.engine.facts import Facts, Item, State

NOTHING = Decimal(0)
NO_FACTS = Facts({})


class Times(NamedTuple):
    """A product for a sentence, worked out when the sentence is read."""

    factor: Number
    share: Fraction


class Said(NamedTuple):
    """A sentence and its numbers. Put together only when somebody reads it: a gradebook reads none of thousands."""

    template: str
    parts: tuple = ()

    def __str__(self) -> str:
        text = self.template.format(*(_in_words(part) for part in self.parts))
        return text.removesuffix("….") + "…" if text.endswith("….") else text


def _in_words(part) -> str:
    if isinstance(part, str):
        return part
    return plain(Fraction(part.factor) * part.share if isinstance(part, Times) else part)


def say(template: str, *parts) -> Said:
    return Said(template, parts)


class Flow(NamedTuple):
    """What runs through a pipeline.

    `counted` items have their result; what counts as zero has no points. `outstanding` items may still bring
    points (always empty in the final reading). `exempt` ones are in neither. `blanks` is how many pieces of work were
    needed and never came, `bonus` extra credit beside the mean. `known` are all facts of the student.
    """

    counted: tuple[Item, ...]
    outstanding: tuple[Item, ...]
    is_final: bool
    is_over: bool
    blanks: int = 0
    share: Fraction | None = None
    words: tuple["Said | Census", ...] = ()
    exempt: tuple[Item, ...] = ()
    bonus: Fraction = Fraction(0)
    known: Facts = NO_FACTS
    items: tuple[Item, ...] = ()

    @property
    def is_let_off(self) -> bool:
        """Whether there is work, and the student is exempt from all of it."""
        return bool(self.items) and len(self.items) == sum(item.state is State.EXEMPT for item in self.items)

    def then(self, *words: Said, **changes) -> "Flow":
        return self._replace(words=self.words + words, **changes)

    def stands_like(self, other: "Flow") -> bool:
        """Whether the other reading has come to the same, apart from its first sentence. Where nothing counts they differ."""
        mine = (self.counted, self.outstanding, self.blanks, self.share, self.exempt, self.bonus)
        return bool(self.counted) and mine == (
            other.counted, other.outstanding, other.blanks, other.share, other.exempt, other.bonus
        )  # fmt: skip

    def after(self, before: "Flow", then: "Flow") -> "Flow":
        """This reading after a step that took the other one from `before` to `then` and does the same in both."""
        return then._replace(is_final=self.is_final, words=self.words + then.words[len(before.words) :])


def points_of(item: Item) -> Decimal:
    return NOTHING if item.points is None else item.points


def share_of(item: Item) -> Fraction:
    return ratio(points_of(item), item.out_of)


def best_first(items: tuple[Item, ...]) -> list[Item]:
    """By share, not by points, so that a better mark never lowers the result; ties by key, for one order always."""
    by_key = sorted(items, key=attrgetter("key"))
    worth = [points_of(item) for item in by_key] if one_scale(items) else [share_of(item) for item in by_key]
    return [by_key[place] for place in sorted(range(len(by_key)), key=worth.__getitem__, reverse=True)]


def one_scale(items: Sequence[Item]) -> bool:
    """Whether all are out of the same."""
    first = items[0].out_of if items else None
    return all(item.out_of is first or item.out_of == first for item in items)


def by_scale(items: tuple[Item, ...]) -> list[tuple[Decimal, Decimal]]:
    """[(sum of the points, what each is out of)] for every scale among the items."""
    with_points = [item for item in items if item.points is not None]
    if with_points and one_scale(with_points):
        return [(sum([item.points for item in with_points], NOTHING), with_points[0].out_of)]
    sums: dict[Decimal, Decimal] = {}
    for item in with_points:
        sums[item.out_of] = sums.get(item.out_of, NOTHING) + item.points
    return [(points, out_of) for out_of, points in sums.items()]


def plural(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def nothing(flow: Flow) -> Flow:
    if flow.is_let_off:
        return flow.then(say("All of it is exempt: left out, the other components count for it."), share=None)
    if flow.is_final or flow.is_over:
        return flow.then(say("Nothing there: counts as zero."), share=Fraction(0))
    return flow.then(say("Nothing to count yet."), share=None)


# Looked up once: the members of an enum are found more slowly than a name.
MARKED, MISSING, EXEMPT = State.MARKED, State.MISSING, State.EXEMPT


class Standing(NamedTuple):
    """A component's items by whether they have their result; exempt ones are in neither."""

    items: tuple[Item, ...]
    settled: tuple[Item, ...]
    unsettled: tuple[Item, ...]
    exempt: tuple[Item, ...]
    states: tuple[State, ...]


def standing_of(items: tuple[Item, ...]) -> Standing:
    settled, unsettled, exempt = [], [], []
    for item in items:
        state = item.state
        if state is MARKED:
            # Work may be worth less by now than its mark says; it is never worth more than everything.
            settled.append(item if item.points <= item.out_of else item._replace(points=item.out_of))
        elif state is MISSING:
            settled.append(item)
        elif state is EXEMPT:
            exempt.append(item)
        else:
            unsettled.append(item)
    return Standing(items, tuple(settled), tuple(unsettled), tuple(exempt), tuple([item.state for item in items]))


def start(standing: Standing, known: Facts, *, is_final: bool) -> Flow:
    """The flow before the first step."""
    return Flow(
        counted=standing.settled + standing.unsettled if is_final else standing.settled,
        outstanding=() if is_final else standing.unsettled,
        is_final=is_final,
        is_over=known.is_over,
        words=(Census(standing.states, is_final),) if standing.items else (),
        exempt=standing.exempt,
        known=known,
        items=standing.items,
    )


STATE_WORDS = {
    State.MARKED: "with points",
    State.PENDING: "not marked yet",
    State.MISSING: "missing",
    State.OPEN: "still open",
    State.EXEMPT: "exempt",
}


class Census(NamedTuple):
    """The first sentence: how many items are in which state."""

    states: tuple[State, ...]
    is_final: bool

    def __str__(self) -> str:
        counts = Counter(self.states)
        parts = [f"{counts[state]} {words}" for state, words in STATE_WORDS.items() if counts[state]]
        sentence = ", ".join(parts) + "."
        if self.is_final and len(self.states) > counts[State.MARKED] + counts[State.EXEMPT]:
            sentence += " What has no points counts as zero here."
        return sentence
