"""The mails and pages of making an account and of a forgotten password, in the words of this portal."""

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.urls import reverse

from tests.factories import UserFactory

PASSWORD = "correct horse battery"


@pytest.fixture
def person(db):
    return UserFactory(name="Ada Lovelace", email="ada@example.edu")


def links(text) -> list[str]:
    return [word for word in text.split() if word.startswith("http")]


def test_an_address_is_confirmed_by_the_mail(client, person):
    sent = client.post(reverse("account_login"), {"login": person.email, "password": PASSWORD}, follow=True)

    assert "Look into your mail" in sent.content.decode()
    message = mail.outbox[0]
    assert (message.subject, message.body.splitlines()[0]) == ("Confirm your address for CoursePortal", "Dear Ada Lovelace,")
    page = client.get(links(message.body)[0]).content.decode()
    assert "<b>ada@example.edu</b> belong to you, Ada Lovelace?" in page
    client.post(links(message.body)[0])
    assert EmailAddress.objects.get(user=person).verified is True


def test_an_old_link_says_how_to_go_on(client, db):
    response = client.get(reverse("account_confirm_email", args=["old"]))

    assert "This link no longer works" in response.content.decode()


def test_a_forgotten_password_is_replaced_by_the_mail(client, person):
    EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
    sent = client.post(reverse("account_reset_password"), {"email": person.email}, follow=True)

    assert "Look into your mail" in sent.content.decode()
    message = mail.outbox[0]
    assert (message.subject, message.body.splitlines()[0]) == ("A new password for CoursePortal", "Dear Ada Lovelace,")
    assert "Choose a password" in client.get(links(message.body)[0], follow=True).content.decode()
