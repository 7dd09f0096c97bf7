"""Who attended and discussed at which meeting; every change is kept."""

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from courses.models import Course, Enrollment, Meeting
from courses.policies import students_marked_by


class ParticipationRules(models.Model):
    course = models.OneToOneField(Course, on_delete=models.CASCADE, primary_key=True, related_name="participation_rules")
    attended_points = models.DecimalField(max_digits=6, decimal_places=2, default=4)
    discussed_points = models.DecimalField(max_digits=6, decimal_places=2, default=2)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(attended_points__gte=0, discussed_points__gte=0),
                name="participation_points_are_not_negative",
            )
        ]

    @staticmethod
    def of(course: Course) -> "ParticipationRules | None":
        """The rules of a course, None when it does not record participation; asked for once per course object."""
        return getattr(course, "participation_rules", None)

    def points_for(self, attended: bool, discussed: bool) -> Decimal:
        return self.attended_points * attended + self.discussed_points * discussed

    @property
    def points_per_meeting(self) -> Decimal:
        return self.attended_points + self.discussed_points


def in_words(attended: bool, discussed: bool) -> str:
    if discussed:
        return "attended and discussed"
    return "attended" if attended else "not there"


class RecordQuerySet(models.QuerySet):
    def visible_to(self, enrollment: Enrollment):
        """A student's own records; staff, those of the students whose work they mark."""
        if enrollment.is_staff and enrollment.is_active:
            return self.filter(meeting__course=enrollment.course_id, enrollment__in=students_marked_by(enrollment))
        if enrollment.is_student and enrollment.is_active:
            return self.filter(meeting__course=enrollment.course_id, enrollment=enrollment)
        return self.none()


class Record(models.Model):
    """One student at one meeting: recorded by the student, confirmed or corrected by staff."""

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="participation_records")
    enrollment = models.ForeignKey(Enrollment, on_delete=models.PROTECT, related_name="participation_records")
    attended = models.BooleanField(default=False)
    discussed = models.BooleanField(default=False)
    revision = models.PositiveIntegerField(default=0)
    changed_at = models.DateTimeField(default=timezone.now)
    # Set once staff have confirmed or corrected it; from then on the student cannot change it.
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    confirmed_at = models.DateTimeField(null=True, blank=True)

    objects = RecordQuerySet.as_manager()

    class Meta:
        ordering = ["meeting", "enrollment"]
        constraints = [
            models.UniqueConstraint(fields=["meeting", "enrollment"], name="one_participation_record_per_meeting_and_student"),
            models.CheckConstraint(
                condition=models.Q(attended=True) | models.Q(discussed=False), name="who_discussed_also_attended"
            ),
        ]

    @property
    def is_confirmed(self) -> bool:
        return self.confirmed_at is not None

    @property
    def in_words(self) -> str:
        return in_words(self.attended, self.discussed)


class RecordChangeQuerySet(models.QuerySet):
    def corrections(self):
        """What staff set otherwise than it stood; what they only confirmed is none."""
        is_other = Q(attended_before=None) | ~Q(attended_before=F("attended")) | ~Q(discussed_before=F("discussed"))
        return self.filter(is_other).exclude(changed_by=F("record__enrollment__user"))


class RecordChange(models.Model):
    """What a record was set to, from what (None: nothing was recorded), when, by whom and why.

    Rows are only ever added, which the database holds.
    """

    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="changes")
    attended = models.BooleanField()
    discussed = models.BooleanField()
    attended_before = models.BooleanField(null=True)
    discussed_before = models.BooleanField(null=True)
    reason = models.CharField(max_length=300, blank=True)  # why staff set it, for staff
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField(default=timezone.now)

    objects = RecordChangeQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]

    @property
    def in_words(self) -> str:
        return in_words(self.attended, self.discussed)

    @property
    def before_in_words(self) -> str:
        return "nothing recorded" if self.attended_before is None else in_words(self.attended_before, self.discussed_before)
