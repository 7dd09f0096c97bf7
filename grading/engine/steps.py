"""The steps of a pipeline: each takes the flow, gives back the flow and says in words what it did.

Items that count flow in; a step drops some, or turns them into a share of the component, or bounds the share.
A further rule of some syllabus is a further step here, never a special case elsewhere.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from grading.engine.facts import Item, State

NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class Flow:
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
    words: tuple[str, ...] = ()

    def then(self, *words: str, **changes) -> "Flow":
        return replace(self, words=self.words + words, **changes)


def points_of(item: Item) -> Decimal:
    """The points that count: none without a mark, never more than the item is worth."""
    return min(item.points, item.out_of) if item.points is not None else NOTHING


def share_of(item: Item) -> Fraction:
    return Fraction(points_of(item)) / Fraction(item.out_of)


def best_first(items: tuple[Item, ...]) -> list[Item]:
    """By share, not by points, so that a better mark never lowers the result; ties by key, for one order always."""
    if len({item.out_of for item in items}) <= 1:
        return sorted(items, key=lambda item: (-points_of(item), item.key))
    return sorted(items, key=lambda item: (-share_of(item), item.key))


def plural(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def plain(number) -> str:
    """A number for a sentence: at most four decimals, no trailing zeros; more are marked with an ellipsis."""
    exact = Fraction(number)
    text = f"{float(exact):.4f}".rstrip("0").rstrip(".")
    return text if Fraction(text) == exact else f"{float(exact):.2f}…"


# Steps


def drop_lowest(flow: Flow, *, count: int) -> Flow:
    """Leave out the `count` lowest; at least one always stays."""
    dropped = min(count, max(0, len(flow.counted) - 1))
    if not dropped:
        return flow.then(f"Up to {plural(count, 'result')} would be dropped; nothing to drop yet.")
    kept = tuple(best_first(flow.counted)[:-dropped])
    return flow.then(f"{plural(dropped, 'lowest result')} dropped.", counted=kept)


def best_of(flow: Flow, *, count: int) -> Flow:
    """Count the best `count` results."""
    if len(flow.counted) <= count:
        return flow.then(f"The best {count} count; there are {len(flow.counted)}.")
    kept = tuple(best_first(flow.counted)[:count])
    return flow.then(f"The best {count} of {len(flow.counted)} count.", counted=kept)


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
    words = [f"{count} needed; the best {len(best)} of {len(marked)} marked count."]
    if still_to_come and needed < count:
        words.append(f"Only {needed} could be asked for so far.")
    if blanks:
        words.append(f"{blanks} short of {'the ' if flow.is_final else ''}{needed}: they count as zero.")
    return flow.then(*words, counted=best, blanks=blanks)


def mean(flow: Flow) -> Flow:
    """The mean of the shares: every piece of work weighs the same."""
    size = len(flow.counted) + flow.blanks
    if not size:
        return _nothing(flow)
    sums: dict[Decimal, Decimal] = {}
    for item in flow.counted:
        sums[item.out_of] = sums.get(item.out_of, NOTHING) + points_of(item)
    total = sum((Fraction(points) / Fraction(out_of) for out_of, points in sums.items()), Fraction(0))
    share = total / size
    if len(sums) == 1:
        out_of = next(iter(sums))
        words = f"Mean of {size}: {plain(share * Fraction(out_of))} of {plain(out_of)}."
    else:
        words = f"Mean of {size}: {plain(100 * share)} %."
    return flow.then(words, share=share)


def total_points(flow: Flow, *, full_points: Fraction | None = None) -> Flow:
    """Points over possible points; with `full_points`, that many are full credit.

    So far, `full_points` is asked for in proportion to what could already be had.
    """
    if not flow.counted:
        return _nothing(flow)
    points = Fraction(sum((points_of(item) for item in flow.counted), NOTHING))
    possible = Fraction(sum((item.out_of for item in flow.counted), NOTHING))
    if full_points is None:
        return flow.then(f"{plain(points)} of {plain(possible)} points.", share=points / possible)
    if flow.outstanding:
        later = Fraction(sum((item.out_of for item in flow.outstanding), NOTHING))
        asked = full_points * possible / (possible + later)
        words = f"{plain(points)} points; {plain(full_points)} are full credit, {plain(asked)} of them so far."
        return flow.then(words, share=points / asked)
    return flow.then(f"{plain(points)} points; {plain(full_points)} are full credit.", share=points / full_points)


def cap(flow: Flow, *, at: Fraction) -> Flow:
    """At most `at` percent of the component."""
    if flow.share is None or flow.share * 100 <= at:
        return flow
    return flow.then(f"Capped at {plain(at)} %.", share=at / 100)


def _nothing(flow: Flow) -> Flow:
    if flow.is_final or flow.is_over:
        return flow.then("Nothing there: counts as zero.", share=Fraction(0))
    return flow.then("Nothing to count yet.", share=None)


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


def start(items: tuple[Item, ...], *, is_final: bool, is_over: bool) -> Flow:
    """The flow before the first step: who counts, what is outstanding, and that in words."""
    by_state: dict[State, list[Item]] = {state: [] for state in State}
    for item in items:
        by_state[item.state].append(item)
    unsettled = by_state[State.PENDING] + by_state[State.OPEN]
    counted = by_state[State.MARKED] + by_state[State.MISSING]
    if is_final:
        counted, unsettled = counted + unsettled, []
    return Flow(
        counted=tuple(counted),
        outstanding=tuple(unsettled),
        is_final=is_final,
        is_over=is_over,
        words=_census(by_state, is_final=is_final),
    )


STATE_WORDS = {
    State.MARKED: "with points",
    State.PENDING: "not marked yet",
    State.MISSING: "missing",
    State.OPEN: "still open",
    State.EXEMPT: "exempt",
}


def _census(by_state: Mapping[State, list[Item]], *, is_final: bool) -> tuple[str, ...]:
    parts = [f"{len(by_state[state])} {words}" for state, words in STATE_WORDS.items() if by_state[state]]
    if not parts:
        return ()
    sentence = ", ".join(parts) + "."
    if is_final and any(by_state[state] for state in (State.MISSING, State.PENDING, State.OPEN)):
        sentence += " What has no points counts as zero here."
    return (sentence[0].upper() + sentence[1:],)
