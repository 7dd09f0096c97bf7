"""What the rest of the portal asks the reviews: plain functions, a constant number of queries each."""

from reviews.queries.duties import (
    Progress,
    ReviewFact,
    deadlines_for,
    grading_facts,
    owed_between,
    progress_of,
    review_due_at,
    reviewable_papers,
    submitted_counts,
)
from reviews.queries.scores import ScoreSummary, score_summaries

__all__ = [
    "Progress",
    "ReviewFact",
    "ScoreSummary",
    "deadlines_for",
    "grading_facts",
    "owed_between",
    "progress_of",
    "review_due_at",
    "reviewable_papers",
    "score_summaries",
    "submitted_counts",
]
