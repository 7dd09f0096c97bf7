from django.db import transaction

from core.errors import DomainError, StaleVersion
from core.locking import lock_row
from core.text import text_problem, tidy
from courses.models import Enrollment
from grading.models import StaffNote


@transaction.atomic
def set_note(*, student: Enrollment, text: str, by, revision: int | None = None) -> StaffNote | None:
    """Note this about the student, in place of what is noted; blank takes it away. What is noted already changes nothing.

    `revision` is the id of the note that it replaces, 0 for none; None asks for no check. Answers the note that holds.
    """
    text = " ".join(tidy(text).split())
    if problem := text_problem(text, limit=StaffNote.MOST):
        raise DomainError(problem, field="text")
    student = lock_row(Enrollment.objects.select_for_update(no_key=True), student.pk)
    standing = StaffNote.objects.filter(enrollment=student).first()
    if (standing.text if standing else "") == text:
        return standing
    if revision is not None and revision != (standing.pk if standing else 0):
        words = f"Somebody has noted something else meanwhile: {standing.text or 'nothing'}. Nothing was changed."
        raise StaleVersion(words, current=standing)
    return StaffNote.objects.create(enrollment=student, text=text, written_by=by)
