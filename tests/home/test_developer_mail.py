import pytest
from django.core.mail import EmailMessage, get_connection
from django.urls import reverse

from home.mailbox import find_mail, read_mailbox

BACKEND = "django.core.mail.backends.filebased.EmailBackend"


@pytest.fixture
def folder(settings, tmp_path):
    settings.SHOW_DEVELOPER_MAIL = True
    settings.EMAIL_FILE_PATH = str(tmp_path / "mail")
    return tmp_path / "mail"


def deliver(folder, *messages):
    """Write these (subject, body, to) into one file, as the portal does."""
    with get_connection(BACKEND, file_path=str(folder)) as connection:
        connection.send_messages([EmailMessage(subject, body, "portal@x.org", [to]) for subject, body, to in messages])


def test_one_file_can_hold_several_mails(folder):
    deliver(folder, ("One", "First", "ana@x.org"), ("Two — für Zoë 🎓", "Zweiter Text\n" + "-" * 79 + " end", "ben@x.org"))

    mails = read_mailbox(folder)

    assert sorted((mail.subject, mail.recipients, mail.body.strip()) for mail in mails) == [
        ("One", ["ana@x.org"], "First"),
        ("Two — für Zoë 🎓", ["ben@x.org"], "Zweiter Text\n" + "-" * 79 + " end"),
    ]


def test_mailbox_that_is_not_there_yet_is_empty(folder):
    assert read_mailbox(folder) == []


def test_list_filters_by_recipient(client, db, folder):
    deliver(folder, ("One", "First", "ana@x.org"), ("Two", "Second", "ben@x.org"))

    response = client.get(reverse("home:developer_mail"), {"to": "ben@x.org"})

    assert [mail.subject for mail in response.context["mails"]] == ["Two"]
    assert response.context["recipients"] == ["ana@x.org", "ben@x.org"]


def test_message_shows_text_with_links_and_no_markup(client, db, folder):
    deliver(folder, ("Hello", "Open http://testserver/c/x/?a=1&b=2 now\n<script>alert(1)</script>", "ana@x.org"))
    (mail,) = read_mailbox(folder)

    text = client.get(reverse("home:developer_mail_message", args=[mail.name])).content.decode()

    assert 'href="http://testserver/c/x/?a=1&amp;b=2"' in text
    assert "<script>alert" not in text


@pytest.mark.parametrize("name", ["..", "../secret-1", "secret-1", "x", "/etc/passwd"])
def test_nothing_outside_the_mailbox_is_found(folder, name):
    deliver(folder, ("One", "First", "ana@x.org"))
    (folder.parent / "secret.log").write_text("Subject: secret\n\nsecret")

    assert find_mail(folder, name) is None


@pytest.mark.parametrize("name", ["..%2f..%2fetc%2fpasswd", "%2e%2e", "no-such-mail-1"])
def test_address_of_no_mail_is_404(client, db, folder, name):
    assert client.get(f"/developer/mail/{name}/").status_code == 404


def test_pages_are_not_there_with_a_mail_server(client, db, folder, settings):
    deliver(folder, ("One", "First", "ana@x.org"))
    (mail,) = read_mailbox(folder)
    settings.SHOW_DEVELOPER_MAIL = False

    statuses = [
        client.get(reverse("home:developer_mail")).status_code,
        client.get(reverse("home:developer_mail_message", args=[mail.name])).status_code,
    ]

    assert statuses == [404, 404]
