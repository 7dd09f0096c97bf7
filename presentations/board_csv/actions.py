"""Loading a board from a file."""

from django.db import transaction

from accounts.models import User
from core.errors import DomainError
from courses.models import Course
from presentations.actions import change_board
from presentations.actions.changes import lock_course
from presentations.board_csv.files import Plan, plan_board


@transaction.atomic
def load_board(*, course: Course, text: str, by: User, digest: str = "") -> Plan:
    """Make the board as the file says, or DomainError and change nothing.

    With a `digest`, that of the plan somebody looked at, it is refused when the board has changed since.
    """
    course = lock_course(course.pk)
    plan = plan_board(course, text)
    if plan.mistakes:
        line, words = plan.mistakes[0]
        count = f"{len(plan.mistakes)} bad line{'' if len(plan.mistakes) == 1 else 's'}"
        raise DomainError(f"{count}; line {line}: {words} Nothing was changed.", code="bad_lines")
    if digest and digest != plan.digest:
        raise DomainError("The board has changed since you looked. Nothing was changed; look again.", code="stale")
    change_board(
        course=course,
        by=by,
        remove=[sign_up.pk for sign_up in plan.remove],
        add=[(each.role.pk, each.enrollment, each.guest_name) for each in plan.add],
    )
    return plan
