"""What the rest of the portal asks the reviews: plain functions, a constant number of queries each."""

from reviews.queries.comparing import changes_between, changes_since_previous, conflict_between
from reviews.queries.duties import (
    Duty,
    Progress,
    deadlines_for,
    duties_of,
    duty_of,
    owed_between,
    progress_of,
    review_due_at,
    reviewable_papers,
    student_count,
    submitted_counts,
)
from reviews.queries.grading import ReviewFact, facts_by_student, grading_facts
from reviews.queries.reading import (
    PaperRow,
    ReadableReview,
    paper_page,
    paper_rows,
    read_paper,
    reviewer_rows,
    version_answers,
)
from reviews.queries.scores import ScoreSummary, score_summaries
from reviews.queries.terms import paper_with_terms

__all__ = [
    "Duty",
    "PaperRow",
    "Progress",
    "ReadableReview",
    "ReviewFact",
    "ScoreSummary",
    "changes_between",
    "changes_since_previous",
    "conflict_between",
    "deadlines_for",
    "duties_of",
    "duty_of",
    "facts_by_student",
    "grading_facts",
    "owed_between",
    "paper_page",
    "paper_rows",
    "paper_with_terms",
    "progress_of",
    "read_paper",
    "review_due_at",
    "reviewable_papers",
    "reviewer_rows",
    "score_summaries",
    "student_count",
    "submitted_counts",
    "version_answers",
]
