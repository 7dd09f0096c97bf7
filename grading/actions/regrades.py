"""Requests for a regrade: ask, say, decide, withdraw. One decision wins; what was said stays as it was said."""

from collections.abc import Mapping
from decimal import Decimal
from functools import partial

from django.db import transaction
from django.utils import timezone

from core.errors import DomainError
from core.text import text_problem, tidy
from courses.models import Enrollment
from grading import tasks
from grading.actions.marks import set_mark
from grading.actions.release import release_decided
from grading.given import MAX_COMMENT
from grading.models import Mark, Outcome, RegradeMessage, RegradeNotice, RegradeRequest
from grading.queries.policy import read_in_force
from grading.queries.regrades import contest_of
from grading.work import target_of


@transaction.atomic
def ask_regrade(*, mark: Mark, by: Enrollment, text: str) -> RegradeRequest:
    """Contest the released mark of one's own work; sending the same request twice changes nothing."""
    text = _checked(text)
    course = by.course
    # The student's row makes two requests at once one after the other.
    Enrollment.objects.select_for_update(no_key=True).only("pk").get(pk=by.pk)
    mark = Mark.objects.get(pk=mark.pk)
    latest = RegradeRequest.objects.filter(mark=mark, asked_by=by).order_by("-pk").first()
    if latest and latest.is_open and latest.messages.order_by("pk")[0].text == text:
        return latest
    _check_may_ask(mark, latest, course)
    request = RegradeRequest.objects.create(course=course, mark=mark, asked_by=by, points_contested=mark.released_points)
    _say(request, by, text)
    return request


def _check_may_ask(mark: Mark, latest: RegradeRequest | None, course) -> None:
    _, policy = read_in_force(course)
    if mark.released_at is None or mark.released_points is None:
        raise DomainError("This mark is not released.", code="not_released")
    if not policy.regrade_days:
        raise DomainError("This course takes no regrade requests.", code="no_regrades")
    contest = contest_of(mark, latest, policy, course)
    if contest.is_open:
        return
    if contest.is_over:
        raise DomainError(
            f"The {policy.regrade_days} days after the release in which this mark could be contested are over.", code="too_late"
        )
    if latest.is_open:
        raise DomainError("You have contested this mark already; add to that request.", code="already_open")
    raise DomainError("Your request about this mark has been decided.", code="decided")


@transaction.atomic
def add_regrade_message(*, request: RegradeRequest, by: Enrollment, text: str) -> RegradeMessage:
    """Say something in an open request; the same words twice in a row by the same person are one message."""
    text = _checked(text)
    request = _lock_open(request)
    last = request.messages.order_by("-pk").first()
    if last and (last.author_id, last.text) == (by.user_id, text):
        return last
    return _say(request, by, text)


@transaction.atomic
def decide_regrade(
    *,
    request: RegradeRequest,
    by: Enrollment,
    outcome: str,
    text: str,
    points: Decimal | None = None,
    levels: Mapping[str, Decimal] | None = None,
    comment: str | None = None,
    revision: int | None = None,
) -> RegradeRequest:
    """Close the request: "kept", or "changed" to these points or levels, this comment, or both, which the student sees at once.

    Of a changed mark, what is left None stays as it is. `revision` is that of the mark that the decider had before them;
    StaleVersion when somebody has marked since. Of two decisions at once one stands, and the other is refused (code `decided`).
    """
    text = _checked(text)
    if outcome not in (Outcome.KEPT, Outcome.CHANGED):
        raise DomainError(f"Found {outcome!r}; expected kept or changed.", field="outcome")
    decided = RegradeRequest.objects.select_for_update(no_key=True).get(pk=request.pk)
    if (decided.outcome, decided.decided_by_id) == (outcome, by.user_id):
        return decided  # sent twice
    request = _lock_open(request)
    given = _change_mark(request, by, points, levels, comment, revision) if outcome == Outcome.CHANGED else None
    return _close(request, by, outcome, text, given)


def _change_mark(request: RegradeRequest, by: Enrollment, points, levels, comment, revision: int | None) -> Decimal | None:
    """The new points; None where the student goes on seeing the same."""
    mark = Mark.objects.get(pk=request.mark_id)
    if points is None and levels is None and comment is not None:
        points = mark.points
    if points is None and levels is None:
        raise DomainError("Give the new mark.", field="points")
    if revision is None:
        raise DomainError("Name the revision of the mark that is to be changed.", field="revision")
    points_seen = mark.released_points
    mark = set_mark(
        **target_of(mark),
        points=points,
        levels=levels,
        comment=mark.comment if comment is None else comment,
        revision=revision,
        version=mark.review_version,
        regrade=request,
        by=by.user,
    )
    if not release_decided(request=request, by=by.user):
        words = "This is what the student sees already; keep the mark, or give another mark or comment."
        raise DomainError(words, field="points")
    return mark.points if mark.points != points_seen else None


@transaction.atomic
def withdraw_regrade(*, request: RegradeRequest, by: Enrollment) -> RegradeRequest:
    """The student takes the request back; withdrawing twice changes nothing."""
    withdrawn = RegradeRequest.objects.select_for_update(no_key=True).get(pk=request.pk)
    if withdrawn.outcome == Outcome.WITHDRAWN:
        return withdrawn
    return _close(_lock_open(request), by, Outcome.WITHDRAWN, "", None)


def _lock_open(request: RegradeRequest) -> RegradeRequest:
    request = RegradeRequest.objects.select_for_update(no_key=True).get(pk=request.pk)
    if not request.is_open:
        who = request.decided_by.name
        raise DomainError(f"This request is closed: {request.get_outcome_display().lower()}, by {who}.", code="decided")
    return request


def _close(request: RegradeRequest, by: Enrollment, outcome: str, text: str, points: Decimal | None) -> RegradeRequest:
    request.outcome, request.decided_by, request.decided_at = outcome, by.user, timezone.now()
    request.save(update_fields=["outcome", "decided_by", "decided_at"])
    _say(request, by, text, outcome=outcome, points=points)
    return request


def _say(request: RegradeRequest, by: Enrollment, text: str, **outcome) -> RegradeMessage:
    message = RegradeMessage.objects.create(request=request, author=by.user, is_by_staff=by.is_staff, text=text, **outcome)
    RegradeNotice.objects.bulk_create(RegradeNotice(message=message, enrollment=to) for to in _told(request, by))
    transaction.on_commit(partial(tasks.notify_regrade.delay, message.pk), robust=True)
    return message


def _told(request: RegradeRequest, by: Enrollment) -> list[Enrollment]:
    """The student of what staff say; the instructors and whoever gave the mark of what the student says."""
    if by.is_staff:
        return [request.asked_by]
    staff = Enrollment.objects.active().staff().filter(course=request.course_id).order_by("pk")
    return [person for person in staff if person.is_instructor or person.user_id == request.mark.marked_by_id]


def _checked(text: str) -> str:
    text = tidy(text).strip()
    if not text:
        raise DomainError("Say why.", field="text")
    if problem := text_problem(text, limit=MAX_COMMENT):
        raise DomainError(problem, field="text")
    return text


# The claims that keep each mail from leaving twice


def claim_notice(*, notice: RegradeNotice) -> bool:
    """Whether the caller, and nobody else, may hand over the mail. Committed at once, before the mail leaves."""
    return bool(RegradeNotice.objects.waiting().filter(pk=notice.pk).update(claimed_at=timezone.now()))


def release_notice(*, notice: RegradeNotice) -> None:
    """The mail has certainly not left: it may be tried again."""
    RegradeNotice.objects.filter(pk=notice.pk, sent_at=None).update(claimed_at=None)


def confirm_notice(*, notice: RegradeNotice) -> None:
    RegradeNotice.objects.filter(pk=notice.pk).update(sent_at=timezone.now())


def skip_notice(*, notice: RegradeNotice) -> None:
    """The person may not read it any more."""
    RegradeNotice.objects.waiting().filter(pk=notice.pk).update(skipped_at=timezone.now())
