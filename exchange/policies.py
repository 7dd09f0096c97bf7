"""Who takes what out."""

from django.core.exceptions import PermissionDenied

from courses.models import Enrollment


def may_export(viewer: Enrollment) -> bool:
    """Staff the course's reviews, a student their own; observers read and take nothing along."""
    return viewer.is_active and (viewer.is_staff or viewer.is_student)


def may_export_people(viewer: Enrollment) -> bool:
    return viewer.is_active and viewer.is_instructor


def require_export(viewer: Enrollment) -> None:
    if not may_export(viewer):
        raise PermissionDenied("Students take their own reviews along, and staff those of the course.")


def require_export_of_people(viewer: Enrollment) -> None:
    if not may_export_people(viewer):
        raise PermissionDenied("The list of people is the instructors'.")
