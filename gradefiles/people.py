"""Which student a row is about."""

import re
from dataclasses import dataclass

from courses.models import Enrollment
from gradefiles.layout import CANVAS, Fault, Layout, letter, shown
from gradefiles.models import CanvasStudent
from gradefiles.reading import plain_text
from grading.people import by_name, folded, index_of


@dataclass(frozen=True, slots=True)
class Named:
    """What a row says of its student, tidied; "" for what it does not say."""

    id: str = ""
    sis_user_id: str = ""
    login_id: str = ""  # of our own sheet: the email
    name: str = ""

    @property
    def words(self) -> str:
        return ", ".join(part for part in (self.name, self.login_id or self.sis_user_id, self.id and f"id {self.id}") if part)


def named_in(layout: Layout, cells: list[str]) -> Named:
    def cell(name: str) -> str:
        place = layout.student.get(name)
        return plain_text(cells[place]) if place is not None and place < len(cells) else ""

    name = cell("name") or " ".join(f"{cell('first_name')} {cell('last_name')}".split())
    login = cell("login_id") if layout.kind == CANVAS else cell("email")
    return Named(re.sub(r"\.0+$", "", cell("id")), cell("sis_user_id"), login.lower(), name)


class People:
    """The students that a file may name, by everything it may name them with."""

    def __init__(self, students: list[Enrollment], learned: list[CanvasStudent]):
        self.students = {student.pk: student for student in students}
        self.knows_canvas = bool(learned)
        self.by_canvas_id = {row.canvas_id: row.enrollment_id for row in learned}
        self.by_sis_id = index_of((row.sis_user_id, row.enrollment_id) for row in learned)
        logins = [(student.user.email.lower(), student.pk) for student in students]
        logins += [(row.login_id.lower(), row.enrollment_id) for row in learned]
        self.by_login = index_of(logins)
        self.by_local_part = index_of((student.user.email.lower().split("@")[0], student.pk) for student in students)
        self.by_name = index_of((folded(student.user.name), student.pk) for student in students)

    def find(self, kind: str, row: Named) -> tuple[Enrollment | None, str]:
        """The student, or None and why not. In the order of Canvas: ID, SIS User ID, login, name."""
        for found in (
            self._by_id(kind, row),
            self.by_sis_id[row.sis_user_id],
            self._login(kind, row),
            by_name(self.by_name, row.name),
        ):
            mine = found & self.students.keys()
            if len(mine) > 1:
                names = ", ".join(sorted(self.students[pk].user.email for pk in mine))
                return None, f"two students of the course match ({names}); name one by id or email."
            if mine:
                student = self.students[mine.pop()]
                return self._unless_contradicted(kind, row, student)
        return None, "unknown student; expected one of the course whose work you mark."

    def _by_id(self, kind: str, row: Named) -> set[int]:
        if kind != CANVAS:
            return {int(row.id)} if row.id.isascii() and row.id.isdigit() and len(row.id) < 18 else set()
        if row.id in self.by_canvas_id:
            return {self.by_canvas_id[row.id]}
        # Our own number stands in a file of ours only, and there with the email: Canvas counts from 1 as we do.
        own = {int(row.id)} if row.id.isascii() and row.id.isdigit() and len(row.id) < 18 else set()
        return own & self.by_login[row.login_id] if not self.knows_canvas else set()

    def _login(self, kind: str, row: Named) -> set[int]:
        if not row.login_id:
            return set()
        return self.by_login[row.login_id] or (self.by_local_part[row.login_id] if kind == CANVAS else set())

    def _unless_contradicted(self, kind: str, row: Named, student: Enrollment) -> tuple[Enrollment | None, str]:
        """A sheet whose columns slid against one another must not mark the wrong people."""
        by_login = self._login(kind, row) & self.students.keys()
        if by_login and student.pk not in by_login:
            other = self.students[next(iter(by_login))]
            return None, f"the row names two students: {student.user.email} and {other.user.email}."
        if kind != CANVAS and row.login_id and not by_login:
            return None, f"id {student.pk} is {student.user.email}, and the row says another email."
        return student, ""


def unknown(number: int, layout: Layout, row: Named, why: str) -> Fault:
    place = min(layout.student.values())
    return Fault(number, letter(place), "", shown(row.words), why)
