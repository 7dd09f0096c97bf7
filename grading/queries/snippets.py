"""The comment bank."""

from courses.models import Course
from grading.models import Snippet


def snippets_of(course: Course) -> list[Snippet]:
    """In the order of the numbers that insert them."""
    return list(Snippet.objects.filter(course=course).select_related("created_by"))
