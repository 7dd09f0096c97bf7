"""The comment bank: what staff keep there, they all share."""

from django.db import transaction

from core.errors import DomainError
from core.text import text_problem, tidy
from courses.models import Course
from grading.given import MAX_COMMENT
from grading.models import Snippet

MAX_SNIPPETS = 200  # in one course


@transaction.atomic
def add_snippet(*, course: Course, text: str, by) -> Snippet:
    """Keep a comment; one that is there word for word is given back."""
    text = _checked(text)
    Course.objects.select_for_update(no_key=True).only("pk").get(pk=course.pk)
    there = Snippet.objects.filter(course=course)
    if found := there.filter(text=text).first():
        return found
    if there.count() >= MAX_SNIPPETS:
        raise DomainError(f"The comment bank is full: it holds {MAX_SNIPPETS}. Remove one first.", code="bank_is_full")
    return Snippet.objects.create(course=course, text=text, created_by=by)


@transaction.atomic
def edit_snippet(*, snippet: Snippet, text: str) -> Snippet:
    """Marks that used it keep what they say."""
    snippet.text = _checked(text)
    snippet.save(update_fields=["text"])
    return snippet


def remove_snippet(*, snippet: Snippet) -> None:
    """Marks that used it keep what they say."""
    Snippet.objects.filter(pk=snippet.pk).delete()


def _checked(text: str) -> str:
    text = tidy(text).strip()
    if not text:
        raise DomainError("Type the comment.", field="text")
    if problem := text_problem(text, limit=MAX_COMMENT):
        raise DomainError(problem, field="text")
    return text
