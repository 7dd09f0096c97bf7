"""What one act changes besides the places: the history, the stamps of grades, the mails. Written once, at its end."""

from collections.abc import Iterable
from functools import partial

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from core.locking import lock_row
from courses.actions import stamp_grade_change
from courses.models import Course, Enrollment
from presentations import tasks
from presentations.models import Act, Notice, SignUp, SlotRole


def lock_course(course_id: int) -> Course:
    """Every act on places holds this lock from its first query to its end, so that all of them come one after the other.

    It is the first lock of each: no other order can arise, limits over several slots hold, and a load of the
    course file waits too. Comes without joins: whoever waited for it must see what the one before has done.
    """
    return lock_row(Course.objects.select_for_update(no_key=True), course_id)


class Changes:
    """Gathers while an act decides; `write` ends it. Needs the lock on the course."""

    def __init__(self, course: Course, by: User | None):
        self.course, self.by, self.now = course, by, timezone.now()
        self.acts: list[Act] = []
        self.tell: list[tuple[Act, int]] = []
        self.stamped: set[int] = set()

    def note(
        self,
        kind: str,
        role: SlotRole,
        *,
        enrollment: Enrollment | None = None,
        guest_name: str = "",
        other: Enrollment | None = None,
        note: str = "",
        tell: Iterable[int] = (),
    ) -> None:
        """`enrollment` is whom it happened to; `tell` are enrollment ids that get a mail about it. Reads role.slot.paper."""
        act = Act(course=self.course, kind=kind, at=self.now, by=self.by, role=role, what=what_of(role), note=note)
        act.enrollment, act.guest_name, act.other = enrollment, guest_name, other
        self.acts.append(act)
        self.tell += [(act, pk) for pk in dict.fromkeys(tell)]

    def note_sign_up(self, kind: str, sign_up: SignUp, **more) -> None:
        """A sign-up that begins or ends: the grade rests on it."""
        if sign_up.enrollment_id:
            self.stamped.add(sign_up.enrollment_id)
        self.note(kind, sign_up.role, enrollment=sign_up.enrollment, guest_name=sign_up.guest_name, **more)

    def write(self) -> None:
        if self.stamped:
            stamp_grade_change(enrollments=self.stamped, seen_by_student=True)
        for act in self.acts:
            act.save(force_insert=True)
        for act, pk in self.tell:
            notice = Notice.objects.create(act=act, enrollment_id=pk)
            transaction.on_commit(partial(tasks.send_notice.delay, notice.pk), robust=True)


def what_of(role: SlotRole) -> str:
    return f"{str(role.slot)[:300]} ({role.title})"
