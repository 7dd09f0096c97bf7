"""The grading engine: facts and a policy in, an explanation out; no database, no clock.

A policy is the [grading] table of a course file (docs/grading-policy.md). `lint` tells what is wrong with one,
`read_policy` makes it ready to use, `compute` answers one student's facts with an `Explanation`.
"""

from grading.engine.compute import compute, computing
from grading.engine.deductions import Deduction
from grading.engine.entry import Criterion, Entry
from grading.engine.exact import add_up, plain
from grading.engine.facts import Facts, Item, Override, State
from grading.engine.lint import ERROR, WARNING, Finding, Known, lint
from grading.engine.outlook import at_most, what_if
from grading.engine.policy import Component, Policy, read_policy
from grading.engine.schema import DEFAULT_MAX_POINTS, POLICY_SCHEMA
from grading.engine.to_come import Outstanding, Place, outstanding, source_key
from grading.engine.tree import Explanation, Node, Outcome, Total
from grading.engine.typed import NotAMark, Typed, as_typed, expected, read_typed

__all__ = [
    "DEFAULT_MAX_POINTS",
    "ERROR",
    "POLICY_SCHEMA",
    "WARNING",
    "Component",
    "Criterion",
    "Deduction",
    "Entry",
    "Explanation",
    "Facts",
    "Finding",
    "Item",
    "Known",
    "Node",
    "NotAMark",
    "Outcome",
    "Outstanding",
    "Override",
    "Place",
    "Policy",
    "State",
    "Total",
    "Typed",
    "add_up",
    "as_typed",
    "at_most",
    "compute",
    "computing",
    "expected",
    "lint",
    "outstanding",
    "plain",
    "read_policy",
    "read_typed",
    "source_key",
    "what_if",
]
