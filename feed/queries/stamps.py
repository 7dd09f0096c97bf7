"""Whether anything can have changed since a stream was last published, without computing a grade.

The stamps are compared for being the same, never for being later: a transaction that stamped early and commits late
makes them differ from what was read before, whatever moment it wrote.
"""

import hashlib

from django.db.models import Max

from courses.models import Course, Enrollment
from feed.models import Stream


def stamps_of(stream: Stream) -> str:
    """Read before grades are computed; what is committed in between is then found by the next publication."""
    course = Course.objects.filter(pk=stream.course_id).annotate(number=Max("policies__number"))
    students = Enrollment.objects.students().filter(course=stream.course_id).order_by("pk")
    if stream.student_id:
        students = students.filter(pk=stream.student_id).values_list("pk", "is_active", "released_changed_at")
    else:
        students = students.values_list("pk", "is_active", "grade_changed_at", "released_changed_at")
    found = [*course.values_list("grades_changed_at", "number"), *students]
    return hashlib.blake2b(repr(found).encode(), digest_size=32).hexdigest()
