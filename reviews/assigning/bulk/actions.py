"""Carrying out a bulk assignment: all of it or nothing."""

from django.db import transaction
from django.utils import timezone

from core.errors import DomainError
from courses.models import Enrollment
from reviews.assigning.actions import REASON_LIMIT
from reviews.assigning.bulk.planning import Change, Plan, plan
from reviews.assigning.bulk.reading import Problem, read_csv
from reviews.assigning.writing import Wanted, lock_people, write_terms
from reviews.models import Assignment, Conflict, ReviewRules, Source

BATCH = 2000


class BadLines(DomainError):  # noqa: N818 - named for the state
    """`problems` names every bad line."""

    def __init__(self, problems: list[Problem]):
        super().__init__("Some lines were not understood; nothing was changed.", code="bad_lines")
        self.problems = problems


def plan_bulk(*, viewer: Enrollment, text: str) -> Plan:
    """What the file would change; nothing is written. Reads viewer.course."""
    lines, problems = read_csv(text)
    long = [Problem(each.number, f"At most {REASON_LIMIT} characters of a reason fit.") for each in lines if _is_long(each)]
    return plan(viewer, lines, [*problems, *long])


def _is_long(line) -> bool:
    return len(line.reason) > REASON_LIMIT


@transaction.atomic
def apply_bulk(*, viewer: Enrollment, text: str, digest: str | None = None) -> Plan:
    """Carry the file out. Raises BadLines, or DomainError (code "stale") when it is not what `digest` stood for."""
    course = lock_people(viewer.course)
    rules = ReviewRules.objects.select_related("course").get(course=course)
    planned = plan_bulk(viewer=viewer, text=text)
    if planned.problems:
        raise BadLines(planned.problems)
    if digest is not None and digest != planned.digest:
        raise DomainError("The course has changed since you looked at the file. Nothing was changed; look again.", code="stale")
    terms = [change for change in planned.changes if not change.is_conflict]
    write_terms(rules=rules, wanted=_wanted(terms, rules), by=viewer.user)
    _write_conflicts([change for change in planned.changes if change.is_conflict], viewer)
    return planned


def _wanted(changes: list[Change], rules: ReviewRules) -> list[Wanted]:
    """Who was asked before keeps a deadline of their own, unless they come into another round."""
    rows = Assignment.objects.filter(
        paper__in={change.paper.pk for change in changes}, reviewer__in={change.student.pk for change in changes}
    )
    due = {(row.reviewer_id, row.paper_id): row.due_at for row in rows}
    rounds = rules.rounds.by_key()
    return [
        Wanted(change.paper, change.student.pk)
        if not change.after
        else Wanted(
            change.paper,
            change.student.pk,
            asks=change.after,
            due_at=due.get((change.student.pk, change.paper.pk)) if change.round_before == change.round_after else None,
            round_id=rounds[change.round_after].pk if change.round_after else None,
            reason=change.reason,
            source=Source.STAFF,
        )
        for change in changes
    ]


def _write_conflicts(changes: list[Change], viewer: Enrollment) -> None:
    gone = {(change.student.pk, change.paper.pk) for change in changes if not change.after}
    rows = Conflict.objects.filter(course=viewer.course_id, reviewer__in={student for student, _ in gone}).order_by()
    found = [pk for pk, *pair in rows.values_list("pk", "reviewer_id", "paper_id") if tuple(pair) in gone]
    Conflict.objects.filter(pk__in=found).delete()
    Conflict.objects.bulk_create(
        (
            Conflict(
                course_id=viewer.course_id,
                paper=change.paper,
                reviewer=change.student,
                reason=change.reason,
                is_by_staff=True,
                declared_by=viewer.user,
                declared_at=timezone.now(),
            )
            for change in changes
            if change.after
        ),
        batch_size=BATCH,
    )
