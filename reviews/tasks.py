"""Work on reviews that takes longer than a request may."""

from celery import shared_task

from reviews.assigning.runs import work


@shared_task
def work_out_run(run_id: int) -> None:
    """However often this runs, the run has one answer."""
    work.work_out(run_id)
