"""From what the feature apps know to the engine's facts: which items a student has and where each stands.

A moment that has passed may change a grade without any write (a deadline makes open work missing), so every source also
gives, per student, the latest such moment.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from decimal import Decimal
from functools import cache, partial

from courses.models import Course
from discussion.queries import grading_facts as discussion_facts
from discussion.ratings import papers_reviewed_badly
from grading import engine
from grading.engine import Item, State
from grading.queries.excuses import excuse_items
from grading.queries.marks import Audience, Marks, marks_of
from grading.queries.past_marks import marks_at
from participation.models import ParticipationRules
from participation.queries import grading_facts as participation_facts
from presentations.queries import grading_facts as presentation_facts
from projects.queries import grading_facts as milestone_facts
from reviews.models import ReviewRules
from reviews.queries import facts_by_student as review_facts

NO_POINTS = Decimal(0)
ONE = Decimal(1)


@dataclass(slots=True)
class StudentFacts:
    """What one student's grade rests on. `moment` is the latest passed moment that changed an item's state."""

    sources: dict[str, tuple[Item, ...]] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    moment: datetime | None = None

    def passed(self, moment: datetime | None) -> None:
        if moment and (self.moment is None or moment > self.moment):
            self.moment = moment


@dataclass(frozen=True, slots=True)
class Gathering:
    """What every source needs to know while it is asked."""

    course: Course
    now: datetime
    marks: Marks
    policy: engine.Policy
    students: Mapping[int, StudentFacts]
    only: Collection[int] | None  # the students asked for, when not all are
    at: datetime | None = None  # the moment that is asked for, when it is not now

    @property
    def asked(self) -> dict:
        """What a feature's grading_facts take."""
        return {"only": self.only} if self.at is None else {"only": self.only, "at": self.at}


def gather(
    course: Course,
    policy: engine.Policy,
    *,
    audience: Audience,
    students: list[int],
    is_all: bool,
    now: datetime,
    at: datetime | None = None,
) -> dict[int, StudentFacts]:
    """Facts of these students under the sources that the policy reads; constant queries.

    `is_all` says that they are all of the course, so that nothing has to be narrowed. `at` asks for an earlier moment.
    """
    facts = {student: StudentFacts() for student in students}
    only = None if is_all else students
    # Thousands of lists are not read where no mark can have one.
    with_levels = any(leaf.entry.rubric for leaf in policy.leaves())
    if at is None:
        marks = marks_of(course, audience=audience, only=only, with_levels=with_levels)
    else:
        marks = marks_at(course, at, audience=audience, only=only, with_levels=with_levels)
    gathering = Gathering(course, now, marks, policy, facts, only, at)
    for source in _sources_of(policy):
        SOURCES[source](gathering)
    excuse_items(course, facts, only, at)
    if _counts_bad_ratings(policy):
        for student, papers in papers_reviewed_badly(course, **gathering.asked).items():
            if student in facts:
                facts[student].counts["bad_ratings"] = len(set(papers) - _let_off(facts[student]))
    return facts


def _let_off(mine: StudentFacts) -> set[str]:
    """The keys of the papers that the student need not review."""
    items = [*mine.sources.get("reviews", ()), *mine.sources.get("submissions", ())]
    return {item.key for item in items if item.state is State.EXEMPT}


def _sources_of(policy: engine.Policy) -> set[str]:
    """What the components read, and what a step of theirs asks of another source."""
    needed = {step.params["source"] for leaf in policy.leaves() for step in leaf.steps if step.name == "needs"}
    return {engine.source_key(leaf) for leaf in policy.leaves()} | needed


def _counts_bad_ratings(policy: engine.Policy) -> bool:
    """Whether a step, or a deduction off the whole, of the policy or of a track does."""
    counted = {step.params.get("count_of") for leaf in policy.leaves() for step in leaf.steps}
    wholes = [policy, *(track.policy for track in policy.tracks)]
    return "bad_ratings" in counted | {deduction.count_of for whole in wholes for deduction in whole.deductions}


def _reviews(gathering: Gathering, *, by_submission: bool) -> None:
    """The largest source by far (students × papers), so its loop does no more than it must."""
    rules = ReviewRules.of(gathering.course)
    component = gathering.policy.marked_by("reviews")
    out_of = ONE if by_submission else (component and component.entry.out_of) or (rules.max_points if rules else ONE)
    marks = {} if by_submission else gathering.marks.by_review
    alike: dict[tuple, Item] = {}  # items without a mark look the same for everybody
    marked = State.MARKED
    for student, reviews in review_facts(gathering.course, **gathering.asked):
        if (mine := gathering.students.get(student)) is None:
            continue
        items = []
        for fact in reviews:
            if mark := marks.get(fact.review_id):
                items.append(_review_item(fact, marked, mark.points, out_of, mark))
                continue
            look = (fact.paper_id, fact.is_in, fact.late, fact.is_exempt, fact.due_at, fact.closes_at)
            item = alike.get(look)
            if item is None:
                state = _review_state(fact, gathering.now, by_submission=by_submission)
                item = _review_item(fact, state, ONE if state is marked else None, out_of, None)
                item = alike[look] = _as_of(gathering.now, item, fact.due_at)
            items.append(item)
            if item.state is State.MISSING:
                mine.passed(fact.closes_at)
        mine.sources["submissions" if by_submission else "reviews"] = tuple(items)


def _review_state(fact, now: datetime, *, by_submission: bool) -> State:
    if fact.is_in:
        return State.MARKED if by_submission else State.PENDING
    if fact.is_exempt:
        return State.EXEMPT
    return State.MISSING if now > fact.closes_at else State.OPEN


def _review_item(fact, state: State, points, out_of: Decimal, mark) -> Item:
    _, _, key, title, when, _, _, is_in, late, _ = fact
    note = "handed in late" if late is not None else "handed in" if is_in else ""
    note = "presents this paper" if state is State.EXEMPT else note
    return Item(key, title, state, points, out_of, note, when, mark, key, late)


def _as_of(now: datetime, item: Item, due_at: datetime) -> Item:
    """Open work past its deadline would be late, were it handed in now."""
    if item.state is State.OPEN and now > due_at:
        return item._replace(late=now - due_at, note="would be late by now")
    return item


def _presentations(gathering: Gathering) -> None:
    leaf = gathering.policy.marked_by("presentations")  # none where another component only needs that there is one
    out_of = leaf.max_points if leaf else Decimal(engine.DEFAULT_MAX_POINTS)
    today = gathering.course.local(gathering.now).date()
    begins_at = cache(partial(gathering.course.at, clock=time(0)))
    for student, sign_ups in presentation_facts(gathering.course, **gathering.asked).items():
        if (mine := gathering.students.get(student)) is None:
            continue
        items = []
        for fact in sign_ups:
            mark = gathering.marks.by_sign_up.get(fact.sign_up_id)
            has_been = fact.meeting_date <= today
            if has_been:
                mine.passed(begins_at(fact.meeting_date))
            state = State.MARKED if mark else State.PENDING if has_been else State.OPEN
            points = mark.points if mark else None
            when = fact.meeting_date
            items.append(Item(f"sign-up-{fact.sign_up_id}", fact.title, state, points, out_of, fact.role_title, when, mark))
        mine.sources["presentations"] = tuple(items)


def _participation(gathering: Gathering) -> None:
    rules = ParticipationRules.of(gathering.course)
    if rules is None:
        return
    meetings, records = participation_facts(gathering.course, **gathering.asked)
    possible = Decimal(rules.attended_points) + Decimal(rules.discussed_points)
    if not possible:
        return
    alike: dict[tuple, Item] = {}
    over_at = {meeting.meeting_id: gathering.course.at(meeting.date + timedelta(days=1), time(0)) for meeting in meetings}
    for student, mine in gathering.students.items():
        own = records.get(student, {})
        items = []
        for meeting in meetings:
            record = own.get(meeting.meeting_id)
            if record is None and meeting.is_over:
                mine.passed(over_at[meeting.meeting_id])
            look = (meeting.meeting_id, record and (record.attended, record.discussed))
            if look not in alike:
                alike[look] = _participation_item(meeting, record, rules, possible)
            items.append(alike[look])
        mine.sources["participation"] = tuple(items)


def _participation_item(meeting, record, rules: ParticipationRules, possible: Decimal) -> Item:
    state, points, note = State.OPEN, None, ""
    if record:
        points = (rules.attended_points if record.attended else NO_POINTS) + (
            rules.discussed_points if record.discussed else NO_POINTS
        )
        state = State.MARKED
        note = "attended and discussed" if record.discussed else "attended" if record.attended else "absent"
    elif meeting.is_over:
        state, note = State.MISSING, "not recorded"
    return Item(f"meeting-{meeting.meeting_id}", meeting.title, state, points, possible, note, meeting.date)


def _milestones(gathering: Gathering) -> None:
    marks = gathering.marks
    alike: dict[tuple, Item] = {}  # a team's work is one item of all its members
    for student, facts in milestone_facts(gathering.course, **gathering.asked).items():
        if (mine := gathering.students.get(student)) is None:
            continue
        items = []
        for fact in facts:
            look = (fact.milestone_id, fact.team_id)
            if fact.team_id and (own := marks.by_member.get((fact.milestone_id, student))):
                items.append(_milestone_item(gathering, fact, own))
            else:
                if look not in alike:
                    alike[look] = _milestone_item(gathering, fact, marks.by_milestone.get(look))
                items.append(alike[look])
            if not fact.submitted_at and gathering.now > fact.closes_at:
                mine.passed(fact.closes_at)
        mine.sources["milestones"] = tuple(items)


def _milestone_item(gathering: Gathering, fact, mark) -> Item:
    state, note = _milestone_state(fact, mark, gathering.now)
    when = gathering.course.local(fact.due_at).date()
    component = gathering.policy.marked_by("milestones", fact.key)
    out_of = (component and component.entry.out_of) or fact.max_points
    late = fact.submitted_at - fact.due_at if fact.is_late and fact.submitted_at else None
    item = Item(fact.key, fact.title, state, mark.points if mark else None, out_of, note, when, mark, late=late)
    if mark and not mark.points and not fact.submitted_at and gathering.now > fact.closes_at:
        return item._replace(note=note or "nothing handed in", never_came=True)
    return _as_of(gathering.now, item, fact.due_at)


def _milestone_state(fact, mark, now: datetime) -> tuple[State, str]:
    note = "no team" if fact.team_id is None else "handed in late" if fact.is_late else "handed in" if fact.submitted_at else ""
    if mark:
        return State.MARKED, note
    if fact.submitted_at:
        return State.PENDING, note
    return (State.MISSING if now > fact.closes_at else State.OPEN), note


def _discussion(gathering: Gathering) -> None:
    """Every comment is one point of one; the policy's steps say how many are full credit."""
    for student, facts in discussion_facts(gathering.course, **gathering.asked).items():
        if (mine := gathering.students.get(student)) is None:
            continue
        mine.sources["discussion"] = tuple(
            Item(
                f"comment-{fact.handle}",
                fact.paper_title,
                State.MARKED,
                ONE,
                ONE,
                "on a review" if fact.is_on_review else "on the paper",
                fact.said_on,
                paper=fact.paper_title,
            )
            for fact in facts
        )


def _manual(gathering: Gathering) -> None:
    leaves = [leaf for leaf in gathering.policy.leaves() if leaf.source == "manual"]
    for student, mine in gathering.students.items():
        items = []
        for leaf in leaves:
            mark = gathering.marks.by_hand.get((student, leaf.key))
            state = State.MARKED if mark else State.PENDING
            items.append(Item(leaf.key, leaf.title, state, mark.points if mark else None, leaf.max_points, ref=mark))
        mine.sources["manual"] = tuple(items)


SOURCES: Mapping[str, Callable[[Gathering], None]] = {
    "reviews": partial(_reviews, by_submission=False),
    "submissions": partial(_reviews, by_submission=True),
    "presentations": _presentations,
    "participation": _participation,
    "milestones": _milestones,
    "discussion": _discussion,
    "manual": _manual,
}
