"""What entering marks in bulk would do, entry by entry: what stands, what would, and why one cannot be taken."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from django.db.models import Q

from core.errors import DomainError
from courses.models import Course, Enrollment
from courses.policies import students_marked_by
from grading import engine
from grading.given import Given, chosen_levels, stale_words
from grading.models import Mark
from grading.queries.blind import blind_works, is_blind
from grading.queries.marking import Entry
from grading.queries.marks import work_address
from grading.queries.policy import read_in_force
from grading.targets import read_address, targets_of
from grading.work import Work, work_of

MAX_ENTRIES = 2_000
ANONYMOUS = "its mark is given without names; mark it under its random name until the mark is released."
NO_BLIND = "there is no such work without a name; once its mark is released it stands in its student's row."


class Wanted(NamedTuple):
    """What a cell is to say; without a student where the work has a random address. `revision` is that of the mark it replaces,
    0 for the first, None for whatever stands.
    """

    student: int | None
    work: str
    value: str
    revision: int | None = None


class Refusal(NamedTuple):
    """Why an entry cannot be taken: the input at fault, a stable code, and words."""

    field: str
    code: str
    words: str


@dataclass(frozen=True, slots=True)
class Planned:
    """One entry. `mark` is what stands, None for none yet; `given` what would be set, None where nothing would change."""

    wanted: Wanted
    who: str = ""
    work: Work | None = None
    mark: Mark | None = None
    given: Given | None = None
    refusal: Refusal | None = None
    before: str = ""  # the mark that stands, as it would be typed

    @property
    def is_change(self) -> bool:
        return self.given is not None and self.refusal is None

    @property
    def revision(self) -> int:
        return self.mark.revision if self.mark else 0

    @property
    def stands(self) -> str:
        """What the mark says now, as it would be typed."""
        return as_typed(self.work, self.mark)

    @property
    def after(self) -> str:
        """What it says, or would."""
        if self.given is None:
            return self.stands
        return engine.as_typed(self.work.entry, self.work.max_points, self.given.points, self.given.levels or [])


def as_typed(work: Work | None, mark: Mark | None) -> str:
    if work is None or mark is None:
        return ""
    return engine.as_typed(work.entry, work.max_points, mark.points, mark.levels)


def plan_entries(marker: Enrollment, wanted: Sequence[Wanted]) -> list[Planned]:
    """In the order of `wanted`; a constant number of queries."""
    students = students_marked_by(marker).filter(pk__in={each.student for each in wanted}).select_related("user")
    policy = read_in_force(marker.course)[1]
    blind = blind_works(marker, works := {each.work for each in wanted}, policy)
    planner = _Planner(
        students=students.in_bulk(),
        blind=blind,
        targets=(targets := targets_of(marker.course, behind(works, blind))),
        marks=marks_at(marker.course, targets),
        policy=policy,
    )
    return [planner.plan(each) for each in wanted]


def behind(works: Iterable[str], blind: Mapping[str, Entry]) -> set[str]:
    """The addresses of the works themselves; `blind` are what the random ones among them stand for."""
    return {blind[work].target if work in blind else work for work in works}


def marks_at(course: Course, targets: Mapping[str, dict[str, Any]]) -> dict[str, Mark]:
    """{address: mark} of these works, in one query."""
    marks = Mark.objects.filter(course=course).filter(at_works(targets)).select_related("marked_by")
    return {address: mark for mark in marks if (address := work_address(mark)) in targets}


def at_works(works: Iterable[str]) -> Q:
    """A little wider than these addresses, which are asked again."""
    split = [parts for work in works if (parts := read_address(work))]

    def ids(place: int, *kinds: str) -> set[int]:
        return {int(parts[place]) for parts in split if parts[0] in kinds}

    return (
        Q(review__in=ids(1, "review"))
        | Q(sign_up__in=ids(1, "presentation"))
        | Q(milestone__in=ids(1, "team"), team__in=ids(2, "team"))
        | Q(milestone__in=ids(1, "member"), enrollment__in=ids(2, "member"))
        | Q(component__in={parts[1] for parts in split if parts[0] == "manual"}, enrollment__in=ids(2, "manual"))
    )


def is_hidden(work: Work, mark: Mark | None) -> bool:
    """Whether whoever marks this is not to know whose it is; as in the queue."""
    has_queue = "review" in work.target or "milestone" in work.target
    return has_queue and work.is_anonymous and not (mark and mark.released_at)


@dataclass
class _Planner:
    students: Mapping[int, Enrollment]
    blind: Mapping[str, Entry]
    targets: Mapping[str, dict[str, Any]]
    marks: Mapping[str, Mark]
    policy: engine.Policy

    def __post_init__(self):
        self.said: dict[str, Planned] = {}  # {work: the first entry for it}

    def plan(self, wanted: Wanted) -> Planned:
        return self._plan_blind(wanted) if is_blind(wanted.work) else self._plan_named(wanted)

    def _plan_blind(self, wanted: Wanted) -> Planned:
        """Whatever student the entry names: an answer to that would tell whose work it is."""
        entry = self.blind.get(wanted.work)
        target = self.targets.get(entry.target) if entry else None
        if target is None:
            return _refused(Planned(wanted), "work", "no_work", NO_BLIND)
        try:
            work = work_of(**target, policy=self.policy)
        except DomainError as refusal:
            return _refused(Planned(wanted, entry.who), "work", refusal.code, refusal.message)
        mark = self.marks.get(entry.target)
        return self._agreed(self._valued(Planned(wanted, entry.who, work, mark, before=as_typed(work, mark))))

    def _plan_named(self, wanted: Wanted) -> Planned:
        student, target = self.students.get(wanted.student), self.targets.get(wanted.work)
        if student is None:
            return _refused(Planned(wanted), "student", "no_student", "no student of the course whose work you mark.")
        planned = Planned(wanted, student.user.name)
        if target is None:
            return _refused(planned, "work", "no_work", "there is no such work.")
        try:
            work = work_of(**target, policy=self.policy)
        except DomainError as refusal:
            return _refused(planned, "work", refusal.code, refusal.message)
        if student.pk not in work.enrollment_ids:
            return _refused(planned, "work", "no_work", "this is not a piece of work of this student.")
        mark = self.marks.get(wanted.work)
        planned = Planned(wanted, student.user.name, work, mark, before=as_typed(work, mark))
        if is_hidden(work, planned.mark):
            return _refused(planned, "work", "anonymous", ANONYMOUS)
        return self._agreed(self._valued(planned))

    def _valued(self, planned: Planned) -> Planned:
        wanted, work, mark = planned.wanted, planned.work, planned.mark
        if wanted.value.strip() == planned.before:
            return planned
        try:
            typed = engine.read_typed(work.entry, work.max_points, wanted.value)
        except engine.NotAMark as refusal:
            return _refused(planned, "value", "not_a_mark", str(refusal))
        chosen = chosen_levels(work.entry.rubric, typed.levels) if typed.levels else None
        if _is_same(mark, typed.points, chosen):
            return planned
        if wanted.revision is not None and wanted.revision != planned.revision:
            return _refused(planned, "revision", "stale_version", stale_words(mark or Mark()))
        # Comments are written elsewhere; of a review, a sheet has read no version but the one that there is.
        is_marked = mark is not None and mark.points is not None
        version = mark.review_version if is_marked else work.version
        given = Given(typed.points, mark.comment if mark else "", chosen, version)
        return replace(planned, given=given)

    def _agreed(self, planned: Planned) -> Planned:
        """A team's mark may be given in the row of each member, if they all say the same."""
        if planned.refusal:
            return planned
        first = self.said.setdefault(planned.wanted.work, planned)
        if first is planned:
            return planned
        if first.after != planned.after:
            words = f"the entry for {first.who} gives the same work {first.after or 'no mark'}; give it one mark."
            return _refused(planned, "value", "contradicts", words)
        return replace(planned, given=None)


def _is_same(mark: Mark | None, points, levels: Collection[dict] | None) -> bool:
    if mark is None:
        return points is None
    return mark.points == points and (levels is None or mark.levels == levels)


def _refused(planned: Planned, field: str, code: str, words: str) -> Planned:
    return replace(planned, given=None, refusal=Refusal(field, code, words))
