"""What a grade could become: the same facts, with marks that nobody has given yet."""

from collections.abc import Mapping
from decimal import Decimal

from grading.engine.compute import compute
from grading.engine.facts import Facts
from grading.engine.policy import Policy
from grading.engine.to_come import Place, outstanding, with_everything, with_marks
from grading.engine.tree import Explanation


def what_if(policy: Policy, facts: Facts, points: Mapping[Place, Decimal]) -> Explanation:
    return compute(policy, with_marks(facts, points, outstanding(policy, facts)))


def at_most(policy: Policy, facts: Facts) -> Explanation:
    """As if everything outstanding were full."""
    return compute(policy, with_everything(policy, facts))
