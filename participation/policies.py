"""Who may record participation, and when. `Record.objects.visible_to` is the set to `may_see`."""

from datetime import UTC, datetime, timedelta

from django.http import Http404

from courses.models import Enrollment, Meeting
from courses.policies import may_mark_work_of
from participation.models import ParticipationRules, Record

# People come early and record while they wait; much earlier would be a promise, not a record.
OPENS_BEFORE = timedelta(minutes=15)


def opens_at(meeting: Meeting) -> datetime:
    """From when on the meeting's participation is recorded; reads meeting.course."""
    # In UTC, or it would be clock arithmetic, wrong in the night the clocks change.
    return meeting.course.local(meeting.start.astimezone(UTC) - OPENS_BEFORE)


def closes_at(meeting: Meeting) -> datetime:
    """Until when a student records their own: the end of the meeting's day in the course's zone."""
    return meeting.end_of_day


def is_open(meeting: Meeting, now: datetime) -> bool:
    return not meeting.is_holiday and opens_at(meeting) <= now < closes_at(meeting)


def may_see(viewer: Enrollment, record: Record) -> bool:
    if not viewer.is_active or viewer.course_id != record.meeting.course_id:
        return False
    if viewer.is_staff:
        return may_mark_work_of(viewer, record.enrollment)
    return viewer.is_student and record.enrollment_id == viewer.pk


def require_rules(enrollment: Enrollment) -> ParticipationRules:
    """The course's rules; Http404 where participation is not recorded. Reads enrollment.course."""
    rules = ParticipationRules.of(enrollment.course)
    if rules is None:
        raise Http404("This course does not record participation.")
    return rules
