"""Who gets a mail about a comment: once, and only if they may read it."""

import smtplib

import pytest
from django.core import mail

from core import mailing
from discussion.actions import add_comment, edit_comment, follow_discussion, start_thread, withdraw_comment
from discussion.models import Notice
from discussion.tasks import notify, send_notice, send_waiting_notices
from tests.discussion.conftest import BEFORE
from tests.factories import CommentFactory, DiscussionRulesFactory, EnrollmentFactory, FollowFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("closed")]


@pytest.fixture
def said(django_capture_on_commit_callbacks):
    """Say it, and let the tasks run that it queues; the addresses that got a mail, in order."""

    def say(act, **arguments):
        mail.outbox.clear()
        with django_capture_on_commit_callbacks(execute=True):
            act(**arguments)
        return sorted(message.to[0] for message in mail.outbox)

    return say


@pytest.fixture
def ada(course):
    return EnrollmentFactory(course=course, user__name="Ada Long", user__email="ada@example.edu")


def test_followers_get_one_mail_and_the_author_none(said, paper, student, ada):
    FollowFactory(paper=paper, enrollment=ada)
    FollowFactory(paper=paper, enrollment=student)

    assert said(start_thread, paper=paper, by=student, text="Why *only* one data set?") == ["ada@example.edu"]
    message = mail.outbox[0]
    assert message.subject == f"New comment: Rammer ({paper.course.code})"
    assert "Why *only* one data set?" in message.body
    assert f"/c/{paper.course.slug}/papers/rammer/discussion/" in message.body
    assert "stop following" in message.body


def test_who_stopped_following_gets_no_more(said, paper, student, ada):
    follow_discussion(paper=paper, by=ada, is_following=True)
    follow_discussion(paper=paper, by=ada, is_following=False)

    assert said(start_thread, paper=paper, by=student, text="Why?") == []


def test_the_author_follows_and_hears_of_the_reply(said, paper, student, ada):
    thread = start_thread(paper=paper, by=student, text="Why?").thread

    assert said(add_comment, thread=thread, by=ada, text="Because.") == [student.user.email]


def test_a_mention_is_one_mail_also_to_a_follower(said, paper, student, ada):
    FollowFactory(paper=paper, enrollment=ada)

    assert said(start_thread, paper=paper, by=student, text="@Ada Long and again @Ada Long") == ["ada@example.edu"]
    assert mail.outbox[0].subject.startswith("You are mentioned: Rammer")


def test_nobody_is_told_that_they_mentioned_themselves(said, paper, ada):
    assert said(start_thread, paper=paper, by=ada, text="@Ada Long said") == []


def test_an_edit_tells_only_who_is_mentioned_for_the_first_time(said, paper, student, ada):
    bo = EnrollmentFactory(course=paper.course, user__name="Bo Short", user__email="bo@example.edu")
    FollowFactory(paper=paper)
    comment = start_thread(paper=paper, by=student, text="@Ada Long?")
    notify(comment.pk)

    told = said(edit_comment, comment=comment, by=student, text="@Ada Long and @Bo Short?", revision=0)

    assert told == [bo.user.email]


@pytest.mark.parametrize("how", ["mentioned", "following"])
@pytest.mark.parametrize(
    ("role", "visibility", "is_open"),
    [
        ("student", "never", False),
        ("observer", "never", False),
        ("assistant", "never", True),
        ("student", "after_deadline", True),
    ],
)
def test_who_may_not_read_the_review_is_told_nothing(
    said, paper, rules, review, instructor, ada, how, role, visibility, is_open
):
    rules.visibility = visibility
    rules.save()
    ada.role = role
    ada.save()
    if how == "following":
        FollowFactory(paper=paper, enrollment=ada)

    told = said(start_thread, paper=paper, review=review, by=instructor, text="@Ada Long" if how == "mentioned" else "Why?")

    assert told == (["ada@example.edu"] if is_open else [])


@pytest.mark.parametrize(
    ("role", "is_open"), [("student", False), ("observer", False), ("assistant", True), ("instructor", True)]
)
def test_of_a_staff_thread_staff_are_told(said, paper, instructor, ada, role, is_open):
    ada.role = role
    ada.save()
    FollowFactory(paper=paper, enrollment=ada)

    told = said(start_thread, paper=paper, by=instructor, text="@Ada Long?", is_staff_only=True)

    assert told == (["ada@example.edu"] if is_open else [])


def test_the_reviewer_hears_of_a_thread_on_their_review_if_they_follow(said, paper, rules, review, reviewer, instructor):
    rules.visibility = "never"
    rules.save()
    FollowFactory(paper=paper, enrollment=reviewer)

    assert said(start_thread, paper=paper, review=review, by=instructor, text="Well done.") == [reviewer.user.email]
    assert "a review of “Rammer”" in mail.outbox[0].body


@pytest.mark.parametrize(("names", "name"), [("hidden", "Student A"), ("shown", "Zoë Quill")])
def test_a_mail_names_the_author_as_the_page_does(said, paper, rules, reviewer, ada, names, name):
    rules.names = names
    rules.save()
    FollowFactory(paper=paper, enrollment=ada)

    said(start_thread, paper=paper, by=reviewer, text="Why?")

    message = mail.outbox[0]
    assert f"{name} commented" in message.body
    assert ("Zoë Quill" in message.body + message.subject) is (names == "shown")
    assert reviewer.user.email not in message.message().as_string()


def test_what_is_withdrawn_switched_off_or_for_who_left_is_not_mailed(paper, student, ada):
    FollowFactory(paper=paper, enrollment=ada)
    first = start_thread(paper=paper, by=student, text="Why?")
    withdraw_comment(comment=first, by=student)
    notify(first.pk)
    second = start_thread(paper=paper, by=student, text="And why?")
    ada.is_active = False
    ada.save()
    notify(second.pk)
    ada.is_active = True
    ada.save()
    third = start_thread(paper=paper, by=student, text="And why not?")
    DiscussionRulesFactory(course=paper.course, is_on=False)
    notify(third.pk)

    assert mail.outbox == []
    assert Notice.objects.filter(skipped_at=None).count() == 0


def test_a_task_that_runs_again_sends_nothing_more(paper, student, ada):
    FollowFactory(paper=paper, enrollment=ada)
    comment = start_thread(paper=paper, by=student, text="Why?")

    for _ in range(3):
        notify(comment.pk)
        send_notice(Notice.objects.get().pk)

    assert len(mail.outbox) == 1
    assert Notice.objects.get().sent_at is not None


class Refusing:
    """A mail server that does what `error` says when it is given a mail."""

    def __init__(self, error):
        self.error = error

    def open(self):
        pass

    def close(self):
        pass

    def send_messages(self, messages):
        raise self.error


@pytest.mark.parametrize(
    ("error", "may_be_tried_again"),
    [
        (smtplib.SMTPRecipientsRefused({"ada@example.edu": (550, b"no")}), True),
        (smtplib.SMTPDataError(451, b"later"), True),
        (ConnectionResetError(), False),
    ],
    ids=["refused", "later", "broken"],
)
def test_what_may_have_left_is_never_sent_again(paper, student, ada, monkeypatch, error, may_be_tried_again):
    FollowFactory(paper=paper, enrollment=ada)
    start_thread(paper=paper, by=student, text="Why?")
    notice = Notice.objects.get()
    with monkeypatch.context() as server:
        server.setattr(mailing, "get_connection", lambda: Refusing(error))
        if may_be_tried_again:
            with pytest.raises(mailing.NotTaken):
                send_notice.apply((notice.pk,), retries=5, throw=True)
        else:
            send_notice(notice.pk)

    send_notice(notice.pk)

    assert len(mail.outbox) == (1 if may_be_tried_again else 0)


def test_what_was_lost_with_its_broker_leaves_later_once(paper, student, ada, closed):
    FollowFactory(paper=paper, enrollment=ada)
    start_thread(paper=paper, by=student, text="Why?")

    send_waiting_notices()
    soon = len(mail.outbox)
    closed.shift(20 * 60)
    send_waiting_notices()
    send_waiting_notices()

    assert (soon, len(mail.outbox)) == (0, 1)


def test_what_nobody_could_send_for_days_is_left(paper, student, ada, closed):
    FollowFactory(paper=paper, enrollment=ada)
    start_thread(paper=paper, by=student, text="Why?")
    closed.shift(3 * 24 * 3600)

    send_waiting_notices()

    assert mail.outbox == []


def test_a_withdrawn_comment_of_before_keeps_the_letters_in_the_mail(said, paper, student, ada, course):
    bo = EnrollmentFactory(course=course)
    comment = CommentFactory(thread__paper=paper, author=bo, withdrawn_at=BEFORE, withdrawn_by=bo)
    FollowFactory(paper=paper, enrollment=ada)

    said(add_comment, thread=comment.thread, by=student, text="Why?")

    assert "Student B commented" in mail.outbox[0].body
