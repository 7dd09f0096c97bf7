"""Who may do what with marks and grades, on top of courses.policies."""

from django.http import Http404

from courses.models import Enrollment, Role
from courses.policies import require_role, students_marked_by


def require_graded(user, course_slug: str) -> Enrollment:
    """The instructor, who sees every grade, or a student, who sees their own; 403 for the other roles."""
    return require_role(user, course_slug, Role.STUDENT, Role.INSTRUCTOR)


def require_mark_reader(user, course_slug: str) -> Enrollment:
    """Staff, who see the marks they may give, or a student, who sees their own released ones."""
    return require_role(user, course_slug, Role.STUDENT, Role.ASSISTANT, Role.INSTRUCTOR)


def find_student(marker: Enrollment, pk: int) -> Enrollment:
    """A student whose work this person marks, of an instructor any of the course; 404 for anybody else."""
    student = students_marked_by(marker).select_related("user", "course").filter(pk=pk).first()
    if student is None:
        raise Http404("No such student.")
    return student


def audience_of(enrollment: Enrollment) -> str:
    """Whose view of marks this person gets."""
    return "staff" if enrollment.is_staff else "student"


def require_own_work(user, course_slug: str) -> Enrollment:
    """A student, who contests marks of their own work."""
    return require_role(user, course_slug, Role.STUDENT)


def may_change_snippet(person: Enrollment, snippet) -> bool:
    """All staff use the comment bank; an entry is changed or removed by whoever put it there, or the instructor."""
    return person.is_instructor or snippet.created_by_id == person.user_id
