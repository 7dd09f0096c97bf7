"""Every write to what a student is asked about a paper: asked, excused, given more time, or chosen by themselves."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from core.errors import DomainError
from courses.models import Enrollment, Paper
from reviews.assigning.writing import Wanted, write_terms
from reviews.models import Asks, Assignment, Conflict, Review, ReviewRules, Round, Source, Who
from reviews.queries.terms import AllTerms, Terms, terms_in, times_of

REASON_LIMIT = 500
LAST_YEAR = 2999  # as in the course file; the last years that a date can name have no time zones


@transaction.atomic
def give_more_time(*, paper: Paper, reviewers: Collection[Enrollment], due_at: datetime, reason: str, by: User) -> None:
    """Give these students a deadline of their own for the paper; what they handed in late by then is late no more.

    Who was not asked for the review is asked with it, so a conflict stands in the way as it does for `ask`.
    """
    rules, reason = _require_rules(paper), _require_reason(reason)
    if due_at.year > LAST_YEAR:
        raise DomainError(f"Write a year up to {LAST_YEAR}.", field="due_at", code="too_far")
    students = locked_students(paper, reviewers)
    terms = terms_in(rules.course, paper=paper)
    _require_more_time(rules, paper, due_at, [terms.of(each.pk, paper.pk) for each in students])
    _require_askable(paper, students, terms)
    wanted = [
        Wanted(paper, each.pk, asks=asks, due_at=due_at, round_id=round_id, reason=reason)
        for each, (asks, round_id) in _asked_before(paper, students)
    ]
    write_terms(rules=rules, wanted=wanted, by=by)


def _require_more_time(rules: ReviewRules, paper: Paper, due_at: datetime, terms: list[Terms]) -> None:
    """Later than the deadline of the round in which each of them is."""
    latest = max(times_of(rules, paper, replace(each, due_at=None)).due_at for each in terms)
    if due_at <= latest:
        there = rules.course.local(latest)
        raise DomainError(
            f"That is no more time: the paper's reviews are due on {there:%A} {there.day} {there:%B %Y} at {there:%H:%M}.",
            field="due_at",
            code="not_later",
        )


def _asked_before(paper: Paper, students: list[Enrollment]) -> list[tuple[Enrollment, tuple[str, int | None]]]:
    """[(student, (what they are asked, their round))]; who was not asked for the review is asked now."""
    rows = Assignment.objects.filter(paper=paper, reviewer__in=students).exclude(asks=Asks.EXEMPT)
    before = {reviewer: asked for reviewer, *asked in rows.values_list("reviewer", "asks", "round_id")}
    return [(each, tuple(before.get(each.pk, (Asks.REQUIRED, None)))) for each in students]


@transaction.atomic
def put_in_round(*, paper: Paper, reviewers: Collection[Enrollment], round_key: str, by: User, reason: str = "") -> None:
    """These students review the paper in another round than the paper's, with its deadlines; a blank key takes that back.

    A deadline of their own gives way to the round's. Who was not asked for the review is asked with it.
    """
    rules = _require_rules(paper)
    round = _require_round(rules, round_key) if round_key else None
    its_own = rules.round_of(paper)
    round_id = round.pk if round and round != its_own else None
    students = locked_students(paper, reviewers)
    terms = terms_in(rules.course, paper=paper)
    _require_askable(paper, students, terms)
    wanted = [
        Wanted(paper, each.pk, asks=asks, round_id=round_id, reason=reason.strip()[:REASON_LIMIT])
        for each, (asks, _) in _asked_before(paper, students)
    ]
    write_terms(rules=rules, wanted=wanted, by=by)


def _require_round(rules: ReviewRules, key: str) -> Round:
    rounds = rules.rounds.by_key()
    if key not in rounds:
        known = f"its rounds are {', '.join(sorted(rounds))}" if rounds else "it has none"
        raise DomainError(f"This course has no round {key[:60]!r}; {known}.", field="round", code="no_round")
    return rounds[key]


@transaction.atomic
def excuse(*, paper: Paper, reviewers: Collection[Enrollment], reason: str, by: User) -> None:
    """These students need not review the paper; what they hand in all the same counts."""
    rules, reason = _require_rules(paper), _require_reason(reason)
    _write(rules, paper, locked_students(paper, reviewers), by=by, asks=Asks.EXEMPT, reason=reason)


@transaction.atomic
def ask(*, paper: Paper, reviewers: Collection[Enrollment], by: User, reason: str = "", source: str = Source.STAFF) -> None:
    """These students are to review the paper by its deadline, whatever the course asks of everybody.

    Nobody who has a conflict with the paper is asked: DomainError names them, and nobody else is asked either.
    """
    rules = _require_rules(paper)
    students = locked_students(paper, reviewers)
    _require_no_conflict(paper, students)
    _write(rules, paper, students, by=by, asks=Asks.REQUIRED, reason=reason.strip()[:REASON_LIMIT], source=source)


@transaction.atomic
def back_to_the_rule(*, paper: Paper, reviewers: Collection[Enrollment], by: User) -> None:
    """Nothing differs any more for these students; taking back what was never given changes nothing."""
    rules = _require_rules(paper)
    _write(rules, paper, locked_students(paper, reviewers), by=by, asks="")


@transaction.atomic
def choose(*, paper: Paper, reviewer: Enrollment) -> None:
    """The student takes the paper on; choosing it again changes nothing."""
    rules = _require_rules(paper)
    _require_choosing(rules)
    (reviewer,) = locked_students(paper, [reviewer])
    mine = Assignment.objects.filter(reviewer=reviewer, course=paper.course_id)
    if mine.filter(paper=paper).exists():
        return
    if rules.closes_at(paper) < timezone.now():
        raise DomainError("Reviews of this paper are closed; choose another.", code="closed")
    taken = mine.filter(asks=Asks.REQUIRED).count()
    if rules.required_count is not None and taken >= rules.required_count:
        raise DomainError(
            f"You have chosen {taken} paper{'' if taken == 1 else 's'}, as many as the course asks for. "
            "Give one back to take another.",
            code="enough",
        )
    if Conflict.objects.filter(paper=paper, reviewer=reviewer).exists():
        raise DomainError("You have a conflict with this paper, so it is not yours to review.", code="conflict")
    _write(rules, paper, [reviewer], by=reviewer.user, asks=Asks.REQUIRED, source=Source.CHOSEN)


@transaction.atomic
def give_back(*, paper: Paper, reviewer: Enrollment) -> None:
    """The student lets go of a paper they chose, as long as nothing of a review is written."""
    rules = _require_rules(paper)
    _require_choosing(rules)
    (reviewer,) = locked_students(paper, [reviewer])
    mine = Assignment.objects.filter(paper=paper, reviewer=reviewer).first()
    if mine is None:
        return
    if mine.source != Source.CHOSEN:
        raise DomainError("Staff asked you for this review; only they can take it back.", code="not_chosen")
    if Review.objects.filter(paper=paper, reviewer=reviewer, revision__gt=0).exists():
        raise DomainError("You have begun this review, so it stays yours.", code="begun")
    _write(rules, paper, [reviewer], by=reviewer.user, asks="")


def _require_rules(paper: Paper) -> ReviewRules:
    rules = ReviewRules.objects.select_related("course").filter(course=paper.course_id).first()
    if rules is None:
        raise DomainError("This course asks for no reviews.", code="no_reviews")
    if paper.meeting.is_holiday:
        raise DomainError("This paper's meeting does not take place, so it takes no reviews.", code="no_meeting")
    return rules


def _require_choosing(rules: ReviewRules) -> None:
    if rules.who != Who.CHOSEN:
        raise DomainError("In this course students do not choose what they review.", code="no_choosing")


def _require_reason(reason: str) -> str:
    reason = reason.strip()
    if not reason:
        raise DomainError("Say why: the student sees it, and so does whoever looks at the grade later.", field="reason")
    if len(reason) > REASON_LIMIT:
        raise DomainError(f"The reason has {len(reason):,} characters; at most {REASON_LIMIT} fit.", field="reason")
    return reason


def locked_students(paper: Paper, reviewers: Collection[Enrollment]) -> list[Enrollment]:
    """These enrollments as they now stand, locked in one order; DomainError unless all are students of the course."""
    asked = {reviewer.pk for reviewer in reviewers}
    if not asked:
        raise DomainError("Choose at least one student.", field="reviewers", code="nobody")
    rows = Enrollment.objects.select_for_update(no_key=True).active().students().filter(course=paper.course_id, pk__in=asked)
    found = list(rows.order_by("pk"))
    if len(found) != len(asked):
        raise DomainError("Only students who are in the course write reviews.", field="reviewers", code="not_a_student")
    return found


def _require_askable(paper: Paper, students: list[Enrollment], terms: AllTerms) -> None:
    """None of those who would be asked anew has a conflict; who is asked already stays asked."""
    _require_no_conflict(paper, [each for each in students if terms.of(each.pk, paper.pk).asks in (None, Asks.EXEMPT)])


def _require_no_conflict(paper: Paper, students: list[Enrollment]) -> None:
    names = Conflict.objects.filter(paper=paper, reviewer__in=students).order_by("reviewer__user__name")
    if names := list(names.values_list("reviewer__user__name", flat=True)):
        who = f"{names[0]} has" if len(names) == 1 else f"{', '.join(names[:5])}{' and others' if len(names) > 5 else ''} have"
        raise DomainError(
            f"{who} a conflict with this paper, so nobody was asked. Take the conflict away first, if it is none.",
            field="reviewers",
            code="conflict",
        )


def _write(rules: ReviewRules, paper: Paper, students: list[Enrollment], *, by: User, asks: str, **terms) -> None:
    wanted = [Wanted(paper, each.pk, asks=asks, **terms) for each in students]
    write_terms(rules=rules, wanted=wanted, by=by)
