"""Changing a course by a form over its file: shown first, applied as it was shown, and refused where two people clash.

Every page here goes through `attempt`, and with it through `load_course`, the file's one way in.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field

from accounts.models import User
from core.errors import DomainError, StaleVersion
from core.toml.problems import BadCourseFile, Problem
from coursefile.controls.edit import Present
from coursefile.load import load_course
from coursefile.plan import REMOVED, Plan
from coursefile.problems import WouldLoseWork
from courses.models import Course

TRIES = 5  # each time somebody else changed the course between the look and the change
CLASH = "Somebody else has changed the same since you opened this page. Nothing was applied, and what you typed is kept."
BUSY = DomainError("The course is being changed by others at this moment. Nothing was applied; try again.")


@dataclass(frozen=True)
class Attempt:
    """What became of it. `form` is bound; `plan` is what would happen, or did if `is_applied`."""

    form: object
    plan: Plan | None = None
    is_applied: bool = False
    is_other_plan: bool = False  # than the one that its author was shown
    warnings: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)
    refusal: str = ""

    @property
    def status(self) -> int:
        if self.form.clashes:
            return 409
        return 200 if self.plan else 422

    @property
    def plan_mark(self) -> str:
        return _mark(self.plan, self.warnings) if self.plan else ""


def _mark(plan: Plan, warnings: list[str]) -> str:
    return hashlib.sha256("\n".join([*map(str, plan.changes), *warnings]).encode()).hexdigest()[:16]


def attempt(course: Course, make: Callable, data, *, by: User) -> Attempt:
    """`make(present)` gives the form untouched. With `apply` in the data it is carried out, if there is nothing to ask.

    There is something to ask where the change takes something away or is warned of, and its author has not been shown
    just that: then `plan` in the data is another mark, or none.
    """
    for _ in range(TRIES):
        present = Present.of(course)
        form = make(present).answered(data)
        try:
            return _attempt(course, present, form, data, by=by)
        except StaleVersion:
            continue  # of the course as a whole; whether it matters to this form, the next look tells
    return _against(form, BUSY)


def _attempt(course: Course, present: Present, form, data, *, by: User) -> Attempt:
    is_valid = form.is_valid()
    if form.clashes:
        return Attempt(form, refusal=CLASH)
    if not is_valid:
        return Attempt(form)
    rules = {"by": by, "slug": course.slug, "expected_digest": present.digest}
    try:
        plan = load_course(form.text(), dry_run=True, **rules)
        warnings = [*form.warnings(), *present.new_warnings(plan)]
        shown = data.get("plan", "")
        is_as_shown = shown == _mark(plan, warnings)
        if "apply" in data and (is_as_shown or not (warnings or plan.counts[REMOVED])):
            return Attempt(form, load_course(form.text(), **rules), is_applied=True)
    except StaleVersion:
        raise
    except DomainError as refusal:
        return _against(form, refusal)
    return Attempt(form, plan, warnings=warnings, is_other_plan=bool(shown) and not is_as_shown)


def _against(form, refusal: DomainError) -> Attempt:
    """What is wrong with a field of the form stands at the field."""
    match refusal:
        case BadCourseFile():
            return Attempt(form, problems=[told for told in refusal.problems if not form.add_problem(told.where, told.message)])
        case WouldLoseWork():
            return Attempt(form, reasons=refusal.reasons)
    return Attempt(form, refusal=refusal.message)
