"""A talk as one member may see it: its questions, its feedback, the running order of a meeting."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256

from django.db.models import Count, Exists, OuterRef
from django.utils import timezone

from courses.models import Course, Enrollment, Meeting, Page
from digest.policies import may_use
from digest.queries import read_digest
from digest.sheets import Sheet, sheet_of
from presentations.models import Slot
from reviews.models import ReviewRules
from talks import policies
from talks.models import Feedback, Question, Release, TalkRules, Vote


@dataclass(frozen=True, slots=True)
class ShownQuestion:
    handle: str
    name: str
    text: str
    votes: int
    is_own: bool
    has_my_vote: bool
    is_answered: bool
    is_hidden: bool


@dataclass(frozen=True, slots=True)
class Section:
    title: str
    minutes: int
    starts_at: datetime  # in the course's zone

    @property
    def clock(self) -> str:
        return f"{self.starts_at:%H:%M}"


@dataclass(frozen=True, slots=True)
class Turn:
    """A talk's place in the running order; `questions` as everybody in the room may see them."""

    slot: Slot
    sections: list[Section]
    questions: list[ShownQuestion]
    may_moderate: bool
    may_vote: bool


@dataclass(frozen=True, slots=True)
class ShownField:
    """What was said in one field. The texts stand in an order of their own in each field, so that none can be tied together."""

    label: str
    kind: str
    counts: list[tuple[int, int]]  # of a score: (1 to 5, how often)
    mean: float | None
    texts: list[str]


@dataclass(frozen=True, slots=True)
class Summary:
    answers: int | None  # None, with empty fields: fewer than may be shown to this reader
    fields: list[ShownField]
    staff: list[tuple[str, list[tuple[str, str]]]]  # (name, [(label, answer)])


def questions_of(viewer: Enrollment, slot: Slot, *, on_the_wall: bool = False) -> list[ShownQuestion]:
    """Open ones first, most wanted first; hidden ones for who may hide them, never on the wall. One query."""
    return _questions(viewer, [slot], on_the_wall=on_the_wall)[slot.pk]


def _questions(viewer: Enrollment, slots: list[Slot], *, on_the_wall: bool) -> dict[int, list[ShownQuestion]]:
    mine = Vote.objects.filter(question=OuterRef("pk"), voter=viewer)
    rows = Question.objects.filter(slot__in=slots).select_related("author__user")
    rows = rows.annotate(wanted=Count("votes"), has_my_vote=Exists(mine))
    sees_hidden = {slot.pk for slot in slots if not on_the_wall and policies.may_moderate(viewer, slot)}
    found: dict[int, list] = {slot.pk: [] for slot in slots}
    for row in sorted(rows, key=_place):
        if row.hidden_at is None or row.slot_id in sees_hidden:
            found[row.slot_id].append(_shown(viewer, row, on_the_wall=on_the_wall))
    return found


def _place(row: Question) -> tuple:
    return row.hidden_at is not None, row.answered_at is not None, -row.wanted, row.asked_at


def _shown(viewer: Enrollment, row: Question, *, on_the_wall: bool) -> ShownQuestion:
    is_own = row.author_id == viewer.pk and not on_the_wall
    named = row.author.user.name if policies.sees_asker(viewer, row, on_the_wall=on_the_wall) else "A student"
    return ShownQuestion(
        handle=row.handle,
        name="You" if is_own else named,
        text=row.text,
        votes=row.wanted,
        is_own=row.author_id == viewer.pk,
        has_my_vote=row.has_my_vote,
        is_answered=row.answered_at is not None,
        is_hidden=row.hidden_at is not None,
    )


def readable_questions(viewer: Enrollment, slot: Slot | None = None):
    """Those that the viewer may see: hidden ones only for staff, and on their own talks for presenters."""
    rows = Question.objects.filter(slot__course=viewer.course_id)
    if viewer.is_staff:
        return rows
    own = Slot.objects.filter(roles__sign_ups__enrollment=viewer, roles__sign_ups__withdrawn_at=None)
    return rows.filter(hidden_at=None) | rows.filter(slot__in=own.values("pk"))


def guideline_of(rules: TalkRules) -> Page | None:
    return Page.objects.filter(course=rules.course_id, key=rules.guideline).first()


def running_order(viewer: Enrollment, meeting: Meeting) -> list[Turn]:
    """The meeting's talks with their sections by the clock; reads viewer.course and its rules."""
    rules = TalkRules.of(viewer.course)
    slots = list(Slot.objects.filter(meeting=meeting).for_display())
    questions = _questions(viewer, slots, on_the_wall=True)
    start, turns = viewer.course.at(meeting.date, meeting.starts_at), []
    for slot in slots:
        sections = []
        for each in rules.sections:
            sections.append(Section(each["title"], each["minutes"], start))
            start += timedelta(minutes=each["minutes"])
        may_vote = policies.may_take_part(viewer) and rules.takes_questions_on(slot, timezone.now())
        turns.append(Turn(slot, sections, questions[slot.pk], policies.may_moderate(viewer, slot), may_vote))
    return turns


@dataclass(frozen=True, slots=True)
class ShownDigest:
    """What was picked from the reviews of the talk's paper, as the class may hear it; `sheet` is None while the reviews are not
    open to this reader.
    """

    sheet: Sheet | None


def digest_of(viewer: Enrollment, slot: Slot) -> ShownDigest | None:
    """For who may use the digest, by the reviews' rules; None for everybody else and where there is none."""
    paper = slot.paper
    if paper is None or ReviewRules.of(viewer.course) is None:
        return None
    if not may_use(viewer, paper, is_presenter=policies.presents(viewer, slot)):
        return None
    paper.meeting = slot.meeting if paper.meeting_id == slot.meeting_id else paper.meeting
    reading = read_digest(viewer, paper)
    return ShownDigest(sheet_of(paper, reading) if reading.is_open else None)


# Feedback


def own_feedback(viewer: Enrollment, slot: Slot) -> dict:
    """{field key: answer} that the viewer has given."""
    return Feedback.objects.filter(slot=slot, author=viewer).values_list("answers", flat=True).first() or {}


def is_released(slot: Slot) -> bool:
    return Release.objects.filter(slot=slot).exists()


def is_open_to_presenters(slot: Slot, rules: TalkRules) -> bool:
    """Released, and closed: while answers come in one by one, each would show in the summary as it came."""
    return timezone.now() >= rules.feedback_closes(slot) and is_released(slot)


def summary_of(viewer: Enrollment, slot: Slot) -> Summary | None:
    """What was said of the talk, or None where it is not for the viewer."""
    rules = TalkRules.of(viewer.course)
    is_open = viewer.is_staff or is_open_to_presenters(slot, rules)
    if not policies.may_read_feedback(viewer, slot, is_open_to_presenters=is_open):
        return None
    presenters = [sign_up.enrollment_id for sign_up in slot.sign_ups if sign_up.enrollment_id]
    rows = Feedback.objects.filter(slot=slot).exclude(author__in=presenters).select_related("author__user").order_by("handle")
    rows = list(rows)
    audience = [(row.handle, row.answers) for row in rows if not row.is_by_staff]
    staff = [(row.author.user.name, _spelled(rules.feedback, row.answers)) for row in rows if row.is_by_staff]
    if not viewer.is_staff and len(audience) < policies.ANSWERS_TO_SHOW:
        return Summary(None, [], staff)
    return Summary(len(audience), [_field(field, audience) for field in rules.feedback], staff)


def _spelled(fields: list[dict], answers: dict) -> list[tuple[str, str]]:
    return [(field["label"], str(answers[field["key"]])) for field in fields if field["key"] in answers]


def _field(field: dict, audience: list[tuple[str, dict]]) -> ShownField:
    key, is_score = field["key"], field["kind"] == "score"
    given = [(handle, answers[key]) for handle, answers in audience if key in answers]
    # A field that was of the other kind when it was filled in has answers that do not fit.
    given = [(handle, answer) for handle, answer in given if isinstance(answer, int) is is_score]
    if not is_score:
        given.sort(key=lambda pair: sha256(f"{key} {pair[0]}".encode()).digest())
        return ShownField(field["label"], "text", [], None, [answer for _, answer in given])
    counts = Counter(answer for _, answer in given)
    mean = sum(answer for _, answer in given) / len(given) if given else None
    return ShownField(field["label"], "score", [(n, counts[n]) for n in range(1, 6)], mean, [])


# What staff ask


@dataclass(frozen=True, slots=True)
class FeedbackFact:
    """A talk of somebody else that a student has judged; never what they said."""

    slot_id: int
    title: str
    meeting_date: date


def feedback_facts(course: Course, *, only: Iterable[int] | None = None) -> dict[int, list[FeedbackFact]]:
    """{enrollment id: the talks they gave feedback on, by date}; one query. For staff and for grading."""
    rows = Feedback.objects.filter(slot__course=course, is_by_staff=False).select_related("slot__meeting", "slot__paper")
    if only is not None:
        rows = rows.filter(author__in=only)
    facts: dict[int, list[FeedbackFact]] = {}
    for row in rows.order_by("slot__meeting__date", "slot"):
        facts.setdefault(row.author_id, []).append(FeedbackFact(row.slot_id, str(row.slot), row.slot.meeting.date))
    return facts
