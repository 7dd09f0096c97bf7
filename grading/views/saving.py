"""Saving a mark that was typed into a form, for every page that has one."""

from dataclasses import dataclass

from core.errors import DomainError, StaleVersion
from grading import actions
from grading.forms import MarkForm
from grading.models import Mark


@dataclass(frozen=True, slots=True)
class Saved:
    """`mark` is None where nothing was saved: the form says why, or `stale` holds the mark that came between."""

    mark: Mark | None
    status: int
    stale: StaleVersion | None = None


def save_mark(form: MarkForm, *, by, **target) -> Saved:
    if not form.is_valid():
        return Saved(None, 422)
    try:
        return Saved(actions.set_mark(**target, **form.given(), by=by), 302)
    except StaleVersion as stale:
        # The next save of this form is meant: it names the mark that is shown beside it.
        form.data = form.data.copy()
        form.data["revision"] = stale.current.revision
        return Saved(None, 409, stale)
    except DomainError as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
        return Saved(None, 422)
