"""The grading engine: facts and a policy in, an explanation out; no database, no clock."""
