"""Many marks at once, all of them or none; and putting back what stood before them."""

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from django.db import transaction
from django.db.models import Max

from core.errors import DomainError
from core.reasons import checked_reason
from courses.actions import stamp_grade_change
from courses.models import Enrollment
from courses.policies import students_marked_by
from grading import engine
from grading.actions.marks import change_mark
from grading.given import Given, check_mark
from grading.models import ChangeKind, Mark, MarkChange
from grading.queries.blind import blind_works
from grading.queries.entries import MAX_ENTRIES, Planned, Wanted, behind, marks_at, plan_entries
from grading.queries.policy import read_in_force
from grading.targets import lock_owners, targets_of
from grading.work import Work, work_of

UNDONE = "Undone: what stood before"
MARK_FIELDS = ["points", "comment", "levels", "review_version", "marked_by", "changed_at", "revision"]


class BadEntries(DomainError):  # noqa: N818 - named for what was found
    """Some of the entries cannot be taken, so none was; `plan` says which and why."""

    def __init__(self, plan: list[Planned]):
        bad = sum(1 for planned in plan if planned.refusal)
        super().__init__(f"{bad} of {len(plan)} entries cannot be taken. Nothing was changed.", code="bad_entries")
        self.plan = plan


@transaction.atomic
def enter_marks(*, marker: Enrollment, wanted: Sequence[Wanted], reason: str = "") -> list[Planned]:
    """Give all these marks, or raise BadEntries; each names the revision of the mark it replaces.

    Comments stay as they are; `reason` is for the history. What stands already is no change. The answer has the marks as
    they now stand.
    """
    if len(wanted) > MAX_ENTRIES:
        raise DomainError(f"{len(wanted):,} marks at once; at most {MAX_ENTRIES:,} are taken. Split them.", code="too_many")
    if any(each.revision is None for each in wanted):
        raise TypeError("Every entry names the revision that it replaces.")
    reason = checked_reason(reason)
    works = {each.work for each in wanted}
    _lock(marker, behind(works, blind_works(marker, works)))
    plan = plan_entries(marker, wanted)
    if any(planned.refusal for planned in plan):
        raise BadEntries(plan)
    changed = [planned for planned in plan if planned.is_change]
    marks = {planned.wanted.work: planned.mark or _new(planned.work, marker.user) for planned in changed}
    _store([(planned.work, marks[planned.wanted.work], planned.given) for planned in changed], marker.user, reason)
    return [_as_stored(planned, marks) for planned in plan]


def _lock(marker: Enrollment, works: set[str]) -> dict:
    """Works, students, marks: the order in which everybody locks (see set_mark)."""
    targets = targets_of(marker.course, works)
    lock_owners(targets.values())
    marks = [mark.pk for mark in marks_at(marker.course, targets).values()]
    list(Mark.objects.select_for_update(no_key=True).filter(pk__in=marks).order_by("pk").values_list("pk"))
    return targets


def _new(work: Work, by) -> Mark:
    return Mark(course=work.course, marked_by=by, **work.target)


def _as_stored(planned: Planned, marks: dict[str, Mark]) -> Planned:
    """With the mark as it now stands; `before` and `given` still tell what was changed."""
    return replace(planned, mark=marks.get(planned.wanted.work, planned.mark))


def _store(changes: list[tuple[Work, Mark, Given]], by, reason: str) -> None:
    """A constant number of queries, however many marks."""
    for work, _, given in changes:
        check_mark(work, given)
    first = [mark for _, mark, _ in changes if not mark.pk]
    told = [change_mark(mark, given, by, reason) for _, mark, given in changes]
    again = [mark for _, mark, _ in changes if mark.pk]
    Mark.objects.bulk_create(first, batch_size=500)
    Mark.objects.bulk_update(again, MARK_FIELDS, batch_size=200)
    for change, (_, mark, _) in zip(told, changes, strict=True):
        change.mark = mark
    MarkChange.objects.bulk_create(told, batch_size=500)
    students = {student for work, _, _ in changes for student in work.enrollment_ids}
    stamp_grade_change(enrollments=sorted(students), seen_by_student=False)


# Undo


class Step(NamedTuple):
    """What somebody entered: the work, and the revision that the mark has had since."""

    work: str
    revision: int


class Kept(NamedTuple):
    work: str
    what: str  # whose work it is, in words
    why: str


@dataclass(slots=True)
class Undone:
    """{address: mark} of what was put back, and what was kept as it is."""

    back: dict[str, Mark] = field(default_factory=dict)
    kept: list[Kept] = field(default_factory=list)


@transaction.atomic
def undo_marks(*, marker: Enrollment, steps: Iterable[Step]) -> Undone:
    """Put back what stood before one's own entries, as new changes in the history.

    A mark that has changed since is kept as it is, and told; so is work that one does not mark any more.
    """
    wanted = {step.work: step.revision for step in steps}
    blind = blind_works(marker, wanted)
    targets = _lock(marker, behind(wanted, blind))
    marks = marks_at(marker.course, targets)
    last = _last_changes(marks.values())
    policy = read_in_force(marker.course)[1]
    own = dict(students_marked_by(marker).values_list("pk", "user__name"))
    undone, changes = Undone(), []
    for address, revision in wanted.items():
        real = blind[address].target if address in blind else address
        mark, work = marks.get(real), _work_of_own(targets.get(real), policy, own)
        if work is None or mark is None or mark.pk not in last:
            undone.kept.append(Kept(address, "A mark", "there is none here any more."))
            continue
        given = _before(last[mark.pk], mark)
        if why := _why_kept(work, mark, last[mark.pk], given, revision, marker):
            who = blind[address].who if address in blind else ", ".join(own[pk] for pk in work.enrollment_ids if pk in own)
            undone.kept.append(Kept(address, who, why))
            continue
        changes.append((work, mark, given))
        undone.back[address] = mark
    _store(changes, marker.user, UNDONE)
    return undone


def _last_changes(marks: Iterable[Mark]) -> dict[int, MarkChange]:
    given = MarkChange.objects.filter(kind=ChangeKind.MARKED, mark__in=[mark.pk for mark in marks])
    newest = given.order_by().values("mark").annotate(newest=Max("pk")).values("newest")
    return {change.mark_id: change for change in MarkChange.objects.filter(pk__in=newest)}


def _work_of_own(target: dict | None, policy: engine.Policy, own: Container[int]) -> Work | None:
    try:
        work = work_of(**target, policy=policy) if target else None
    except DomainError:
        return None
    return work if work and any(pk in own for pk in work.enrollment_ids) else None


def _before(change: MarkChange, mark: Mark) -> Given:
    return Given(change.points_before, change.comment_before, change.levels_before, mark.review_version)


def _why_kept(work: Work, mark: Mark, change: MarkChange, given: Given, revision: int, marker: Enrollment) -> str:
    if mark.revision != revision or change.changed_by_id != marker.user_id:
        return f"{mark.marked_by} has changed it since."
    try:
        check_mark(work, given)
    except DomainError as refusal:  # the policy says something else since
        return refusal.message
    return ""
