"""Every write to teams and deliverables.

Locks are taken in one order everywhere: the course's project rules (who is in which team), then teams by
id, then the students' stamps.
"""

from collections.abc import Iterable

from django.db import transaction
from django.db.models import Max, ProtectedError
from django.utils import timezone

from accounts.models import User
from core.errors import DomainError
from core.links import check_link
from core.locking import lock_row
from core.text import text_problem, tidy
from core.uploads import PDF, PPTX, TEXT, ZIP, check_upload
from courses.actions import stamp_grade_change
from courses.models import Course, Enrollment
from projects.models import Deliverable, Milestone, ProjectRules, Team, TeamMember

DELIVERABLE_KINDS = (PDF, PPTX, ZIP, TEXT)
MAX_NOTE = 5_000  # characters


@transaction.atomic
def create_team(*, course: Course, enrollment: Enrollment | None, name: str, topic: str = "") -> Team:
    """Make a team with the student as its first member, or an empty one (None) for staff to fill."""
    _lock_rules(course)
    if enrollment is not None:
        _require_free_student(course, enrollment)
    name, topic = _name(name), _topic(topic)
    _require_new_name(course, name)
    team = Team.objects.create(course=course, name=name, topic=topic)
    if enrollment is not None:
        _add_member(team, enrollment)
    return team


@transaction.atomic
def join_team(*, team: Team, enrollment: Enrollment) -> Team:
    """Become a member while there is room and nothing is handed in; joining one's own team again changes nothing.

    Afterwards only staff move people: whoever joins reads what the team has handed in, and gets its marks.
    """
    rules = _lock_rules(team.course)
    team = lock_row(Team.objects.select_for_update(no_key=True), team.pk)
    if team.members.filter(enrollment=enrollment).exists():
        return team
    _require_free_student(team.course, enrollment)
    if team.deliverables.exists():
        raise DomainError(f"The members of {team.name} are fixed by now. Ask staff if you are to be in it.", code="handed_in")
    if team.members.count() >= rules.max_team_size:
        raise DomainError(f"{team.name} is full: a team has at most {rules.max_team_size} members.", code="team_is_full")
    _add_member(team, enrollment)
    return team


@transaction.atomic
def leave_team(*, team: Team, enrollment: Enrollment) -> Team:
    """Leave before anything was handed in; afterwards only staff move people."""
    _lock_rules(team.course)
    team = lock_row(Team.objects.select_for_update(no_key=True), team.pk)
    membership = team.members.filter(enrollment=enrollment).first()
    if membership is None:
        raise DomainError("You are not in this team any more.", code="not_a_member")
    if team.deliverables.exists():
        raise DomainError(
            "Your team has handed something in, so its members are fixed. Ask staff if you need to move.", code="handed_in"
        )
    membership.delete()
    stamp_grade_change(enrollments=[enrollment], seen_by_student=True)
    return team


@transaction.atomic
def rename_team(*, team: Team, name: str, topic: str) -> Team:
    _lock_rules(team.course)
    team = lock_row(Team.objects.select_for_update(no_key=True), team.pk)
    name, topic = _name(name), _topic(topic)
    if name != team.name:
        _require_new_name(team.course, name)
    team.name, team.topic = name, topic
    team.save(update_fields=["name", "topic"])
    return team


@transaction.atomic
def set_team_members(*, team: Team, enrollments: Iterable[Enrollment], by: User) -> Team:
    """Make exactly these students the team's members; who was in another team moves. For staff.

    Members who have left the course stay members: who comes back finds their team, with its work and its marks.
    """
    rules = _lock_rules(team.course)
    wanted = {enrollment.pk: enrollment for enrollment in enrollments}
    if len(wanted) > rules.max_team_size:
        raise DomainError(f"A team has at most {rules.max_team_size} members; these are {len(wanted)}.", field="members")
    students = Enrollment.objects.active().students().filter(course=team.course_id, pk__in=wanted)
    if students.count() != len(wanted):
        raise DomainError("Some of these people are not active students of this course.", field="members", code="not_a_student")
    moved = TeamMember.objects.filter(enrollment__in=wanted).exclude(team=team)
    touched = {team.pk, *moved.values_list("team_id", flat=True)}
    list(Team.objects.select_for_update(no_key=True).filter(pk__in=touched).order_by("pk"))
    gone = team.members.filter(enrollment__is_active=True).exclude(enrollment__in=wanted)
    changed = {member.enrollment_id for member in (*moved, *gone)}
    moved.delete()
    gone.delete()
    staying = set(team.members.values_list("enrollment_id", flat=True))
    TeamMember.objects.bulk_create(TeamMember(team=team, enrollment_id=pk) for pk in wanted if pk not in staying)
    stamp_grade_change(enrollments=changed | (set(wanted) - staying), seen_by_student=True)
    return team


@transaction.atomic
def delete_team(*, team: Team) -> None:
    """Delete a team that nobody of the course is in and that has handed in nothing."""
    _lock_rules(team.course)
    team = lock_row(Team.objects.select_for_update(), team.pk)
    if team.members.filter(enrollment__is_active=True).exists():
        raise DomainError(f"{team.name} has members; move them first.", code="has_members")
    if team.deliverables.exists():
        raise DomainError(f"{team.name} has handed something in, so it is kept.", code="handed_in")
    try:
        team.delete()
    except ProtectedError:
        raise DomainError(f"{team.name} has marks, so it is kept.", code="has_marks") from None


def _lock_rules(course: Course) -> ProjectRules:
    """Serialise changes to who is in which team of the course."""
    rules = ProjectRules.objects.select_for_update(no_key=True).filter(course=course).first()
    if rules is None:
        raise DomainError("This course has no projects.", code="no_projects")
    return rules


def _require_free_student(course: Course, enrollment: Enrollment) -> None:
    # Asked anew: the enrollment at hand may have been read before a withdrawal from the course.
    if not Enrollment.objects.active().students().filter(course=course, pk=enrollment.pk).exists():
        raise DomainError("Only active students of this course are in its teams.", code="not_a_student")
    current = Team.objects.filter(members__enrollment=enrollment).first()
    if current is not None:
        raise DomainError(f"You are in {current.name} already. Leave it before you change.", code="in_a_team")


def _add_member(team: Team, enrollment: Enrollment) -> None:
    TeamMember.objects.create(team=team, enrollment=enrollment)
    stamp_grade_change(enrollments=[enrollment], seen_by_student=True)


def _line(text: str, *, limit: int, field: str) -> str:
    """Text on one line that can be stored."""
    line = " ".join(tidy(text).split())
    if problem := text_problem(line, limit=limit):
        raise DomainError(problem, field=field)
    return line


def _name(text: str) -> str:
    name = _line(text, limit=Team._meta.get_field("name").max_length, field="name")
    if not name:
        raise DomainError("Give the team a name.", field="name")
    return name


def _topic(text: str) -> str:
    return _line(text, limit=Team._meta.get_field("topic").max_length, field="topic")


def _require_new_name(course: Course, name: str) -> None:
    if Team.objects.filter(course=course, name=name).exists():
        raise DomainError("Another team has this name.", field="name", code="name_is_taken")


@transaction.atomic
def add_deliverable(*, team: Team, milestone: Milestone, by: User, note: str = "", url: str = "", upload=None) -> Deliverable:
    """Hand in a new version for the team: a file, a link or both. Raises DomainError (code "closed") after the grace."""
    now = timezone.now()
    if milestone.course_id != team.course_id:
        raise DomainError("This milestone belongs to another course.", code="other_course")
    team = lock_row(Team.objects.select_for_update(no_key=True), team.pk)
    members = set(team.members.values_list("enrollment_id", flat=True))
    if not Enrollment.objects.active().filter(pk__in=members, user=by).exists():
        raise DomainError("Only the team's members hand in for it.", code="not_a_member")
    # Held until the work is in: the milestone's removal at this moment would fail it only when it commits.
    course, milestone = milestone.course, lock_row(Milestone.objects.select_for_update(no_key=True), milestone.pk)
    milestone.course = course
    _require_open(milestone, now)
    number = (team.deliverables.filter(milestone=milestone).aggregate(highest=Max("number"))["highest"] or 0) + 1
    deliverable = Deliverable(team=team, milestone=milestone, number=number, submitted_by=by, submitted_at=now)
    deliverable.is_late = now > milestone.due_at
    _fill(deliverable, note, url, upload)
    deliverable.save()
    stamp_grade_change(enrollments=members, seen_by_student=True)
    return deliverable


def _require_open(milestone: Milestone, now) -> None:
    if now > milestone.closes_at:
        course = milestone.course
        there = course.local(milestone.closes_at)
        raise DomainError(
            f"{milestone.title} closed on {there:%A} {there.day} {there:%B %Y} at {there:%H:%M} ({course.time_zone}). "
            "Nothing was handed in. Ask staff if this is wrong.",
            code="closed",
        )


def _fill(deliverable: Deliverable, note: str, url: str, upload) -> None:
    deliverable.note = tidy(note)
    if problem := text_problem(deliverable.note, limit=MAX_NOTE):
        raise DomainError(problem, field="note")
    if not upload and not url.strip():
        raise DomainError("Hand in a file, a link or both.", field="file", code="nothing_handed_in")
    if url.strip():
        deliverable.url = check_link(url)
    if upload:
        checked = check_upload(upload, allowed=DELIVERABLE_KINDS)
        deliverable.file_kind, deliverable.file_name = checked.kind, checked.safe_name
        deliverable.file.save(checked.safe_name, upload, save=False)
