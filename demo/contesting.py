"""The comment bank that staff mark with, and two students who contest a mark: one is answered, one waits."""

from datetime import datetime, timedelta

from courses.models import Course, Enrollment
from demo.clock import clock_at
from grading.actions import add_regrade_message, add_snippet, ask_regrade, decide_regrade, set_policy
from grading.models import Mark
from grading.queries import policy_in_force

REGRADE_DAYS = 14
BANK = (
    "Say what was measured, and against what.",
    "A good summary in your own words.",
    "This repeats the abstract; what do *you* make of it?",
    "Name one experiment that would settle the doubt.",
)


def take_requests(course: Course, by) -> None:
    """From now on marks can be contested; the course file of the real course says nothing of it."""
    document = policy_in_force(course).document | {"regrade_days": REGRADE_DAYS}
    set_policy(course=course, document=document, by=by)
    for text in BANK:
        add_snippet(course=course, text=text, by=by)


def contest(course: Course, students: list[Enrollment], instructor: Enrollment, *, until: datetime) -> None:
    first, second = students[:2]
    with clock_at(until - timedelta(days=3)):
        asked = ask_regrade(mark=_lowest(second), by=second, text="I think my second doubt was missed: it is about Table 3.")
    with clock_at(until - timedelta(days=2)):
        decide_regrade(request=asked, by=instructor, outcome="kept", text="I read it again: Table 3 is what the authors claim.")
    with clock_at(until - timedelta(days=1)):
        waiting = ask_regrade(mark=_lowest(first), by=first, text="The evaluation is discussed in my last paragraph.")
    with clock_at(until - timedelta(hours=20)):
        add_regrade_message(request=waiting, by=instructor, text="Thank you, I will read it again this week.")


def _lowest(student: Enrollment) -> Mark:
    marks = Mark.objects.filter(review__reviewer=student, released_at__isnull=False)
    return marks.order_by("released_points", "pk")[0]
