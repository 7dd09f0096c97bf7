"""Mail about being in a course."""

from celery import shared_task
from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from accounts.queries import password_link, single_sign_on
from courses import actions
from courses.models import Enrollment


@shared_task(autoretry_for=(OSError,), retry_backoff=True, max_retries=6)
def send_invitation(enrollment_id: int) -> None:
    """Tell a person that they are in the course; once for each time it was asked for, however often this runs."""
    enrollment = Enrollment.objects.select_related("user", "course").filter(pk=enrollment_id).first()
    if enrollment is None:
        return
    message = _message(enrollment)  # what can fail for other reasons than the mail server's comes before the claim
    if not actions.claim_invitation(enrollment_id=enrollment_id):
        return
    try:
        message.send()
    except OSError:  # the mail server's failures are OSErrors; the retry must find the mail unclaimed
        actions.release_invitation(enrollment_id=enrollment_id)
        raise


@shared_task
def send_waiting_invitations() -> None:
    """Beat's: what could not be queued, or was lost with the broker. One try each; the next round is the retry."""
    for pk in Enrollment.objects.waiting_for_invitation(timezone.now()).order_by("pk").values_list("pk", flat=True):
        send_invitation.apply_async((pk,), retries=send_invitation.max_retries)


def _message(enrollment: Enrollment) -> EmailMessage:
    user, course = enrollment.user, enrollment.course
    course_path = reverse("home:today", args=[course.slug])
    path = f"{password_link(user)}?next={course_path}" if user.was_never_used else course_path
    days = settings.PASSWORD_RESET_TIMEOUT // 86400
    links = {"link": settings.SITE_URL + path, "page": settings.SITE_URL + course_path}
    body = render_to_string(
        "courses/email/invitation.txt",
        {"enrollment": enrollment, "user": user, "course": course, "days": days, "sso": single_sign_on(), **links},
    )
    subject = " ".join(f"You are in {course.code} {course.title}".split())
    return EmailMessage(subject, body, to=[user.email])
