"""What grading reads: plain functions, a constant number of queries each."""

from grading.queries.grades import Grade, grades_of
from grading.queries.policy import known_of, policy_findings, policy_in_force, read_in_force

__all__ = ["Grade", "grades_of", "known_of", "policy_findings", "policy_in_force", "read_in_force"]
