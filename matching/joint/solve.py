"""The best deal: proven on all levels where it is small, on all but the last where it is large.

A large one is dealt in bundles (`levels`), which are then filled (`filling`). Where the rules leave nothing to fill them with,
a linear program says which pairs can matter at all. CP-SAT deals among these; where that is as good as the bound it is the
best of all, and where it is not, CP-SAT looks through every pair that could still better it.
"""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice
from random import Random

from matching.joint.bound import Bound, bound_of
from matching.joint.bundles import Menu
from matching.joint.filling import fill
from matching.joint.levels import best_bundles
from matching.joint.model import Model
from matching.joint.problem import LEVELS, Joint, Score, score_of
from matching.joint.swaps import Swaps
from matching.problem import Key, Pair

EVENING = "Evening out what is equally good"
Progress = Callable[[float, str], None]
WHOLE = 2_000  # up to so many pairs all of them are dealt at once
MOST_BUNDLES = 120_000
SPARE = 12  # pairs worth nothing that a taker keeps besides those that the bound makes
# In CP-SAT's deterministic seconds.
EFFORT, EFFORT_FIRST, EFFORT_EVEN = 12.0, 3.0, 2.0


@dataclass(frozen=True, slots=True)
class Found:
    """`bounds` for the first levels: no deal that is as good on the levels before is below one."""

    chosen: set[Pair]
    bounds: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class JointResult:
    """`proven` counts the levels of the score, from the first, that no deal betters given the levels before.

    `gap` is how far the next level is from what is certain at most; None where nothing is known of it, or all is proven.
    """

    pairs: tuple[Pair, ...]
    score: Score
    proven: int
    gap: int | None

    @property
    def is_optimal(self) -> bool:
        return self.proven == LEVELS


def solve_jointly(joint: Joint, tell: Progress = lambda share, words: None) -> JointResult:
    tell(0.05, "Looking for the best assignment")
    found = (solve_whole if len(joint.pairs) <= WHOLE else solve_large)(joint, tell)
    return result_of(joint, found)


def result_of(joint: Joint, found: Found) -> JointResult:
    score, proven = score_of(joint, found.chosen), 0
    while proven < len(found.bounds) and score[proven] == found.bounds[proven]:
        proven += 1
    gap = score[proven] - found.bounds[proven] if proven < len(found.bounds) else None
    return JointResult(tuple(sorted(found.chosen)), score, proven, gap)


def solve_whole(joint: Joint, tell: Progress = lambda share, words: None) -> Found:
    model = Model(joint, joint.pairs)
    chosen, least = model.please((), EFFORT)
    bounds = [*joint.apart_from(least)]
    model.keep(model.first, joint.both(*score_of(joint, chosen)[:2]))
    for level, make in enumerate((model.unfair, model.uneven, model.late), 2):
        tell(0.4 + 0.12 * level, EVENING)
        goal = make()
        found, least = model.minimize(goal, chosen, EFFORT_EVEN)
        chosen = min(found, chosen, key=lambda pairs: score_of(joint, pairs)[: level + 1])
        bounds.append(least)
        model.keep(goal, score_of(joint, chosen)[level])
    return Found(chosen, tuple(bounds))


def solve_large(joint: Joint, tell: Progress = lambda share, words: None) -> Found:
    """How late is evened out step by step, and unproven; where bundles do not do it, so is what comes after the choices."""
    menu = Menu(joint)
    bundles = list(islice(menu.bundles(), MOST_BUNDLES + 1))
    best = best_bundles(joint, bundles) if len(bundles) <= MOST_BUNDLES else None
    tell(0.6, "Looking for the best assignment")
    chosen = fill(joint, menu, best.chosen) if best else None
    if chosen is None:
        return solve_by_pairs(joint, tell)
    tell(0.8, EVENING)
    chosen = Swaps(joint, chosen).even_out()
    return Found(chosen, best.bounds)


def solve_by_pairs(joint: Joint, tell: Progress = lambda share, words: None) -> Found:
    """Bounds for the first two levels; the others are evened out step by step."""
    bound = bound_of(joint)
    tell(0.3, "Looking for the best assignment")
    chosen, _ = Model(joint, _few(joint, bound), bound).please((), EFFORT_FIRST)
    reached, least = joint.both(*score_of(joint, chosen)[:2]), joint.both(bound.missing, -bound.value)
    if reached > least:
        tell(0.5, "Looking for the best assignment")
        found, there = Model(joint, _could_better(joint, bound, chosen), bound).please(chosen, EFFORT)
        chosen = min(found, chosen, key=lambda pairs: score_of(joint, pairs)[:2])
        # What was left out betters nothing that was known before.
        least = max(least, min(reached, there))
    tell(0.8, EVENING)
    return Found(Swaps(joint, chosen).even_out(), joint.apart_from(least))


def _few(joint: Joint, bound: Bound) -> list[Pair]:
    """What the bound makes, what is worth something, and for each taker a few others drawn by the seed."""
    spare: dict[Key, list[Pair]] = defaultdict(list)
    kept = []
    for pair in joint.pairs:
        if pair in bound.used or joint.values.get(pair):
            kept.append(pair)
        else:
            spare[pair[0]].append(pair)
    draw = Random(joint.seed)  # noqa: S311 - a lot, not a secret
    return kept + [pair for here in spare.values() for pair in draw.sample(here, min(SPARE, len(here)))]


def _could_better(joint: Joint, bound: Bound, chosen: set[Pair]) -> list[Pair]:
    """The pairs of which any deal that is better than what is chosen is made."""
    score = score_of(joint, chosen)
    if score.missing > bound.missing:
        return joint.pairs
    return [pair for pair in joint.pairs if pair in chosen or bound.may_reach(pair, 1 - score.displeased)]
