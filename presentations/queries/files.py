"""The files of slides that somebody may open."""

from django.http import Http404
from django.shortcuts import get_object_or_404

from courses.models import Course, Enrollment
from presentations.models import Slides, Slot
from presentations.policies import sees_slides


def shown_file(course: Course, viewer: Enrollment | None, slot_key: str, number: int) -> Slides:
    """Raises Http404 for a version that is not there, is a link, or is not shown to this viewer."""
    slot = get_object_or_404(Slot.objects.filter(course=course).for_display(), key=slot_key)
    slides = next((each for each in slot.slides.all() if each.number == number and each.file), None)
    if slides is None or not sees_slides(viewer, slot):
        raise Http404("No such slides.")
    return slides
