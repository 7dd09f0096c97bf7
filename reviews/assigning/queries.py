"""What was changed about who reviews a paper by when."""

from courses.models import Paper
from reviews.models import AssignmentChange

SHOWN = 50


def changes_of(paper: Paper) -> list[AssignmentChange]:
    """The latest changes, newest first, with whom and by whom."""
    rows = AssignmentChange.objects.filter(paper=paper).select_related("reviewer__user", "changed_by")
    return list(rows[:SHOWN])
