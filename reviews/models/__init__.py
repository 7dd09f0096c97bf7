"""Review forms, the rules they are asked under, reviews and every submitted version."""

from reviews.models.assignment import Asks, Assignment, AssignmentChange, Source
from reviews.models.finding import Audience, SavedSearch, Tag
from reviews.models.form import Field, FieldColours, FieldKind, FieldVisibility, ReviewForm
from reviews.models.matching import Conflict, Expert, Preference, PreferenceCall
from reviews.models.review import Review, ReviewQuerySet, ReviewVersion, Score, new_handle
from reviews.models.round import PaperRound, Round, Rounds
from reviews.models.rules import Names, ReviewRules, Times, Visibility, Who, closed_papers, restamp_rounds
from reviews.models.run import AssignmentRun, RunState

__all__ = [
    "Asks",
    "Assignment",
    "AssignmentChange",
    "AssignmentRun",
    "Audience",
    "Conflict",
    "Expert",
    "Field",
    "FieldColours",
    "FieldKind",
    "FieldVisibility",
    "Names",
    "PaperRound",
    "Preference",
    "PreferenceCall",
    "Review",
    "ReviewForm",
    "ReviewQuerySet",
    "ReviewRules",
    "ReviewVersion",
    "Round",
    "Rounds",
    "RunState",
    "SavedSearch",
    "Score",
    "Source",
    "Tag",
    "Times",
    "Visibility",
    "Who",
    "closed_papers",
    "new_handle",
    "restamp_rounds",
]
