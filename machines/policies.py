"""Who may let a program at a course's grades."""

from django.core.exceptions import PermissionDenied

from courses.models import Course, Enrollment
from machines.models import MachineClient


def grantable_courses(user):
    """The courses that this person may let a client reach: those they teach; every one for the administrator."""
    if user.is_superuser:
        return Course.objects.order_by("slug")
    taught = Enrollment.objects.active().instructors().filter(user=user).values("course")
    return Course.objects.filter(pk__in=taught).order_by("slug")


def require_client_maker(user) -> None:
    if not grantable_courses(user).exists() and not user.is_superuser:
        raise PermissionDenied("This page is for instructors and the administrator.")


def may_revoke(user, client: MachineClient) -> bool:
    """Who made it, and the administrator. Another instructor takes back their own course only."""
    return user.is_superuser or client.created_by_id == user.pk
