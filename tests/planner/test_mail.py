"""Handing mail to a server that is away, refuses, or breaks off: only what certainly did not leave is tried again."""

import socket
import threading
from datetime import timedelta

import pytest
import time_machine
from django.core import mail

from core.mailing import NotTaken
from planner.models import ReminderState
from planner.tasks import send_reminder
from tests.factories import ReminderFactory
from tests.planner.conftest import DUE

SMTP = "django.core.mail.backends.smtp.EmailBackend"


class Server(threading.Thread):
    """A mail server for one connection, with these replies to commands; a reply of "" breaks the connection off."""

    def __init__(self, **replies):
        super().__init__(daemon=True)
        self.replies = {"DATA": "354 go on", "QUIT": "221 bye"} | replies
        self.taken = []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]

    def run(self):
        with self.listener:
            connection, _ = self.listener.accept()
        with connection, connection.makefile("rw", newline="\r\n") as lines:
            reply = "220 test ESMTP"
            while reply:
                print(reply, file=lines, flush=True)
                command = lines.readline().strip()[:4].upper()
                reply = self.text(lines) if command == "DATA" else self.replies.get(command, "250 ok" if command else "")

    def text(self, lines) -> str:
        """Take the mail's text and say what the script says to it."""
        print(self.replies["DATA"], file=lines, flush=True)
        text = "".join(iter(lines.readline, ".\r\n"))
        reply = self.replies.get("TEXT", "250 taken")
        if reply.startswith("250"):
            self.taken.append(text)
        return reply


@pytest.fixture
def reminder(paper, student):
    return ReminderFactory(enrollment=student, key="rammer", due_at=DUE, hours_before=3)


@pytest.fixture
def serve(settings):
    """Start a server with these replies and send mail to it."""
    servers = []

    def start(**replies):
        server = Server(**replies)
        server.start()
        servers.append(server)
        settings.EMAIL_BACKEND, settings.EMAIL_HOST, settings.EMAIL_PORT = SMTP, "127.0.0.1", server.port
        return server

    yield start
    for server in servers:
        server.join(5)


def send(reminder):
    with time_machine.travel(DUE - timedelta(hours=2), tick=False):
        send_reminder(reminder.pk)
        reminder.refresh_from_db()
        return reminder.state


def test_server_takes_the_mail(reminder, serve):
    server = serve()

    state = send(reminder)

    assert (state, len(server.taken)) == (ReminderState.SENT, 1)


@pytest.mark.parametrize(
    "replies",
    [{"MAIL": "451 later"}, {"RCPT": "450 greylisted"}, {"TEXT": "552 full"}, {"EHLO": "421 busy", "HELO": "421 busy"}],
    ids=lambda replies: next(iter(replies)),
)
def test_refusal_releases_the_claim_for_another_try(reminder, serve, replies):
    serve(**replies)

    with pytest.raises(NotTaken):
        send(reminder)

    reminder.refresh_from_db()
    assert (reminder.state, reminder.claimed_at) == (ReminderState.FAILED, None)
    serve()
    assert (send(reminder), reminder.error) == (ReminderState.SENT, "")


def test_server_that_is_away_releases_the_claim(reminder, settings):
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]
    settings.EMAIL_BACKEND, settings.EMAIL_HOST, settings.EMAIL_PORT = SMTP, "127.0.0.1", port

    with pytest.raises(NotTaken):
        send(reminder)

    reminder.refresh_from_db()
    assert reminder.state == ReminderState.FAILED
    assert reminder.error.startswith("No connection to the mail server")


def test_connection_that_breaks_after_the_text_is_never_tried_again(reminder, serve):
    serve(TEXT="")

    state = send(reminder)
    again = send(reminder)

    assert (state, again, len(mail.outbox)) == (ReminderState.UNCONFIRMED, ReminderState.UNCONFIRMED, 0)
    assert reminder.error.startswith("The connection to the mail server broke")


def test_subject_keeps_to_one_line(reminder, paper):
    paper.title = "Two\nlines " + "and more " * 30
    paper.save()

    send(reminder)

    subject = mail.outbox[0].subject
    assert subject.startswith("Review due in 2 h: Two lines and more")
    assert subject.endswith(f"… ({paper.course.code})")
