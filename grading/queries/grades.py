"""Grades: computed when asked for, from the policy in force and what the features know."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from typing import NamedTuple

from django.utils import timezone

from core.collecting import collecting_paused
from courses.models import Course, Enrollment
from grading import engine
from grading.queries.facts import gather
from grading.queries.marks import Audience
from grading.queries.overrides import has_overrides, overrides_of
from grading.queries.policy import read_in_force


@dataclass(frozen=True, slots=True)
class Grade:
    """One student's grade for one audience.

    `total`, `percentage` and `letter` are the reading "so far"; the final one stands beside them. Numbers here are
    rounded for display by the policy's rule, once; the exact ones are in `explanation`.
    """

    enrollment_id: int
    policy: engine.Policy
    policy_number: int  # 0 before there is a policy
    explanation: engine.Explanation
    changed_at: datetime
    facts: engine.Facts  # what it rests on, as its audience knows it

    @property
    def components(self) -> tuple[engine.Node, ...]:
        return self.explanation.components

    @property
    def total(self) -> Decimal | None:
        return self.policy.rounded(self.explanation.so_far.value)

    @property
    def total_final(self) -> Decimal | None:
        return self.policy.rounded(self.explanation.final.value)

    @property
    def percentage(self) -> Decimal | None:
        return self.policy.rounded(self.explanation.so_far.percentage)

    @property
    def letter(self) -> str:
        return self.explanation.so_far.letter

    @property
    def letter_final(self) -> str:
        return self.explanation.final.letter

    @property
    def out_of(self) -> Decimal:
        return self.policy.rounded(self.explanation.out_of)


@collecting_paused()
def grades_of(
    course: Course,
    *,
    audience: Audience,
    enrollment_ids: Iterable[int] | None = None,
    under: engine.Policy | None = None,
    at: datetime | None = None,
) -> dict[int, Grade]:
    """{enrollment id: grade} of active students, by id; `enrollment_ids` narrows, `under` is another policy than that in force.

    `at` asks for the grades as they stood at an earlier moment (queries.past says how far that is known).

    "staff" sees every mark, "student" released ones only: to that audience a mark that is not released and a mark that was
    never given are the same facts, so nothing computed from them can tell the two apart.
    """
    now = at or timezone.now()
    row, policy = (None, under) if under else read_in_force(course, at)
    stamps = _stamps(course, audience, enrollment_ids, at)
    is_all = enrollment_ids is None
    facts = gather(course, policy, audience=audience, students=list(stamps), is_all=is_all, now=now, at=at)
    ended_at = course.at(course.ends_on + timedelta(days=1), time(0))
    is_over = now >= ended_at
    grades = {}
    overrides = _overrides(course, audience, stamps, at)
    tracks = {section: policy.of_section(section) for section in {stamp.section for stamp in stamps.values()}}
    compute = {section: engine.computing(own) for section, own in tracks.items()}
    for student, (stamp, section, _) in stamps.items():
        mine = facts[student]
        known = engine.Facts(mine.sources, is_over, mine.counts, overrides.get(student, {}))
        moments = [at] if at else [stamp, course.grades_changed_at, mine.moment, ended_at if is_over else None]
        grades[student] = Grade(
            enrollment_id=student,
            policy=tracks[section],
            policy_number=row.number if row else 0,
            explanation=compute[section](known),
            # In one zone, so that the texts of an answer sort as the moments do.
            changed_at=max(moment for moment in moments if moment).astimezone(UTC),
            facts=known,
        )
    return grades


class Stamp(NamedTuple):
    """When the student's grade last changed for this audience; the section says which track of the policy holds."""

    changed_at: datetime
    section: str
    has_overrides: bool


def _stamps(course: Course, audience: Audience, enrollment_ids: Iterable[int] | None, at: datetime | None) -> dict[int, Stamp]:
    students = Enrollment.objects.graded(at).filter(course=course).order_by("pk")
    if enrollment_ids is not None:
        students = students.filter(pk__in=enrollment_ids)
    stamp = "grade_changed_at" if audience == "staff" else "released_changed_at"
    rows = students.annotate(is_set=has_overrides(audience)).values_list("pk", stamp, "section", "is_set")
    return {pk: Stamp(*rest) for pk, *rest in rows}


def _overrides(
    course: Course, audience: Audience, stamps: dict[int, Stamp], at: datetime | None
) -> dict[int, dict[str, engine.Override]]:
    only = [student for student, stamp in stamps.items() if stamp.has_overrides]
    return overrides_of(course, audience=audience, only=only, at=at) if only else {}
