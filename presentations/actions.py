"""Every write to presentations: who has which role, and the slides."""

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from accounts.models import User
from core.errors import DomainError
from core.links import check_link
from core.locking import lock_row
from core.text import text_problem, tidy
from core.uploads import PDF, PPTX, check_upload
from courses.actions import stamp_grade_change
from courses.models import Enrollment
from presentations.models import SignUp, Slides, Slot, SlotRole

SLIDE_KINDS = (PDF, PPTX)


@transaction.atomic
def assign_presenter(*, role: SlotRole, enrollment: Enrollment | None = None, guest_name: str = "", by: User) -> SignUp:
    """Give a place in the role to a student, or to a guest by name.

    A sign-up of the same person that was withdrawn stands again, with the mark that hangs on it.
    """
    # The lock goes first and without joins: whoever waited for it must count the places as they are now.
    role = lock_row(SlotRole.objects.select_for_update(no_key=True), role.pk)
    slot = Slot.objects.select_related("meeting").get(pk=role.slot_id)
    guest_name = _guest_name(guest_name)
    _require_one_presenter(enrollment, guest_name)
    if slot.meeting.is_holiday:
        raise DomainError("This meeting does not take place, so nobody presents at it.", code="no_meeting")
    if enrollment is not None:
        _require_student_of(slot, enrollment)
    standing = role.sign_ups.standing()
    if enrollment is not None and standing.filter(enrollment=enrollment).exists():
        raise DomainError("This student has this role already.", field="enrollment_id", code="already_assigned")
    if standing.count() >= role.capacity:
        raise DomainError("This role has just been filled. Nothing was changed.", code="role_is_full")
    sign_up = _stand_again(role, enrollment, guest_name, by)
    if enrollment is not None:
        stamp_grade_change(enrollments=[enrollment], seen_by_student=True)
    return sign_up


def _guest_name(text: str) -> str:
    name = " ".join(tidy(text).split())
    if problem := text_problem(name, limit=SignUp._meta.get_field("guest_name").max_length):
        raise DomainError(problem, field="guest_name")
    return name


def _require_one_presenter(enrollment: Enrollment | None, guest_name: str) -> None:
    if enrollment is None and not guest_name:
        raise DomainError("Choose a student, or write the guest's name.", field="guest_name", code="nobody_named")
    if enrollment is not None and guest_name:
        raise DomainError("Choose either a student or a guest, not both.", field="guest_name", code="two_named")


def _require_student_of(slot: Slot, enrollment: Enrollment) -> None:
    # Asked anew: the enrollment at hand may have been read before a withdrawal from the course.
    students = Enrollment.objects.active().students().filter(course=slot.course_id)
    if not students.filter(pk=enrollment.pk).exists():
        raise DomainError("This person is not an active student of this course.", field="enrollment_id", code="not_a_student")


def _stand_again(role: SlotRole, enrollment: Enrollment | None, guest_name: str, by: User) -> SignUp:
    withdrawn = role.sign_ups.exclude(withdrawn_at=None).order_by("-withdrawn_at", "-pk")
    sign_up = withdrawn.filter(enrollment=enrollment, guest_name=guest_name).first()
    if sign_up is None:
        return SignUp.objects.create(role=role, enrollment=enrollment, guest_name=guest_name, assigned_by=by)
    sign_up.withdrawn_at, sign_up.assigned_by = None, by
    sign_up.save(update_fields=["withdrawn_at", "assigned_by"])
    return sign_up


@transaction.atomic
def withdraw_presenter(*, sign_up: SignUp, by: User) -> SignUp:
    """Free the place; the row stays, because a mark may hang on it. Withdrawing it again changes nothing."""
    lock_row(SlotRole.objects.select_for_update(no_key=True), sign_up.role_id)
    sign_up = lock_row(SignUp.objects.select_for_update(no_key=True), sign_up.pk)
    if sign_up.withdrawn_at is None:
        sign_up.withdrawn_at, sign_up.assigned_by = timezone.now(), by
        sign_up.save(update_fields=["withdrawn_at", "assigned_by"])
        if sign_up.enrollment_id:
            stamp_grade_change(enrollments=[sign_up.enrollment_id], seen_by_student=True)
    return sign_up


@transaction.atomic
def add_slides(*, slot: Slot, by: User, url: str = "", upload=None) -> Slides:
    """Add a version of the slot's slides, a file (PDF, PPTX) or a link; older versions are kept."""
    if bool(url.strip()) == bool(upload):
        raise DomainError("Give the slides either as a file or as a link.", field="file", code="file_or_link")
    slot = lock_row(Slot.objects.select_for_update(no_key=True), slot.pk)
    number = (slot.slides.aggregate(highest=Max("number"))["highest"] or 0) + 1
    slides = Slides(slot=slot, number=number, uploaded_by=by)
    if upload:
        checked = check_upload(upload, allowed=SLIDE_KINDS)
        slides.file_kind, slides.file_name = checked.kind, checked.safe_name
        slides.file.save(checked.safe_name, upload, save=False)
    else:
        slides.url = check_link(url)
    slides.save()
    return slides
