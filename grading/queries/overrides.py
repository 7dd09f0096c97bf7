"""What stands in place of what the marks say."""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime

from django.db.models import Exists, OuterRef

from courses.models import Course, Enrollment
from grading import engine
from grading.models import Override


def overrides_of(
    course: Course, *, audience: str, only: Collection[int] | None = None, at: datetime | None = None
) -> dict[int, dict[str, engine.Override]]:
    """{enrollment id: {component key, "" for the letter: what is in force, now or at that moment}}; one query."""
    rows = Override.objects.filter(enrollment__course=course).seen_by(audience).order_by("pk")
    if at is not None:
        rows = rows.filter(set_at__lte=at)
    if only is not None:
        rows = rows.filter(enrollment__in=only)
    latest: dict[int, dict[str, Override]] = defaultdict(dict)
    for row in rows:
        latest[row.enrollment_id][row.component] = row
    return {
        student: {
            key: engine.Override(row.reason, row.percent, row.letter) for key, row in rows.items() if not row.is_taken_back
        }
        for student, rows in latest.items()
    }


def override_history(student: Enrollment) -> list[Override]:
    """Newest first; its first row's id is the revision that a change names."""
    return list(Override.objects.filter(enrollment=student).select_related("set_by"))


def has_overrides(audience: str):
    """Asked along with the students, so that a course without overrides pays no query for them."""
    return Exists(Override.objects.filter(enrollment=OuterRef("pk")).seen_by(audience))
