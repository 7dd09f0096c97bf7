"""Comparing reviews in the background: what has changed every quarter of an hour, everything when staff ask for it."""

from celery import shared_task

from courses.models import Paper
from similarity import actions, queries


@shared_task
def compare_changed() -> None:
    """Beat's tick. A task for each paper, so that one paper's fault holds up no other."""
    for paper_id in queries.changed_papers():
        compare.delay(paper_id)


@shared_task
def compare(paper_id: int, even_if_unchanged: bool = False) -> None:
    """However often and on however many workers this runs, the outcome is the same."""
    paper = Paper.objects.select_related("course__review_rules").filter(pk=paper_id).first()
    if paper:
        actions.compare_paper(paper=paper, even_if_unchanged=even_if_unchanged)
