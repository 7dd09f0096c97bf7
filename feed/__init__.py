"""Grades for other systems: the change feed that they pull, and the webhooks that push it."""
