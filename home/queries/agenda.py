"""The calendar of a course as pages show it: every meeting with its papers, presentations and scores."""

from collections import defaultdict
from dataclasses import dataclass, field

from django.utils import timezone

from courses.models import Course, Enrollment, Meeting, Paper
from presentations.models import Slot
from presentations.queries import slots_of_meetings
from reviews.queries import ScoreSummary, score_summaries


@dataclass(frozen=True)
class AgendaPaper:
    paper: Paper
    slots: list[Slot]
    scores: list[ScoreSummary] = field(default_factory=list)


@dataclass(frozen=True)
class AgendaMeeting:
    """`slots` are the presentations that are not of one of the meeting's papers."""

    meeting: Meeting
    papers: list[AgendaPaper]
    slots: list[Slot]
    is_today: bool
    is_next: bool

    @property
    def all_slots(self) -> list[Slot]:
        return [slot for paper in self.papers for slot in paper.slots] + self.slots


def meetings_of(course: Course) -> list[Meeting]:
    """In the calendar's order, with their course, and their papers as `readings`."""
    papers = defaultdict(list)
    for paper in Paper.objects.filter(meeting__course=course).order_by("position", "pk").defer("abstract"):
        papers[paper.meeting_id].append(paper)
    meetings = list(Meeting.objects.filter(course=course))
    for meeting in meetings:
        meeting.course, meeting.readings = course, papers[meeting.pk]
        for paper in meeting.readings:
            paper.meeting = meeting
    return meetings


def next_meeting(meetings: list[Meeting]) -> Meeting | None:
    """The first of these that takes place and is not over; reads their course."""
    now = timezone.now()
    return next((meeting for meeting in meetings if not meeting.is_holiday and meeting.end > now), None)


def agenda_of(course: Course, viewer: Enrollment | None) -> list[AgendaMeeting]:
    """The whole calendar; scores only where this viewer may read the reviews."""
    meetings = meetings_of(course)
    slots, scores = slots_of_meetings(course, viewer), score_summaries(course, viewer)
    upcoming, today = next_meeting(meetings), course.today()
    return [
        AgendaMeeting(
            meeting=meeting,
            papers=_papers(meeting, slots.get(meeting.pk, []), scores),
            slots=_other_slots(meeting, slots.get(meeting.pk, [])),
            is_today=meeting.date == today,
            is_next=meeting is upcoming,
        )
        for meeting in meetings
    ]


def _papers(meeting: Meeting, slots: list[Slot], scores: dict) -> list[AgendaPaper]:
    return [
        AgendaPaper(paper, [slot for slot in slots if slot.paper_id == paper.pk], scores.get(paper.pk, []))
        for paper in meeting.readings
    ]


def _other_slots(meeting: Meeting, slots: list[Slot]) -> list[Slot]:
    papers = {paper.pk for paper in meeting.readings}
    return [slot for slot in slots if slot.paper_id not in papers]
