"""Who pulls what, and who says where it is pushed."""

from courses.models import Enrollment
from courses.policies import require_instructor


def stream_owner(reader: Enrollment) -> Enrollment | None:
    """Whose stream this reader of grades gets: their own for a student, None (the course's) for an instructor."""
    return None if reader.is_instructor else reader


def require_webhooks(user, course_slug: str) -> Enrollment:
    """A webhook is sent the instructor's view, so nobody else may have it sent anywhere."""
    return require_instructor(user, course_slug)
