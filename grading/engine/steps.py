"""The steps of a pipeline: each takes the flow, gives back the flow and says in words what it did.

Items that count flow in; a step drops some, or turns them into a share of the component, or bounds the share.
A further rule of some syllabus is a further step here, never a special case elsewhere.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from operator import attrgetter
from typing import NamedTuple

from grading.engine.exact import Number, add_up, plain, ratio
from grading.engine.facts import Item, State

NOTHING = Decimal(0)


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
    points (always empty in the final reading). `blanks` is how many pieces of work were needed and never came.
    """

    counted: tuple[Item, ...]
    outstanding: tuple[Item, ...]
    is_final: bool
    is_over: bool
    blanks: int = 0
    share: Fraction | None = None
    words: tuple["Said | Census", ...] = ()

    def then(self, *words: Said, **changes) -> "Flow":
        return self._replace(words=self.words + words, **changes)


def points_of(item: Item) -> Decimal:
    return NOTHING if item.points is None else item.points


def share_of(item: Item) -> Fraction:
    return ratio(points_of(item), item.out_of)


def best_first(items: tuple[Item, ...]) -> list[Item]:
    """By share, not by points, so that a better mark never lowers the result; ties by key, for one order always."""
    one_scale = len({item.out_of for item in items}) <= 1
    by_key = sorted(items, key=attrgetter("key"))
    return sorted(by_key, key=points_of if one_scale else share_of, reverse=True)


def by_scale(items: tuple[Item, ...]) -> list[tuple[Decimal, Decimal]]:
    """[(sum of the points, what each is out of)] for every scale among the items."""
    sums: dict[Decimal, Decimal] = {}
    for item in items:
        if item.points is not None:
            sums[item.out_of] = sums.get(item.out_of, NOTHING) + item.points
    return [(points, out_of) for out_of, points in sums.items()]


def plural(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


# Steps


def drop_lowest(flow: Flow, *, count: int) -> Flow:
    """Leave out the `count` lowest; at least one always stays."""
    dropped = min(count, max(0, len(flow.counted) - 1))
    if not dropped:
        return flow.then(say("Up to {} would be dropped; nothing to drop yet.", plural(count, "result")))
    kept = tuple(best_first(flow.counted)[:-dropped])
    return flow.then(say("{} dropped.", plural(dropped, "lowest result")), counted=kept)


def best_of(flow: Flow, *, count: int) -> Flow:
    """Count the best `count` results."""
    if len(flow.counted) <= count:
        return flow.then(say("The best {} count; there are {}.", count, len(flow.counted)))
    kept = tuple(best_first(flow.counted)[:count])
    return flow.then(say("The best {} of {} count.", count, len(flow.counted)), counted=kept)


def required_count(flow: Flow, *, count: int) -> Flow:
    """`count` pieces of work are full credit: the best ones count, what is short of `count` counts as zero.

    So far, work that is still outstanding can make up for what is missing, so only the rest is needed already.
    """
    marked = tuple(item for item in flow.counted if item.points is not None)
    best = tuple(best_first(marked)[:count])
    still_to_come = 0
    if not flow.is_final:
        listed = len(flow.counted) + len(flow.outstanding)
        unlisted = 0 if flow.is_over else max(0, count - listed)
        still_to_come = len(flow.outstanding) + unlisted
    needed = min(count, max(count - still_to_come, len(best)))
    blanks = needed - len(best)
    words = [say("{} needed; the best {} of {} marked count.", count, len(best), len(marked))]
    if still_to_come and needed < count:
        words.append(say("Only {} could be asked for so far.", needed))
    if blanks:
        words.append(say("{} short of the {}: they count as zero.", blanks, needed))
    return flow.then(*words, counted=best, blanks=blanks)


def mean(flow: Flow) -> Flow:
    """The mean of the shares: every piece of work weighs the same."""
    size = len(flow.counted) + flow.blanks
    if not size:
        return _nothing(flow)
    scales = by_scale(flow.counted)
    share = add_up([ratio(points, out_of * size) for points, out_of in scales])
    if len(scales) == 1:
        out_of = scales[0][1]
        words = say("Mean of {}: {} of {}.", size, Times(out_of, share), out_of)
    else:
        words = say("Mean of {}: {} %.", size, Times(100, share))
    return flow.then(words, share=share)


def total_points(flow: Flow, *, full_points: Fraction | None = None) -> Flow:
    """Points over possible points; with `full_points`, that many are full credit.

    So far, `full_points` is asked for in proportion to what could already be had.
    """
    if not flow.counted:
        return _nothing(flow)
    points = sum([item.points for item in flow.counted if item.points is not None], NOTHING)
    possible = sum([item.out_of for item in flow.counted], NOTHING)
    if full_points is None:
        return flow.then(say("{} of {} points.", points, possible), share=ratio(points, possible))
    if flow.outstanding:
        later = sum([item.out_of for item in flow.outstanding], NOTHING)
        asked = full_points * ratio(possible, possible + later)
        words = say("{} points; {} are full credit, {} of them so far.", points, full_points, asked)
        return flow.then(words, share=ratio(points, asked))
    return flow.then(say("{} points; {} are full credit.", points, full_points), share=ratio(points, full_points))


def cap(flow: Flow, *, at: Fraction) -> Flow:
    """At most `at` percent of the component."""
    if flow.share is None or flow.share * 100 <= at:
        return flow
    return flow.then(say("Capped at {} %.", at), share=at / 100)


def _nothing(flow: Flow) -> Flow:
    if flow.is_final or flow.is_over:
        return flow.then(say("Nothing there: counts as zero."), share=Fraction(0))
    return flow.then(say("Nothing to count yet."), share=None)


@dataclass(frozen=True, slots=True)
class Param:
    """A step's parameter: its JSON Schema and whether it must be there."""

    schema: Mapping
    is_required: bool = True


@dataclass(frozen=True, slots=True)
class StepKind:
    run: Callable[..., Flow]
    does: str
    params: Mapping[str, Param]
    is_aggregate: bool = False


COUNT = Param({"type": "integer", "minimum": 1, "maximum": 1000})
STEPS: dict[str, StepKind] = {
    "drop_lowest": StepKind(drop_lowest, "leave out the lowest results", {"count": COUNT}),
    "best_of": StepKind(best_of, "count only the best results", {"count": COUNT}),
    "required_count": StepKind(required_count, "so many are full credit; the best ones count", {"count": COUNT}),
    "mean": StepKind(mean, "the mean of the results, each weighing the same", {}, is_aggregate=True),
    "sum": StepKind(
        total_points,
        "points over possible points, or over full_points",
        {"full_points": Param({"type": "number", "exclusiveMinimum": 0, "maximum": 100_000}, is_required=False)},
        is_aggregate=True,
    ),
    "cap": StepKind(cap, "at most so many percent", {"at": Param({"type": "number", "exclusiveMinimum": 0, "maximum": 100})}),
}


class Standing(NamedTuple):
    """A component's items by whether they have their result; exempt ones are in neither."""

    items: tuple[Item, ...]
    settled: tuple[Item, ...]
    unsettled: tuple[Item, ...]


def standing_of(items: tuple[Item, ...]) -> Standing:
    settled, unsettled = [], []
    for item in items:
        if item.state is State.MARKED:
            # Work may be worth less by now than its mark says; it is never worth more than everything.
            settled.append(item if item.points <= item.out_of else item._replace(points=item.out_of))
        elif item.state is State.MISSING:
            settled.append(item)
        elif item.state is not State.EXEMPT:
            unsettled.append(item)
    return Standing(items, tuple(settled), tuple(unsettled))


def start(standing: Standing, *, is_final: bool, is_over: bool) -> Flow:
    """The flow before the first step."""
    return Flow(
        counted=standing.settled + standing.unsettled if is_final else standing.settled,
        outstanding=() if is_final else standing.unsettled,
        is_final=is_final,
        is_over=is_over,
        words=(Census(standing.items, is_final),) if standing.items else (),
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

    items: tuple[Item, ...]
    is_final: bool

    def __str__(self) -> str:
        counts = Counter(item.state for item in self.items)
        parts = [f"{counts[state]} {words}" for state, words in STATE_WORDS.items() if counts[state]]
        sentence = ", ".join(parts) + "."
        if self.is_final and len(self.items) > counts[State.MARKED] + counts[State.EXEMPT]:
            sentence += " What has no points counts as zero here."
        return sentence
