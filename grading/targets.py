"""Many pieces of work at once, by their addresses: what each is, in a constant number of queries, and their locks."""

import re
from collections.abc import Collection, Iterable
from typing import Any

from django.db.models import Prefetch

from courses.actions import lock_enrollments
from courses.models import Course, Enrollment
from presentations.models import SignUp
from projects.models import Milestone, Team, TeamMember
from reviews.models import Review

ID = r"([0-9]{1,18})"
ADDRESSES = {
    "review": re.compile(f"review-{ID}"),
    "presentation": re.compile(f"presentation-{ID}"),
    "member": re.compile(f"milestone-{ID}-student-{ID}"),
    "team": re.compile(f"milestone-{ID}-{ID}"),
    "manual": re.compile(f"manual-([a-z0-9-]+)-{ID}"),
}


def read_address(work: str) -> tuple[str, ...]:
    """("review", "12"), ("member", "3", "40"): the kind and what it names; () for what is no address."""
    found = ((kind, pattern.fullmatch(work)) for kind, pattern in ADDRESSES.items())
    return next(((kind, *match.groups()) for kind, match in found if match), ())


def targets_of(course: Course, works: Iterable[str]) -> dict[str, dict[str, Any]]:
    """{address: what set_mark and work_of take as their target}, for those that there are; seven queries at most.

    With all that work_of reads, so that it asks nothing more where it is given the policy.
    """
    split = {work: parts for work in works if (parts := read_address(work))}
    rows = _rows(course, split.values())
    targets = {work: _target(rows, *parts) for work, parts in split.items()}
    return {work: target for work, target in targets.items() if None not in target.values()}


def _rows(course: Course, addresses: Collection[tuple[str, ...]]) -> dict[type, dict[int, Any]]:
    def ids(place: int, *kinds: str) -> set[int]:
        return {int(parts[place]) for parts in addresses if parts[0] in kinds}

    sign_ups = SignUp.objects.filter(role__slot__course=course).select_related("enrollment", "role__slot")
    teams = Team.objects.filter(course=course).prefetch_related(Prefetch("members", TeamMember.objects.order_by("enrollment")))
    people = Enrollment.objects.filter(course=course).select_related("team_member")
    rows = {
        Review: Review.objects.filter(course=course).select_related("current").in_bulk(ids(1, "review")),
        SignUp: sign_ups.in_bulk(ids(1, "presentation")),
        Milestone: Milestone.objects.filter(course=course).in_bulk(ids(1, "team", "member")),
        Team: teams.in_bulk(ids(2, "team")),
        Enrollment: people.in_bulk(ids(2, "member", "manual")),
    }
    # One course object, so that what it keeps (its rules of reviews) is asked for once.
    presenters = [sign_up.enrollment for sign_up in rows[SignUp].values() if sign_up.enrollment]
    for found in (*rows[Review].values(), *rows[Milestone].values(), *rows[Enrollment].values(), *presenters):
        found.course = course
    return rows


def _target(rows: dict[type, dict[int, Any]], kind: str, *names: str) -> dict[str, Any]:
    match kind:
        case "review":
            return {"review": rows[Review].get(int(names[0]))}
        case "presentation":
            return {"sign_up": rows[SignUp].get(int(names[0]))}
        case "team":
            return {"milestone": rows[Milestone].get(int(names[0])), "team": rows[Team].get(int(names[1]))}
        case "member":
            return {"milestone": rows[Milestone].get(int(names[0])), "enrollment": rows[Enrollment].get(int(names[1]))}
    return {"enrollment": rows[Enrollment].get(int(names[1])), "component": names[0]}


def lock_owners(targets: Iterable[dict[str, Any]]) -> None:
    """Everything that set_mark will lock but the marks, before the first mark, and in its order: works, then their students."""
    owners: dict[type, set[int]] = {Review: set(), SignUp: set(), Team: set(), Enrollment: set()}
    for target in targets:
        owner = next(target[name] for name in ("review", "sign_up", "team", "enrollment") if name in target)
        owners[type(owner)].add(owner.pk)
    students = owners.pop(Enrollment)
    for model, ids in owners.items():
        list(model.objects.filter(pk__in=ids).order_by("pk").select_for_update(no_key=True).values_list("pk"))
    students.update(Review.objects.filter(pk__in=owners[Review]).values_list("reviewer", flat=True))
    students.update(SignUp.objects.filter(pk__in=owners[SignUp]).values_list("enrollment", flat=True))
    students.update(TeamMember.objects.filter(team__in=owners[Team]).values_list("enrollment", flat=True))
    lock_enrollments(students)
