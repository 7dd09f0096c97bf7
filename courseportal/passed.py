"""What a room's pages are told by a room above it; `urls` hands it in, so that imports point down only."""

from courses.models import Course
from grading.queries import read_in_force


def courses_of(user) -> list[tuple[str, str]]:
    """The (slug, title) of every course that the person is in."""
    return [(course.slug, str(course)) for course in Course.objects.joined_by(user)]


def counted_milestones(course: Course) -> frozenset[str] | None:
    """The keys of the milestones that the grading policy counts; None for all of them, or before there is a policy."""
    row, policy = read_in_force(course)
    readers = [component for component in policy.leaves() if component.source == "milestones"]
    if row is None or any(component.milestones is None for component in readers):
        return None
    return frozenset(key for component in readers for key in component.milestones)
