"""From a roster to a person who is signed in."""

import re
from datetime import UTC, datetime, timedelta
from smtplib import SMTPServerDisconnected

import pytest
import time_machine
from django.core import mail
from django.core.mail.backends.base import BaseEmailBackend
from django.test import override_settings
from django.urls import reverse

from accounts.models import User
from core.errors import DomainError
from courseportal.celery import app as celery
from courses import actions
from courses.models import Enrollment
from courses.tasks import send_invitation, send_waiting_invitations
from tests.factories import EnrollmentFactory

NOW = datetime(2021, 9, 1, 12, 0, tzinfo=UTC)


@pytest.fixture
def newcomer(course):
    actions.apply_roster(course=course, text="ada@example.edu,Ada Lovelace,student,A")
    return course.enrollments.get(user__email="ada@example.edu")


def link_in(message) -> str:
    return re.search(r"http://testserver(\S+)", message.body)[1]


def test_invited_person_sets_a_password_and_lands_in_the_course(client, course, newcomer):
    send_invitation(newcomer.pk)
    link = link_in(mail.outbox[0])

    form = client.get(link, follow=True)
    assert form.context["form"].errors == {}
    today = reverse("home:today", args=[course.slug])
    data = {"password1": "a long enough one", "password2": "a long enough one", "next": today}
    response = client.post(form.context["action_url"], data)

    assert (response.status_code, response["Location"]) == (302, today)
    assert client.session["_auth_user_id"] == str(newcomer.user_id)
    assert f'name="next" value="{today}"' in form.content.decode()
    assert "ada@example.edu" in mail.outbox[0].to


def test_invited_person_can_sign_in_again_with_the_password(client, newcomer):
    send_invitation(newcomer.pk)
    form = client.get(link_in(mail.outbox[0]), follow=True)
    client.post(form.context["action_url"], {"password1": "a long enough one", "password2": "a long enough one"})
    client.post(reverse("account_logout"))

    client.post(reverse("account_login"), {"login": "ada@example.edu", "password": "a long enough one"})

    assert client.session["_auth_user_id"] == str(newcomer.user_id)


def test_invitation_names_course_role_and_section(course, newcomer):
    send_invitation(newcomer.pk)

    message = mail.outbox[0]
    assert message.subject == f"You are in {course.code} {course.title}"
    assert message.body.startswith(
        f"Dear Ada Lovelace,\n\nyou were added to {course.code} {course.title} (Fall 2021) as student, section A.\n\n"
    )
    assert link_in(message).startswith("/account/password/reset/key/")


def test_person_who_has_an_account_is_told_without_a_password_link(course):
    person = EnrollmentFactory(course=course)

    send_invitation(person.pk)

    assert link_in(mail.outbox[0]) == reverse("home:today", args=[course.slug])


def test_mail_is_sent_once_however_often_the_task_runs(newcomer):
    for _ in range(3):
        send_invitation(newcomer.pk)

    assert len(mail.outbox) == 1


def test_mail_is_sent_again_when_asked_for(newcomer, django_capture_on_commit_callbacks):
    send_invitation(newcomer.pk)

    with time_machine.travel(NOW, tick=False), django_capture_on_commit_callbacks(execute=True):
        actions.ask_for_invitation(enrollment=newcomer)

    newcomer.refresh_from_db()
    assert (len(mail.outbox), newcomer.invitation_sent_at) == (2, NOW)


class MailServerThatIsDown(BaseEmailBackend):
    def send_messages(self, messages):
        raise SMTPServerDisconnected


def test_mail_that_the_server_did_not_take_is_left_for_the_next_try(newcomer):
    with override_settings(EMAIL_BACKEND=f"{__name__}.MailServerThatIsDown"), pytest.raises(SMTPServerDisconnected):
        send_invitation.run(newcomer.pk)
    newcomer.refresh_from_db()
    assert newcomer.invitation_sent_at is None

    send_invitation(newcomer.pk)

    assert len(mail.outbox) == 1


def test_mail_that_could_not_be_written_does_not_count_as_sent(newcomer, settings):
    settings.PASSWORD_RESET_TIMEOUT = None
    with pytest.raises(TypeError):
        send_invitation.run(newcomer.pk)

    newcomer.refresh_from_db()
    assert (newcomer.invitation_sent_at, mail.outbox) == (None, [])


def test_person_who_was_taken_off_the_course_gets_no_mail(newcomer):
    newcomer.is_active = False
    newcomer.save()

    send_invitation(newcomer.pk)

    assert mail.outbox == []
    with pytest.raises(DomainError):
        actions.ask_for_invitation(enrollment=newcomer)


def test_course_title_with_a_line_break_makes_no_header(course, newcomer):
    course.title = "ML\nBcc: x@example.edu"
    course.save()

    send_invitation(newcomer.pk)

    assert mail.outbox[0].subject == f"You are in {course.code} ML Bcc: x@example.edu"


def test_apply_roster_mails_everybody_new_once(course, instructor, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        actions.apply_roster(course=course, text=f"a@example.edu,A\nb@example.edu,B\n{instructor.user.email}")
        actions.apply_roster(course=course, text="a@example.edu,A,,\nb@example.edu,B,,Z")

    assert sorted(message.to for message in mail.outbox) == [["a@example.edu"], ["b@example.edu"]]


@pytest.fixture
def broker_is_away(monkeypatch):
    """Tasks are really published, to an address at which nobody answers."""
    monkeypatch.setenv("CELERY_BROKER_URL", "redis+socket:///nowhere/broker.sock")
    # Connections that earlier tests have made.
    monkeypatch.setattr(celery, "_pool", None)
    monkeypatch.setattr(celery.amqp, "_producer_pool", None)
    celery.conf.task_always_eager = False
    yield
    celery.conf.task_always_eager = True


@pytest.mark.django_db(transaction=True)
def test_roster_is_applied_though_the_broker_is_away(client, course, instructor, broker_is_away):
    client.force_login(instructor.user)
    url = reverse("courses:roster_import", args=[course.slug])
    text = "a@example.edu,A\nb@example.edu,B"
    digest = client.post(url, {"text": text}).context["plan"].digest

    response = client.post(url, {"text": text, "digest": digest}, follow=True)

    assert [str(message) for message in response.context["messages"]] == [
        "Roster applied: 2 enrolled, 0 changed, 0 unchanged.",
        "Mail cannot be sent at this moment. People who are new to the portal are invited as soon as it can; "
        "who had an account already is in the course, and gets no mail about it.",
    ]
    assert course.enrollments.filter(user__email__in=["a@example.edu", "b@example.edu"]).count() == 2


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}], ids=["page", "fragment"])
def test_invite_button_says_that_the_mail_cannot_be_sent(headers, client, course, instructor, newcomer, broker_is_away):
    client.force_login(instructor.user)

    response = client.post(reverse("courses:invitation_send", args=[course.slug, newcomer.pk]), headers=headers, follow=True)

    assert response.status_code == 200
    assert response.content.decode().count("Mail cannot be sent at this moment.") == 1


def at_once_and_later(minutes: int) -> int:
    """How many mails the round that comes after these minutes sends."""
    before = len(mail.outbox)
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=minutes), tick=False):
        send_waiting_invitations()
    return len(mail.outbox) - before


def test_invitation_that_was_lost_is_sent_by_a_later_round_once(newcomer):
    assert [at_once_and_later(1), at_once_and_later(10), at_once_and_later(11)] == [0, 1, 0]


def test_round_invites_nobody_who_waits_for_no_mail(course, newcomer):
    EnrollmentFactory(course=course)  # has an account
    Enrollment.objects.filter(pk=newcomer.pk).update(is_active=False)

    assert at_once_and_later(10) == 0


def test_round_gives_up_on_an_address_after_days(newcomer):
    assert at_once_and_later(4 * 24 * 60) == 0


def test_round_tries_each_mail_once(newcomer):
    with override_settings(EMAIL_BACKEND=f"{__name__}.MailServerThatIsDown"), pytest.raises(SMTPServerDisconnected):
        at_once_and_later(10)

    assert at_once_and_later(20) == 1


def test_invite_button_sends_the_mail(client, course, instructor, newcomer, django_capture_on_commit_callbacks):
    client.force_login(instructor.user)

    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("courses:invitation_send", args=[course.slug, newcomer.pk]))

    assert [message.to for message in mail.outbox] == [["ada@example.edu"]]
    assert User.objects.get(email="ada@example.edu").was_never_used is True
