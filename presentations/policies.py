"""Who may do what with presentations. `Slot.objects.visible_to` is the set to `may_see`."""

from django.utils import timezone

from courses.models import Course, Enrollment
from presentations.models import PresentationRules, SlidesShown, Slot


def may_see(enrollment: Enrollment | None, course: Course) -> bool:
    """Whether a person, or a visitor (None), may see the course's slots, presenters and slides."""
    return course.is_public or (enrollment is not None and enrollment.is_active and enrollment.course_id == course.pk)


def sees_board(enrollment: Enrollment | None) -> bool:
    """Who has presented and who has not is for staff to know."""
    return enrollment is not None and enrollment.is_active and enrollment.is_staff


def may_assign(enrollment: Enrollment | None) -> bool:
    return enrollment is not None and enrollment.is_active and enrollment.is_instructor


def may_sign_up(enrollment: Enrollment | None) -> bool:
    """Take a place, wait for one, hand one over: for students. When, and which, is for the rules to say."""
    return enrollment is not None and enrollment.is_active and enrollment.is_student


def may_add_slides(enrollment: Enrollment | None, slot: Slot) -> bool:
    """The slot's presenters and staff; reads the slot's sign-ups as `for_display` loads them."""
    if enrollment is None or not enrollment.is_active or enrollment.course_id != slot.course_id:
        return False
    return enrollment.is_staff or any(sign_up.enrollment_id == enrollment.pk for sign_up in slot.sign_ups)


def sees_slides(viewer: Enrollment | None, slot: Slot) -> bool:
    """Of somebody who may see the slot: as the course says. Reads what `for_display` loads."""
    shown = PresentationRules.of(slot.course).slides_shown
    if shown == SlidesShown.EVERYBODY or may_add_slides(viewer, slot):
        return True
    if viewer is None or not viewer.is_active or viewer.course_id != slot.course_id:
        return False
    return shown == SlidesShown.MEMBERS or (not slot.is_homeless and slot.start <= timezone.now())
