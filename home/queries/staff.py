"""Ten minutes before class: the next meeting, what people thought of its papers, and what waits for staff."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from html import unescape

from django.db.models import Count, Q
from django.utils.html import strip_tags

from courses.models import Course, Enrollment, Meeting, Paper
from courses.policies import students_marked_by
from grading.queries.regrades import open_count
from home.queries.agenda import AgendaMeeting, AgendaPaper, agenda_of
from participation.models import Record
from presentations.queries import grading_facts as presentation_facts
from reviews.models import Field, FieldKind, Review, ReviewRules
from reviews.queries.fields import active_fields

WEEKS_AHEAD = timedelta(days=21)
# Fields of these names make the digest; a form that has none of them shows every text field.
DISCUSSED = ("strengths", "weaknesses", "questions")
SHOWN_FIRST = 4


@dataclass(frozen=True)
class Excerpt:
    name: str
    text: str


@dataclass(frozen=True)
class DigestField:
    label: str
    first: list[Excerpt]
    rest: list[Excerpt]


@dataclass(frozen=True)
class PaperBrief:
    """One paper of the next meeting; `students` is how many are to review it."""

    agenda: AgendaPaper
    reviewed: int
    students: int
    without_review: list[str]
    digest: list[DigestField]


@dataclass(frozen=True)
class StaffHome:
    next: AgendaMeeting | None
    papers: list[PaperBrief]
    coming: list[AgendaMeeting]
    without_slot: list[str]
    unmarked_reviews: int
    open_regrades: int
    last_meeting: Meeting | None
    recorded: int
    unconfirmed: int
    unconfirmed_before: int
    has_meetings: bool
    asks_for_reviews: bool


def staff_home(enrollment: Enrollment) -> StaffHome:
    course = enrollment.course
    agenda = agenda_of(course, enrollment)
    upcoming = next((meeting for meeting in agenda if meeting.is_next), None)
    students = list(Enrollment.objects.active().students().filter(course=course).for_display())
    facts = presentation_facts(course)
    last = _last_held(agenda, upcoming, course)
    unconfirmed = _unconfirmed(enrollment)
    return StaffHome(
        next=upcoming,
        papers=_briefs(course, upcoming, students),
        coming=_coming(agenda, upcoming, course),
        without_slot=[student.user.name for student in students if not facts.get(student.pk)],
        unmarked_reviews=_unmarked(enrollment),
        open_regrades=open_count(enrollment),
        last_meeting=last,
        recorded=_recorded(enrollment, last),
        unconfirmed=unconfirmed.get(last.pk, 0) if last else 0,
        unconfirmed_before=sum(count for meeting, count in unconfirmed.items() if last is None or meeting != last.pk),
        has_meetings=bool(agenda),
        asks_for_reviews=ReviewRules.of(course) is not None,
    )


def _coming(agenda: list[AgendaMeeting], upcoming: AgendaMeeting | None, course: Course) -> list[AgendaMeeting]:
    """Who presents in the three weeks after the next meeting."""
    end = course.today() + WEEKS_AHEAD
    if upcoming is None:
        return []
    after = agenda[agenda.index(upcoming) + 1 :]
    return [each for each in after if each.meeting.date <= end and (each.all_slots or each.meeting.is_holiday)]


def _last_held(agenda: list[AgendaMeeting], upcoming: AgendaMeeting | None, course: Course) -> Meeting | None:
    """The latest meeting that is over."""
    before = agenda[: agenda.index(upcoming)] if upcoming else agenda
    held = [each.meeting for each in before if not each.meeting.is_holiday]
    return held[-1] if held else None


def _briefs(course: Course, upcoming: AgendaMeeting | None, students: list[Enrollment]) -> list[PaperBrief]:
    if upcoming is None or not upcoming.papers:
        return []
    fields = _digest_fields(course)
    answers = _answers_by_paper([each.paper for each in upcoming.papers], students)
    return [_brief(each, answers[each.paper.pk], students, fields) for each in upcoming.papers]


def _digest_fields(course: Course) -> list[Field]:
    rules = ReviewRules.of(course)
    if rules is None:
        return []
    texts = [field for field in active_fields(rules) if field.kind == FieldKind.TEXT]
    return [field for field in texts if field.key in DISCUSSED] or texts


def _answers_by_paper(papers: list[Paper], students: list[Enrollment]) -> dict[int, list[tuple[int, dict]]]:
    """{paper id: [(enrollment id, {field key: text}), ...]} of what is submitted, in the order it came in."""
    rows = (
        Review.objects.submitted()
        .filter(paper__in=papers, reviewer__in=students)
        .order_by("current__submitted_at", "pk")
        .values_list("paper_id", "reviewer_id", "current__html")
    )
    found = defaultdict(list)
    for paper, reviewer, html in rows:
        found[paper].append((reviewer, {key: _text_of(rendered) for key, rendered in html.items()}))
    return found


def _text_of(rendered: str) -> str:
    """What a reader sees of an answer, without its markup."""
    return " ".join(unescape(strip_tags(rendered)).split())


def _brief(agenda: AgendaPaper, answers: list[tuple[int, dict]], students: list[Enrollment], fields: list[Field]) -> PaperBrief:
    names = {student.pk: student.user.name for student in students}
    wrote = {reviewer for reviewer, _ in answers}
    return PaperBrief(
        agenda=agenda,
        reviewed=len(wrote),
        students=len(students),
        without_review=[name for student, name in names.items() if student not in wrote],
        digest=[digest for field in fields if (digest := _digest(field, answers, names)).first],
    )


def _digest(field: Field, answers: list[tuple[int, dict]], names: dict[int, str]) -> DigestField:
    excerpts = [Excerpt(names[reviewer], texts[field.key]) for reviewer, texts in answers if texts.get(field.key)]
    return DigestField(field.label, excerpts[:SHOWN_FIRST], excerpts[SHOWN_FIRST:])


def _unmarked(enrollment: Enrollment) -> int:
    """Submitted reviews without points, of the students whose work this person marks."""
    reviews = Review.objects.submitted().filter(course=enrollment.course_id, reviewer__in=students_marked_by(enrollment))
    return reviews.filter(Q(mark=None) | Q(mark__points=None)).count()


def _records(enrollment: Enrollment):
    return Record.objects.filter(meeting__course=enrollment.course_id, enrollment__in=students_marked_by(enrollment)).order_by()


def _recorded(enrollment: Enrollment, meeting: Meeting | None) -> int:
    return _records(enrollment).filter(meeting=meeting).count() if meeting else 0


def _unconfirmed(enrollment: Enrollment) -> dict[int, int]:
    """{meeting id: records that staff have not confirmed}."""
    rows = _records(enrollment).filter(confirmed_at=None).values_list("meeting_id")
    return dict(rows.annotate(Count("pk")))
