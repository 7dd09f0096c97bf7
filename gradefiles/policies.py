"""Who may take grades out as files and bring marks in, on top of courses.policies.

Totals are the instructor's, as in the gradebook. An assistant takes and brings the marks of the students they mark:
a row of anybody else is an unknown student to their import. A student's own grade is in `grades/?format=csv`.
"""

from courses.models import Enrollment
from courses.policies import require_instructor, require_staff
from gradefiles.models import GradeImport

FOR_MARKERS = ("marks.csv", "marks.xlsx")


def require_exporter(user, course_slug: str, kind: str) -> Enrollment:
    return (require_staff if kind in FOR_MARKERS else require_instructor)(user, course_slug)


def require_importer(user, course_slug: str) -> Enrollment:
    return require_staff(user, course_slug)


def imports_visible_to(reader: Enrollment):
    """The instructor sees every import of the course, an assistant their own."""
    imports = GradeImport.objects.filter(course=reader.course_id).select_related("created_by", "applied_by", "undone_by")
    if reader.is_instructor:
        return imports
    return imports.filter(created_by=reader.user_id) if reader.is_staff else imports.none()
