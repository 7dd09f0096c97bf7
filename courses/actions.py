"""Every write to a course, its people and its links."""

import logging
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from functools import partial

from django.db import transaction
from django.utils import timezone
from kombu.exceptions import OperationalError

from accounts.models import User
from core.batches import batches
from core.errors import DomainError, StaleVersion
from core.locking import lock_row
from core.uploads import PDF, check_upload
from courses import tasks
from courses.models import Course, Enrollment, JoinLink, Paper, Role
from courses.queries import Entry, RosterPlan, plan_roster

logger = logging.getLogger(__name__)


def stamp_grade_change(*, enrollments: Iterable[Enrollment | int], seen_by_student: bool) -> None:
    """Note that something these students' grades rest on has changed; call it in the writing transaction.

    `seen_by_student` is False for what is not released: the student's own stamp then stays as it is.
    """
    now = timezone.now()
    stamps = {"grade_changed_at": now} | ({"released_changed_at": now} if seen_by_student else {})
    ids = [getattr(enrollment, "pk", enrollment) for enrollment in enrollments]
    if len(ids) > 1:
        lock_enrollments(ids)
    for some in batches(ids):
        Enrollment.objects.filter(pk__in=some).update(**stamps)


def lock_enrollments(ids: Iterable[int]) -> None:
    """Lock these rows until the transaction ends.

    In one order always: of two acts on some of the same students, one would otherwise wait for the other forever.
    """
    for some in batches(sorted(ids)):
        list(Enrollment.objects.select_for_update(no_key=True).filter(pk__in=some).order_by("pk").values_list("pk", flat=True))


def stamp_course_change(*, course: Course) -> None:
    """Note that something has changed that everybody's grade may rest on: calendar, rules, policy."""
    Course.objects.filter(pk=course.pk).update(grades_changed_at=timezone.now())


@transaction.atomic
def set_paper_pdf(*, paper: Paper, upload) -> Paper:
    """Keep the uploaded PDF with the paper, in place of an earlier one; DomainError when it is not a PDF."""
    checked = check_upload(upload, allowed=(PDF,), field="pdf")
    paper = lock_row(Paper.objects.select_for_update(no_key=True), paper.pk)
    before = paper.pdf.name
    paper.pdf.save(checked.safe_name, upload, save=False)
    paper.save(update_fields=["pdf"])
    if before:
        # Only once the new name is committed: a rollback must not leave the paper without its file.
        transaction.on_commit(partial(paper.pdf.storage.delete, before))
    return paper


def _lock(course: Course) -> Course:
    """Serialise changes to who is in the course; rows that merely refer to the course may still be written."""
    return Course.objects.select_for_update(no_key=True).get(pk=course.pk)


def _invite(enrollments: Iterable[Enrollment]) -> None:
    transaction.on_commit(partial(_queue_invitations, list(enrollments)))


def _queue_invitations(enrollments: list[Enrollment]) -> None:
    """What is committed stays so when the broker is away: `send_waiting_invitations` comes back to most of it."""
    for place, enrollment in enumerate(enrollments):
        try:
            tasks.send_invitation.delay(enrollment.pk)
        except OperationalError as error:
            late = enrollments[place:]
            logger.error("The broker took no more: %s invitations wait. %s", len(late), error)
            for each in late:
                each.mail_is_late = True
            return


class BadRoster(DomainError):  # noqa: N818 - named for the state, as StaleVersion is
    """Some lines of the roster cannot be applied; `plan` says which."""

    def __init__(self, plan: RosterPlan):
        count = len({problem.number for problem in plan.problems})
        subject = "1 line has a problem" if count == 1 else f"{count} lines have problems"
        super().__init__(
            f"{subject}, so nothing was applied. Mend the roster, or apply the good lines only.",
            field="text",
            code="bad_lines",
        )
        self.plan = plan


@transaction.atomic
def apply_roster(*, course: Course, text: str, skip_bad_lines: bool = False, expected_digest: str | None = None) -> RosterPlan:
    """Enroll and change people as the roster says, all of it or nothing; the plan that was carried out.

    `expected_digest` names the plan that a person agreed to: StaleVersion (with the new plan) when it is
    no longer what would happen. Raises BadRoster and UnreadableRoster.
    """
    course = _lock(course)
    plan = plan_roster(course, text)
    if expected_digest is not None and expected_digest != plan.digest:
        raise StaleVersion(
            "The course or the roster has changed since the preview. Nothing was applied; look at the new preview.",
            current=plan,
        )
    if plan.problems and not skip_bad_lines:
        raise BadRoster(plan)
    _rename([entry for entry in plan.entries if entry.user and entry.user.name != entry.name])
    _change([entry for entry in plan.entries if entry.state == "changed"])
    invited = _enroll(course, [entry for entry in plan.entries if entry.state in ("new", "added")])
    return replace(plan, invited=tuple(invited))


def _rename(entries: list[Entry]) -> None:
    for entry in entries:
        entry.user.name = entry.name
    User.objects.bulk_update([entry.user for entry in entries], ["name"])


def _change(entries: list[Entry]) -> None:
    for entry in entries:
        entry.enrollment.become(role=entry.role, section=entry.section, is_active=True)
    enrollments = [entry.enrollment for entry in entries]
    Enrollment.objects.bulk_update(enrollments, Enrollment.BECOMES)
    stamp_grade_change(enrollments=enrollments, seen_by_student=True)


def _enroll(course: Course, entries: list[Entry]) -> list[Enrollment]:
    new = [User(email=entry.line.email, name=entry.name) for entry in entries if entry.user is None]
    for user in new:
        user.set_unusable_password()
    # Another course may be inviting the same person at this moment; then their account is used.
    User.objects.bulk_create(new, ignore_conflicts=True)
    users = {user.email: user for user in User.objects.filter(email__in=[user.email for user in new])}
    enrollments = Enrollment.objects.bulk_create(
        Enrollment(course=course, user=entry.user or users[entry.line.email], role=entry.role, section=entry.section)
        for entry in entries
    )
    _invite(enrollments)
    return enrollments


@transaction.atomic
def change_enrollment(
    *, enrollment: Enrollment, role: str | None = None, section: str | None = None, is_active: bool | None = None
) -> Enrollment:
    """Give the person this role, section and state in the course; None leaves it as it now stands, whoever changed it.

    What they did is kept whatever changes.
    """
    course = _lock(enrollment.course)
    enrollment = course.enrollments.for_display().select_for_update(no_key=True, of=("self",)).get(pk=enrollment.pk)
    role = enrollment.role if role is None else role
    section = enrollment.section if section is None else section
    is_active = enrollment.is_active if is_active is None else is_active
    stays_instructor = role == Role.INSTRUCTOR and is_active
    others = course.enrollments.active().instructors().exclude(pk=enrollment.pk)
    if enrollment.is_active and enrollment.is_instructor and not stays_instructor and not others.exists():
        raise DomainError(
            f"{enrollment.user.name} is the course's last active instructor. Make somebody else an instructor first.",
            code="last_instructor",
        )
    if (enrollment.role, enrollment.section, enrollment.is_active) != (role, section, is_active):
        enrollment.become(role=role, section=section, is_active=is_active)
        enrollment.save(update_fields=Enrollment.BECOMES)
        stamp_grade_change(enrollments=[enrollment], seen_by_student=True)
    return enrollment


@transaction.atomic
def ask_for_invitation(*, enrollment: Enrollment) -> Enrollment:
    """Mail the person (again) that they are in the course and how to sign in."""
    enrollment = Enrollment.objects.select_for_update(no_key=True).get(pk=enrollment.pk)
    if not enrollment.is_active:
        raise DomainError("This person is not active in the course, so no invitation was sent.")
    enrollment.invitation_sent_at = None
    enrollment.save(update_fields=["invitation_sent_at"])
    _invite([enrollment])
    return enrollment


def claim_invitation(*, enrollment_id: int) -> bool:
    """True for the one caller that is to send the mail; a repeated or second task gets False."""
    waiting = Enrollment.objects.active().filter(pk=enrollment_id, invitation_sent_at=None)
    return bool(waiting.update(invitation_sent_at=timezone.now()))


def release_invitation(*, enrollment_id: int) -> None:
    """The mail could not be sent: let the next try have it."""
    Enrollment.objects.filter(pk=enrollment_id).update(invitation_sent_at=None)


@transaction.atomic
def create_join_link(
    *, course: Course, by: User, role: str, section: str = "", expires_at: datetime | None = None, max_uses: int | None = None
) -> JoinLink:
    if role not in JoinLink.ROLES:
        raise DomainError("A join link makes students or observers only.", field="role")
    if expires_at is not None and expires_at <= timezone.now():
        raise DomainError("This moment has passed; choose one to come, or none.", field="expires_at")
    if max_uses == 0:
        raise DomainError("A link that nobody can use is of no use: write 1 or more, or leave it empty.", field="max_uses")
    return JoinLink.objects.create(
        course=course, created_by=by, role=role, section=section, expires_at=expires_at, max_uses=max_uses
    )


@transaction.atomic
def revoke_join_link(*, link: JoinLink) -> JoinLink:
    """Stop the link for good; revoking it again changes nothing."""
    link = JoinLink.objects.select_for_update(no_key=True).get(pk=link.pk)
    if link.revoked_at is None:
        link.revoked_at = timezone.now()
        link.save(update_fields=["revoked_at"])
    return link


@transaction.atomic
def join_course(*, link: JoinLink, user: User) -> Enrollment:
    """Enroll the user by the link; joining again changes nothing and uses nothing up."""
    course = _lock(link.course)
    link = JoinLink.objects.select_for_update(no_key=True).get(pk=link.pk)
    enrollment = course.enrollments.filter(user=user).first()
    if enrollment and enrollment.is_active:
        return enrollment
    if enrollment:
        raise DomainError("You were taken off this course. A join link cannot bring you back; ask the instructor.")
    if refusal := link.refusal(timezone.now()):
        raise DomainError(f"{refusal} Ask the instructor for a new one.", code="link_closed")
    link.uses += 1
    link.save(update_fields=["uses"])
    return Enrollment.objects.create(course=course, user=user, role=link.role, section=link.section)
