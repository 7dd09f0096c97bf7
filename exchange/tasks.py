"""Work on imports, which takes longer than a request may."""

from celery import shared_task


@shared_task
def work_out_import(run_id: int) -> None:
    """However often this runs, what an import brings in is there once."""
    # The actions queue this task, so they cannot be imported before it.
    from exchange.incoming import actions  # noqa: PLC0415

    actions.work_out(run_id)
