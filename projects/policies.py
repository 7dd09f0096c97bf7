"""Who may do what with teams and deliverables.

`Team.objects.readable_by` is the set to `may_read_of`, `Deliverable.objects.visible_to` that to `may_read`.
"""

from collections.abc import Iterable

from django.http import Http404

from courses.models import Enrollment
from courses.policies import may_mark_work_of
from projects.models import Deliverable, ProjectRules, Team, TeamMember


def may_read_of(viewer: Enrollment, team: Team, members: Iterable[TeamMember]) -> bool:
    """Whether this person may read what the team hands in; `members` are those it has now, with their enrollments."""
    if not viewer.is_active or viewer.course_id != team.course_id:
        return False
    if viewer.is_instructor:
        return True
    people = [member.enrollment for member in members]
    if viewer.is_staff:
        return any(may_mark_work_of(viewer, person) for person in people)
    return viewer.is_student and viewer in people


def may_read(viewer: Enrollment, deliverable: Deliverable, members: Iterable[TeamMember]) -> bool:
    return may_read_of(viewer, deliverable.team, members)


def may_arrange_teams(viewer: Enrollment) -> bool:
    """Staff set members by hand and delete empty teams; an assistant with a section does not, for teams cross sections."""
    return viewer.is_active and (viewer.is_instructor or (viewer.is_staff and not viewer.section))


def require_rules(enrollment: Enrollment) -> ProjectRules:
    """The course's rules; Http404 where there are no projects. Reads enrollment.course."""
    rules = ProjectRules.of(enrollment.course)
    if rules is None:
        raise Http404("This course has no projects.")
    return rules


def may_edit(viewer: Enrollment, members: Iterable[TeamMember]) -> bool:
    return may_arrange_teams(viewer) or any(member.enrollment_id == viewer.pk for member in members)
