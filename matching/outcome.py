"""What the engine answered, as the JSON that a run keeps."""

from collections import Counter

from matching.problem import Problem
from matching.solve import Result

SENTENCES = 200  # of a kind; who has more to mend begins with these


def outcome_of(problem: Problem, result: Result) -> dict:
    """`pairs` are [person, item, preference, rank or None]; `met_at_most` is how much can be met of `needed`."""
    closed = {each.key for each in problem.items if each.most == 0}
    bindings = [each.sentence for each in result.bindings if not (each.kind.startswith("item") and each.key in closed)]
    shortages = [] if result.is_feasible else [each.sentence for each in result.shortages]
    return {
        "is_feasible": result.is_feasible,
        "pairs": [[each.person, each.item, each.preference, each.rank] for each in result.choices],
        "objective": result.objective,
        "gap": result.gap,
        "is_optimal": result.is_optimal,
        "unmet": result.unmet,
        "unmet_at_least": result.unmet_bound,
        "unevenness": result.unevenness,
        "ranks": [[rank, count] for rank, count in result.summary.ranks.items()],
        "unasked": result.summary.unasked,
        "unwanted": result.summary.unwanted,
        "askers": result.summary.askers,
        "with_first_choice": result.summary.with_first_choice,
        "counted": len(problem.fixed),
        "counted_each": _each_had(problem),
        "bindings": bindings[:SENTENCES],
        "binding_count": len(bindings),
        "shortages": shortages[:SENTENCES],
        "shortage_count": len(shortages),
        "obstacles": [] if result.is_feasible else [each.sentence for each in result.obstacles][:SENTENCES],
    }


def _each_had(problem: Problem) -> list[int]:
    """[least, most] that one person has already; it says why somebody gets nothing more."""
    had = Counter(person for person, _ in problem.fixed)
    of_each = [had[person.key] for person in problem.people]
    return [min(of_each, default=0), max(of_each, default=0)]
