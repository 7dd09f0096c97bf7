"""Deadlines that a change of the course puts into the past, and who is then too late: told, not refused."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta

from django.utils import timezone

from coursefile.facts import ONE, Facts
from coursefile.losses import many, people
from courses.models import Course, Enrollment, Meeting, Paper
from planner.queries import owed_between
from projects.models import Milestone
from reviews.models import ReviewRules, Round

Work = tuple[str, str]  # kind and key, as a Deadline names it
Moments = dict[Work, tuple[datetime, datetime]]  # when it is due, and the end of its grace
RULES = ("due_days_before", "due_time", "grace_minutes")


def overdue_warnings(course: Course, before: Facts, after: Facts) -> list[str]:
    """What would be due before now though it is not as the course stands; costs a query only if there is some."""
    now = timezone.now()
    was, becomes = _moments(before), _moments(after)
    passed = [work for work, (due, _) in becomes.items() if due < now and not (work in was and was[work][0] < now)]
    closed = [work for work, (_, closes) in becomes.items() if closes < now and work in was and was[work][1] >= now]
    late = list(dict.fromkeys([*passed, *closed]))
    return list(_warnings(course, late, was, becomes, now)) if late else []


def _moments(facts: Facts) -> Moments:
    """Of everything that the course asks for, as the course's rules would say it."""
    course = Course(time_zone=facts["course"][ONE]["time_zone"])
    rounds = {key: Round(**values) for key, values in facts["rounds"].items()}
    found = {}
    for key, values in facts["papers"].items() if facts["reviews"] else ():
        rules = ReviewRules(course=course, **{name: facts["reviews"][ONE][name] for name in RULES})
        meeting = facts["meetings"][values["meeting"]]
        paper = Paper(meeting=Meeting(date=meeting["date"]), review_due_at=values["review_due_at"])
        if meeting["kind"] != "holiday":
            times = rules.times(paper, in_round=rounds.get(values["review_round"]))
            found["review", key] = times.due_at, times.closes_at
    for key, values in facts["milestones"].items():
        milestone = Milestone(due_at=values["due_at"], grace_minutes=values["grace_minutes"])
        found["milestone", key] = milestone.due_at, milestone.closes_at
    return found


def _warnings(course: Course, late: list[Work], was: Moments, becomes: Moments, now: datetime) -> Iterator[str]:
    waiting = _who_owes(course, {work: was[work][0] for work in late if work in was})
    for work in late:
        due, closes = becomes[work]
        what = f"{'Review of paper' if work[0] == 'review' else 'Milestone'} {work[1]}"
        moment = f"{what} would be due on {course.local(due):%Y-%m-%d at %H:%M}, which has passed"
        if work not in was:
            yield f"{moment}: nobody could hand it in {'in time' if closes >= now else 'at all'}."
        elif not waiting[work]:
            yield f"{moment}; nobody still owes it."
        else:
            fate = "late from now on" if closes >= now else "missing"
            count = many(len(waiting[work]), "student")
            yield f"{moment}. Not handed in by {count}, who would be counted as {fate}: {people(waiting[work])}."


def _who_owes(course: Course, due: dict[Work, datetime]) -> dict[Work, list[str]]:
    """{work: who owes it under the course's own deadline}; a deadline of somebody's own does not move with it."""
    found = defaultdict(list)
    if due:
        names = dict(Enrollment.objects.filter(course=course).order_by().values_list("pk", "user__name"))
        for deadline in owed_between(course, min(due.values()) - timedelta(seconds=1), max(due.values())):
            work = deadline.kind, deadline.key
            if due.get(work) == deadline.due_at:
                found[work].append(names[deadline.enrollment_id])
    return {work: sorted(found[work]) for work in due}
