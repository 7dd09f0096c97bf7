"""Working a run out, as a worker does it: never in a request, safe to run twice."""

from collections import Counter

from core import runs
from matching import ProblemError
from presentations.assigning.deal import EVEN, Dealt, deal, roles_of
from presentations.assigning.explain import explanations
from presentations.assigning.reading import read_world
from presentations.assigning.world import Parameters, World
from presentations.models import PresentationRun

SENTENCES = 200


def work_out(run_id: int) -> None:
    runs.work_out(PresentationRun, run_id, _find, ProblemError)


def _find(run: PresentationRun, tell: runs.Tell) -> tuple[dict, str]:
    parameters = Parameters(**run.parameters)
    world = read_world(run.course, parameters)
    dealt = deal(world, parameters, tell)
    return result_of(world, dealt, parameters), world.digest(parameters)


def result_of(world: World, dealt: Dealt, parameters: Parameters) -> dict:
    """`pairs` are [enrollment id, slot id, role id, rank or None]; `ranks` [[rank, count]] of those who ranked."""
    ranked = {each.pk for each in world.students if each.ranks}
    counts = Counter(rank for *_, rank in dealt.given if rank)
    return {
        "pairs": [list(row) for row in roles_of(world, dealt, parameters.seed)],
        "ranks": [[rank, counts[rank]] for rank in range(1, max(counts, default=0) + 1)],
        "unasked": sum(rank is None and student in ranked for student, _, rank in dealt.given),
        "rankless": sum(student not in ranked for student, *_ in dealt.given),
        "rankers": len(ranked),
        "students": len(world.students),
        "shortages": dealt.shortages[:SENTENCES],
        "obstacles": dealt.obstacles[:SENTENCES],
        "is_optimal": dealt.is_optimal,
        "is_even": dealt.is_even,
        "is_fair": dealt.proven >= EVEN,
        "proven": dealt.proven,
        "gap": dealt.gap,
        "talks": dealt.talks,
        "explained": {str(pk): words for pk, words in explanations(world, dealt, parameters).items()},
    }
