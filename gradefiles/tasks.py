"""Work on imports that takes longer than a request may."""

from celery import shared_task

from gradefiles import work


@shared_task
def carry_on_import(run_id: int) -> None:
    """However often this runs, each step of an import is done once."""
    work.carry_on(run_id, in_request=False)
