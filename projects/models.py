"""Project teams, milestones and what the teams hand in."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone

from courses.models import Course, Enrollment, key_validator
from courses.policies import students_marked_by


class ProjectRules(models.Model):
    course = models.OneToOneField(Course, on_delete=models.CASCADE, primary_key=True, related_name="project_rules")
    max_team_size = models.PositiveSmallIntegerField(default=3)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(max_team_size__gte=1), name="team_size_is_positive")]

    @staticmethod
    def of(course: Course) -> "ProjectRules | None":
        """The rules of a course, None when it has no projects; asked for once per course object."""
        return getattr(course, "project_rules", None)


class TeamQuerySet(models.QuerySet):
    def visible_to(self, enrollment: Enrollment):
        """Who is in which team is for everybody in the course to see."""
        return self.filter(course=enrollment.course_id) if enrollment.is_active else self.none()

    def readable_by(self, enrollment: Enrollment):
        """Whose deliverables this person may read: a student their own team's; staff, those of teams with a
        student whose work they mark; an instructor all, also of teams that everybody has left since."""
        teams = self.visible_to(enrollment)
        if enrollment.is_instructor:
            return teams
        people = (
            students_marked_by(enrollment) if enrollment.is_staff else Enrollment.objects.students().filter(pk=enrollment.pk)
        )
        return teams.filter(models.Exists(TeamMember.objects.filter(team=models.OuterRef("pk"), enrollment__in=people)))

    def for_display(self):
        return self.prefetch_related(models.Prefetch("members", TeamMember.objects.select_related("enrollment__user")))

    def with_handed_in(self):
        """`has_handed_in`: from then on only staff move its members."""
        return self.annotate(has_handed_in=models.Exists(Deliverable.objects.filter(team=models.OuterRef("pk"))))


class Team(models.Model):
    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="teams")
    name = models.CharField(max_length=80)
    topic = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    objects = TeamQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        constraints = [models.UniqueConstraint(fields=["course", "name"], name="team_name_is_unique_in_course")]

    def __str__(self):
        return self.name


class TeamMember(models.Model):
    """A student is in at most one team of a course (an enrollment belongs to one course)."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="members")
    enrollment = models.OneToOneField(Enrollment, on_delete=models.PROTECT, related_name="team_member")
    joined_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["joined_at", "pk"]


class Milestone(models.Model):
    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="milestones")
    key = models.SlugField(max_length=60, validators=[key_validator])
    title = models.CharField(max_length=200)
    description = models.TextField(blank=True)
    due_at = models.DateTimeField()
    grace_minutes = models.PositiveIntegerField(default=0)
    max_points = models.DecimalField(max_digits=6, decimal_places=2, default=10)
    position = models.PositiveSmallIntegerField(default=0)
    # No column: a page notes here whether the grading policy counts the milestone.
    is_counted = True

    class Meta:
        ordering = ["due_at", "position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["course", "key"], name="milestone_key_is_unique_in_course"),
            models.CheckConstraint(condition=models.Q(max_points__gt=0), name="milestone_max_points_is_positive"),
        ]

    def __str__(self):
        return self.title

    @property
    def closes_at(self) -> datetime:
        """The end of the grace; from then on nothing is taken."""
        return self.due_at + timedelta(minutes=self.grace_minutes)


class DeliverableQuerySet(models.QuerySet):
    def visible_to(self, enrollment: Enrollment):
        """What the teams handed in whose work this person may read."""
        return self.filter(team__in=Team.objects.readable_by(enrollment))

    def for_display(self):
        return self.select_related("submitted_by", "milestone", "team__course")


class Deliverable(models.Model):
    """One version of what a team handed in for a milestone: a file, a link or both."""

    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="deliverables")
    milestone = models.ForeignKey(Milestone, on_delete=models.PROTECT, related_name="deliverables")
    number = models.PositiveIntegerField()
    note = models.TextField(blank=True)
    url = models.URLField(max_length=500, blank=True)
    file = models.FileField(upload_to="deliverables/", blank=True)
    file_kind = models.CharField(max_length=8, blank=True)
    file_name = models.CharField(max_length=100, blank=True)
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    submitted_at = models.DateTimeField(default=timezone.now)
    is_late = models.BooleanField(default=False)

    objects = DeliverableQuerySet.as_manager()

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["team", "milestone", "number"], name="deliverable_number_is_unique"),
            models.CheckConstraint(condition=~models.Q(url="") | ~models.Q(file=""), name="deliverable_is_a_file_or_a_link"),
        ]
