"""Results that another system writes: a mark by grading's own action, or a refusal. Nothing is taken and not kept."""

from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db import transaction
from django.http import Http404
from django.utils.dateparse import parse_datetime
from rest_framework.exceptions import ValidationError

from core.errors import DomainError
from courses.models import Course
from courses.policies import require_instructor
from grading import actions
from grading.models import Mark
from grading.queries import read_in_force
from grading.queries.marking import find_work
from grading.work import work_of
from oneroster import ids
from oneroster.service import Unsupported
from projects.models import Milestone, TeamMember
from reviews.models import Review

MOST_AT_ONCE = 500
REASON = "Set through OneRoster"  # what the history says of every mark from here
COMPUTED = ("inProgress", "incomplete", "late", "missing", "scoreScale")
ONLY_MARKS = (
    "This line item is computed by the course's policy, or is each student's own. Marks can be set for reviews, milestones"
    " and what is marked by hand. Nothing was changed."
)


def read_one(data: Any, kind: str, sourced_id: str) -> dict:
    if not isinstance(data, dict) or not isinstance(data.get(kind), dict):
        raise ValidationError({kind: ['Expected a body such as {"' + kind + '": {...}}.']})
    if (named := data[kind].get("sourcedId", sourced_id)) != sourced_id:
        raise ValidationError({"sourcedId": [f"The address is that of {sourced_id}; found {named!r}."]})
    return data[kind]


def read_many(data: Any) -> list[dict]:
    """`{"results": [...]}`, or one as `{"result": {...}}`."""
    body = data if isinstance(data, dict) else {}
    given = [body["result"]] if "result" in body else body.get("results")
    if not isinstance(given, list) or not given or not all(isinstance(one, dict) for one in given):
        raise ValidationError({"results": ['Expected a body such as {"results": [{...}]}.']})
    if len(given) > MOST_AT_ONCE:
        raise ValidationError({"results": [f"At most {MOST_AT_ONCE} at once; found {len(given)}."]})
    return given


def reference(given: dict, name: str) -> str:
    found = given.get(name)
    if not isinstance(found, dict) or not isinstance(found.get("sourcedId"), str):
        raise ValidationError({name: ['Expected a reference such as {"sourcedId": "..."}.']})
    return found["sourcedId"]


@transaction.atomic
def write_all(writes: list[tuple[ids.Named, dict, dict]], *, by) -> None:
    """All of them or none. Each is (the id read, the result as it stands, the result as given)."""
    for named, row, given in writes:
        _check(row, given)
        if given.get("status") == "tobedeleted":
            clear(named=named, row=row, by=by)
            continue
        _set(named, row, by, points=_points(given), comment=_comment(given, row), based_on=_based_on(given))


def clear(*, named: ids.Named, row: dict, by) -> None:
    """Take the mark away; without one, nothing changes."""
    target = _target(named, by)
    mark = work_of(**target).mark()
    if mark and mark.points is not None:
        actions.set_mark(points=None, comment=mark.comment, revision=mark.revision, by=by, reason=REASON, **target)


def _set(named: ids.Named, row: dict, by, *, points: Decimal, comment: str, based_on: datetime | None) -> None:
    target = _target(named, by)
    mark = work_of(**target).mark()
    # A mark that a person gave is not overwritten by a program that has not seen it.
    is_news = mark and mark.marked_by_id != by.pk and (mark.points, mark.comment) != (points, comment)
    if is_news and (based_on is None or based_on < mark.changed_at):
        raise DomainError(
            f"{row['sourcedId']}: {mark.marked_by} has marked this. To replace that mark, read the result again and send its"
            " dateLastModified along. Nothing was changed."
        )
    revision = mark.revision if mark else 0
    actions.set_mark(points=points, comment=comment, revision=revision, by=by, reason=REASON, **target)


def _check(row: dict, given: dict) -> None:
    for name in ("lineItem", "student", "class"):
        if name in given and reference(given, name) != row[name]["sourcedId"]:
            raise ValidationError({name: [f"The result {row['sourcedId']} belongs to {row[name]['sourcedId']}."]})
    if given.get("status", "active") not in ("active", "tobedeleted"):
        raise ValidationError({"status": ["Expected active or tobedeleted."]})
    if given.get("status") == "tobedeleted":
        return
    if given.get("scoreStatus", "fully graded") != "fully graded":
        raise Unsupported(f"The portal takes marks, which are fully graded; found scoreStatus {given['scoreStatus']!r}.")
    for name in COMPUTED:
        if name in given and given[name] != row.get(name):
            raise Unsupported(f"{name} is computed by the portal and is {row.get(name)!r} here; found {given[name]!r}.")
    if given.get("textScore", row.get("textScore")) != row.get("textScore"):
        raise Unsupported("The portal takes numbers: send score, not textScore.")


def _points(given: dict) -> Decimal:
    score = given.get("score")
    if isinstance(score, bool) or not isinstance(score, int | float | str):
        raise ValidationError({"score": [f"Expected a number, found {score!r}."]})
    try:
        return Decimal(str(score))
    except InvalidOperation:
        raise ValidationError({"score": [f"Expected a number, found {score!r}."]}) from None


def _comment(given: dict, row: dict) -> str:
    comment = given.get("comment", row.get("comment", ""))
    if not isinstance(comment, str):
        raise ValidationError({"comment": ["Expected a text."]})
    return comment


def _based_on(given: dict) -> datetime | None:
    """The stamp that the writer read; one that is no moment with a zone counts as none."""
    text = given.get("dateLastModified")
    try:
        moment = parse_datetime(text) if isinstance(text, str) else None
    except ValueError:
        return None
    return moment if moment and moment.tzinfo else None


def _target(named: ids.Named, by) -> dict:
    """The work that the result is the mark of, found as the marking page finds it. Raises Unsupported where it is none."""
    course = Course.objects.get(pk=named.course)
    _, policy = read_in_force(course)
    leaf = policy.leaf(named.leaf)
    address = _address(course, leaf, named) if leaf else None
    if address is None:
        raise Unsupported(ONLY_MARKS)
    try:
        return find_work(require_instructor(by, course.slug), address)
    except Http404:
        raise DomainError("There is no work yet that this mark could be for. Nothing was changed.") from None


def _address(course: Course, leaf, named: ids.Named) -> str | None:
    """As the marking page names work: review-12, milestone-3-8, manual-talk-7; None where a mark has no place."""
    item = named.item or named.leaf  # a piece of work that is called as its component is has no name of its own in the id
    match leaf.source:
        case "manual" if not named.item:
            return f"manual-{leaf.key}-{named.enrollment}"
        case "reviews" if leaf.credit == "marks":
            reviews = Review.objects.filter(course=course, paper__key=item, reviewer=named.enrollment)
            return f"review-{reviews.values_list('pk', flat=True).first() or 0}"
        case "milestones":
            milestone = Milestone.objects.filter(course=course, key=item).values_list("pk", flat=True).first()
            # As it counts: a member's own mark, where there is one, takes the place of the team's.
            if Mark.objects.filter(milestone=milestone, enrollment=named.enrollment, points__isnull=False).exists():
                return f"milestone-{milestone}-student-{named.enrollment}"
            team = TeamMember.objects.filter(enrollment=named.enrollment).values_list("team_id", flat=True).first()
            return f"milestone-{milestone or 0}-{team or 0}"
    return None
