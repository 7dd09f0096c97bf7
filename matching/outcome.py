"""What the engine answered, as the JSON that a run keeps."""

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
        "bindings": bindings[:SENTENCES],
        "binding_count": len(bindings),
        "shortages": shortages[:SENTENCES],
        "shortage_count": len(shortages),
        "obstacles": [] if result.is_feasible else [each.sentence for each in result.obstacles][:SENTENCES],
    }
