from decimal import Decimal

from django.db import transaction

from core.errors import DomainError, StaleVersion
from core.text import text_problem, tidy
from courses.actions import stamp_grade_change
from courses.models import Enrollment
from grading import engine
from grading.models import Override
from grading.queries import read_in_force

MAX_REASON = 1000  # characters


@transaction.atomic
def set_override(
    *,
    student: Enrollment,
    component: str = "",
    percent: Decimal | None = None,
    letter: str = "",
    reason: str,
    is_shown: bool,
    by,
    revision: int | None = None,
) -> Override | None:
    """Set a component of the student to so many percent, or with `component` blank the whole grade: its total in percent, its
    letter, or both. Neither takes back what stands.

    `is_shown`: the student sees it now; otherwise they see what they saw before. `revision` is the id of the student's latest
    override that the caller knows, 0 for none, and None asks for no check. None when what is asked for stands already.
    """
    student = Enrollment.objects.select_for_update(no_key=True, of=("self",)).select_related("course").get(pk=student.pk)
    rows = Override.objects.filter(enrollment=student)
    latest = rows.first()
    if revision is not None and revision != (latest.pk if latest else 0):
        raise StaleVersion(
            "Somebody has set this student's grade by hand since you opened it. Nothing was changed.", current=latest
        )
    reason = tidy(reason).strip()
    policy = read_in_force(student.course)[1].of_section(student.section)
    _check(policy, component, percent, letter, reason)
    before = rows.filter(component=component).first()
    if (before is None and percent is None and not letter) or _is_same(before, percent, letter, reason, is_shown):
        return None
    override = Override.objects.create(
        enrollment=student, component=component, percent=percent, letter=letter, reason=reason, is_shown=is_shown, set_by=by
    )
    stamp_grade_change(enrollments=[student], seen_by_student=is_shown)
    return override


def _is_same(before: Override | None, percent, letter: str, reason: str, is_shown: bool) -> bool:
    return before is not None and (before.percent, before.letter, before.reason, before.is_shown) == (
        percent, letter, reason, is_shown,
    )  # fmt: skip


def _check(policy: engine.Policy, component: str, percent: Decimal | None, letter: str, reason: str) -> None:
    if not reason:
        raise DomainError("Say why; it is kept, and shown where the grade is explained.", field="reason", code="no_reason")
    if problem := text_problem(reason, limit=MAX_REASON):
        raise DomainError(problem, field="reason")
    if component and component not in {found.key for found in policy.walk()}:
        raise DomainError(f"The policy of this student has no component {component!r}.", field="component", code="no_component")
    if component and letter:
        raise DomainError("A component is set in percent; a letter is of the whole grade.", field="letter", code="bad_shape")
    if not component and percent is not None and not policy.components:
        raise DomainError("There is no policy yet whose total this could be.", field="percent", code="no_policy")
    if percent is not None and not (percent.is_finite() and 0 <= percent <= Override.MOST and percent == round(percent, 2)):
        message = f"Found {percent}; expected 0 to {Override.MOST} percent with two decimals at most."
        raise DomainError(message, field="percent")
    if letter and letter not in policy.letter_names:
        there = ", ".join(policy.letter_names) or "none"
        raise DomainError(f"The policy has no letter {letter!r}; it has: {there}.", field="letter", code="no_letter")
