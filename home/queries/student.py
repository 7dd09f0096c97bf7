"""A student's home: what is owed, what is done, the term at a glance, the grade so far."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone

from courses.deadlines import Deadline, State
from courses.models import Enrollment, Meeting
from grading.presenting import present
from grading.queries import grades_of
from home.queries.agenda import meetings_of, next_meeting
from planner.queries import to_do
from presentations.queries import Presenting, presenting
from reviews.queries import Progress, progress_of

SOON = timedelta(days=14)  # what is due later is folded away
NEAR = timedelta(days=7)  # what the term strip calls owed, not merely to come
VERBS = {
    "review": "Write",
    "participation": "Record",
    "milestone": "Hand in",
    "presentation": "Look",
    "slides": "Add",
    "wishes": "Rank",
}
KINDS = {
    "review": "Review",
    "participation": "Participation",
    "milestone": "Project",
    "presentation": "Presentation",
    "slides": "Slides",
    "wishes": "What you would like to present",
}
DONE = {"participation": "recorded", "presentation": "given", "wishes": "ranked"}
UNTOUCHED = {
    "participation": "not recorded",
    "milestone": "not handed in",
    "presentation": "to come",
    "slides": "not handed in",
    "wishes": "nothing ranked",
}


@dataclass(frozen=True)
class Item:
    """One line of the to-do list."""

    deadline: Deadline
    now: datetime

    @property
    def is_overdue(self) -> bool:
        return self.deadline.due_at < self.now

    @property
    def kind(self) -> str:
        return KINDS.get(self.deadline.kind, self.deadline.kind)

    @property
    def action(self) -> str:
        if self.deadline.state == State.DRAFT:
            return "Finish" if self.is_overdue else "Continue"
        return VERBS.get(self.deadline.kind, "Open")

    @property
    def words(self) -> str:
        """The chip's text."""
        state, count = self.deadline.state, self.deadline.words
        if state == State.DRAFT and count is not None:
            return f"draft, {count} word{'' if count == 1 else 's'}"
        if state == State.OPEN:
            return UNTOUCHED.get(self.deadline.kind, "not begun")
        if state == State.SUBMITTED and self.deadline.kind in DONE:
            return DONE[self.deadline.kind]
        return state.value

    @property
    def is_due_within_a_day(self) -> bool:
        return self.deadline.due_at - self.now < timedelta(hours=24)

    @property
    def is_urgent(self) -> bool:
        return self.deadline.due_at - self.now < timedelta(hours=48)


GLYPHS = {"done": "✓", "missed": "×", "owed": "!", "draft": "…", "off": "–"}
WORDS = {"done": "done", "missed": "missed", "owed": "owed", "draft": "draft, not submitted", "off": "no meeting"}


@dataclass(frozen=True)
class TermDay:
    """One cell of the term strip. `state` is a key of WORDS, or "" for what is to come."""

    meeting: Meeting
    state: str
    is_mine: bool
    is_next: bool
    is_over: bool
    url: str

    @property
    def glyph(self) -> str:
        return GLYPHS.get(self.state, "")

    @property
    def title(self) -> str:
        papers = "; ".join(paper.title for paper in self.meeting.readings)
        return papers or self.meeting.topic or f"{self.meeting.get_kind_display()} meeting"

    @property
    def words(self) -> str:
        parts = [WORDS.get(self.state), self.is_mine and "you present", self.is_next and "next meeting"]
        return ", ".join(part for part in parts if part) or ("over" if self.is_over else "to come")


@dataclass(frozen=True)
class StudentHome:
    owed: list[Item]
    later: list[Item]
    optional: list[Item]
    settled: list[Item]
    progress: Progress
    term: list[TermDay]
    presenting: list[Presenting]
    today: list[Meeting]  # those that take place

    @property
    def progress_words(self) -> str:
        return f"{self.progress.submitted} of {self.progress.required} reviews submitted"


def student_home(enrollment: Enrollment) -> StudentHome:
    now = timezone.now()
    meetings = meetings_of(enrollment.course)
    deadlines = to_do(enrollment, meetings)
    items = [Item(deadline, now) for deadline in deadlines]
    owed = [item for item in items if item.deadline.is_owed]
    still_open = (State.OPEN, State.DRAFT)
    mine = presenting(enrollment)
    today = enrollment.course.today()
    return StudentHome(
        owed=[item for item in owed if item.deadline.due_at <= now + SOON],
        later=[item for item in owed if item.deadline.due_at > now + SOON],
        optional=[item for item in items if item.deadline.state in still_open and not item.deadline.is_required],
        settled=[item for item in reversed(items) if item.deadline.state not in still_open],
        progress=progress_of(enrollment, [each.state for each in deadlines if each.kind == "review"]),
        term=term_of(enrollment, meetings, deadlines, mine, now),
        presenting=[each for each in mine if each.slot.meeting.date >= today],
        today=[meeting for meeting in meetings if meeting.date == today and not meeting.is_holiday],
    )


def term_of(
    enrollment: Enrollment, meetings: list[Meeting], deadlines: list[Deadline], mine: list[Presenting], now: datetime
) -> list[TermDay]:
    upcoming = next_meeting(meetings)
    by_paper = {deadline.key: deadline for deadline in deadlines if deadline.kind == "review"}
    my_meetings = {each.slot.meeting_id for each in mine}
    schedule = reverse("home:course_page", args=[enrollment.course.slug])
    days = []
    for meeting in meetings:
        due = [by_paper[paper.key] for paper in meeting.readings if paper.key in by_paper]
        url = due[0].url if len(due) == 1 else f"{schedule}#meeting-{meeting.key}"
        state = "off" if meeting.is_holiday else _term_state(due, now)
        days.append(TermDay(meeting, state, meeting.pk in my_meetings, meeting is upcoming, meeting.end <= now, url))
    return days


def _term_state(due: list[Deadline], now: datetime) -> str:
    """The worst that can be said of a meeting's reviews."""
    states = {deadline.state for deadline in due if deadline.is_required}
    if State.MISSING in states:
        return "missed"
    if any(deadline.is_owed and deadline.state == State.OPEN and deadline.due_at <= now + NEAR for deadline in due):
        return "owed"
    if State.DRAFT in states:
        return "draft"
    return "done" if states and states <= {State.SUBMITTED, State.LATE, State.EXEMPT} else ""


def grade_so_far(enrollment: Enrollment) -> dict[str, Any] | None:
    """What is released, as `grading.presenting.present` shows it; None before the course has a policy."""
    grade = grades_of(enrollment.course, audience="student", enrollment_ids=[enrollment.pk]).get(enrollment.pk)
    if grade is None or not grade.policy_number:
        return None
    shown = present(grade)
    # The bar is as long as all the weights; what is not earned, or not yet, stays blank.
    shown["rest"] = float(grade.policy.weight_sum - grade.explanation.so_far.points)
    return shown
