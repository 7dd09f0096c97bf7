"""Notes of staff about students. No query that a student's answer is made of reads them."""

from collections.abc import Collection

from django.db.models import Max

from courses.models import Enrollment
from grading.models import StaffNote


def notes_of(students: Collection[int]) -> dict[int, StaffNote]:
    """{enrollment id: the note that holds}, without those that were taken away; one query."""
    newest = StaffNote.objects.filter(enrollment__in=students).order_by().values("enrollment").annotate(newest=Max("pk"))
    notes = StaffNote.objects.filter(pk__in=newest.values("newest")).exclude(text="").select_related("written_by")
    return {note.enrollment_id: note for note in notes}


def note_history(student: Enrollment) -> list[StaffNote]:
    """Newest first."""
    return list(StaffNote.objects.filter(enrollment=student).select_related("written_by"))
