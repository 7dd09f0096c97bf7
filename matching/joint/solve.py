"""The best deal: proven on all levels where it is small, on the first two where it is large.

Of a large one the linear program says which pairs can matter at all. CP-SAT deals among these; where that is as good as the
bound it is the best of all, and where it is not, CP-SAT looks through every pair that could still better it.
"""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from matching.joint.bound import Bound, bound_of
from matching.joint.model import Model
from matching.joint.problem import LEVELS, Joint, Score, score_of
from matching.joint.swaps import Swaps
from matching.problem import Key, Pair

EVENING = "Evening out what is equally good"
Progress = Callable[[float, str], None]
WHOLE = 2_000  # up to so many pairs all of them are dealt at once
SPARE = 12  # pairs worth nothing that a taker keeps besides those that the bound makes
# In CP-SAT's deterministic seconds.
EFFORT, EFFORT_FIRST, EFFORT_EVEN = 12.0, 3.0, 2.0


@dataclass(frozen=True, slots=True)
class JointResult:
    """`proven` counts the levels of the score, from the first, that no deal betters given the levels before."""

    pairs: tuple[Pair, ...]
    score: Score
    proven: int

    @property
    def is_optimal(self) -> bool:
        return self.proven == LEVELS


def solve_jointly(joint: Joint, tell: Progress = lambda share, words: None) -> JointResult:
    tell(0.05, "Looking for the best assignment")
    if len(joint.pairs) <= WHOLE:
        chosen, proven = solve_whole(joint, tell)
    else:
        chosen, proven = solve_large(joint, tell)
    return JointResult(tuple(sorted(chosen)), score_of(joint, chosen), proven)


def solve_whole(joint: Joint, tell: Progress = lambda share, words: None) -> tuple[set[Pair], int]:
    """(the pairs, how many levels are proven)"""
    model = Model(joint, joint.pairs)
    chosen, is_best = model.please((), EFFORT)
    proven, score = 2 if is_best else 0, score_of(joint, chosen)
    model.keep(model.first, joint.above * score.missing + score.displeased)
    for level, make in enumerate((model.unfair, model.uneven, model.late), 2):
        tell(0.4 + 0.12 * level, EVENING)
        goal = make()
        found, is_best = model.minimize(goal, chosen, EFFORT_EVEN)
        chosen = min(found, chosen, key=lambda pairs: score_of(joint, pairs)[: level + 1])
        proven += is_best and proven == level
        model.keep(goal, score_of(joint, chosen)[level])
    return chosen, proven


def solve_large(joint: Joint, tell: Progress = lambda share, words: None) -> tuple[set[Pair], int]:
    """(the pairs, 2 where the first two levels are proven); the others are evened out step by step."""
    bound = bound_of(joint)
    tell(0.3, "Looking for the best assignment")
    chosen, _ = Model(joint, _few(joint, bound), bound).please((), EFFORT_FIRST)
    score = score_of(joint, chosen)
    is_best = (score.missing, -score.displeased) == (bound.missing, bound.value)
    if not is_best:
        tell(0.5, "Looking for the best assignment")
        found, is_best = Model(joint, _could_better(joint, bound, chosen), bound).please(chosen, EFFORT)
        chosen = min(found, chosen, key=lambda pairs: score_of(joint, pairs)[:2])
    tell(0.8, EVENING)
    return Swaps(joint, chosen).even_out(), 2 if is_best else 0


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
