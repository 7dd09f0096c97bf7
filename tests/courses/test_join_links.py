"""Join links: who may use them, how often, and what happens to people without an account."""

import re
from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread

import pytest
import time_machine
from django.core import mail
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse

from accounts.models import User
from core.errors import DomainError
from courses import actions
from courses.models import Enrollment, JoinLink
from tests.factories import EnrollmentFactory, JoinLinkFactory, UserFactory

NOW = datetime(2021, 9, 1, 12, 0, tzinfo=UTC)
CLOSED = [
    ({"revoked_at": NOW}, "This join link was revoked.", "revoked"),
    ({"expires_at": NOW}, "This join link has expired.", "expired"),
    ({"max_uses": 1, "uses": 1}, "This join link has been used as often as it may be.", "used up"),
]
SIGN_UP = {"email": "new@example.edu", "password1": "a long enough one", "name": "New Person"}


@pytest.fixture
def people_url(client, course, instructor):
    client.force_login(instructor.user)
    return reverse("courses:people_list", args=[course.slug])


def join_url(link):
    return reverse("courses:join", args=[link.code])


def test_join_enrolls_with_the_links_role_and_section(course):
    link = JoinLinkFactory(course=course, role="observer", section="B")

    enrollment = actions.join_course(link=link, user=UserFactory())

    link.refresh_from_db()
    assert (enrollment.course, enrollment.role, enrollment.section, link.uses) == (course, "observer", "B", 1)


def test_join_twice_changes_nothing_and_uses_nothing_up(course):
    link, user = JoinLinkFactory(course=course, max_uses=1), UserFactory()
    first = actions.join_course(link=link, user=user)

    again = actions.join_course(link=link, user=user)

    link.refresh_from_db()
    assert (again, link.uses) == (first, 1)


@pytest.mark.parametrize(("closed", "message", "state"), CLOSED)
def test_join_by_a_closed_link_is_refused(db, closed, message, state):
    link = JoinLinkFactory(**closed)

    with pytest.raises(DomainError) as refusal:
        actions.join_course(link=link, user=UserFactory())

    assert str(refusal.value) == f"{message} Ask the instructor for a new one."
    assert (link.state, link.is_usable, Enrollment.objects.count()) == (state, False, 0)


def test_join_does_not_bring_back_somebody_who_was_taken_off(course):
    person = EnrollmentFactory(course=course, is_active=False)
    link = JoinLinkFactory(course=course)

    with pytest.raises(DomainError):
        actions.join_course(link=link, user=person.user)

    person.refresh_from_db()
    link.refresh_from_db()
    assert (person.is_active, link.uses) == (False, 0)


def test_join_does_not_change_the_role_of_a_member(course, instructor):
    actions.join_course(link=JoinLinkFactory(course=course), user=instructor.user)

    instructor.refresh_from_db()
    assert instructor.role == "instructor"


@pytest.mark.parametrize("role", ["assistant", "instructor"])
def test_join_link_never_gives_a_staff_role(course, instructor, role):
    with pytest.raises(DomainError):
        actions.create_join_link(course=course, by=instructor.user, role=role)
    with pytest.raises(IntegrityError), transaction.atomic():
        JoinLinkFactory(course=course, role=role)


@pytest.mark.parametrize(
    ("wanted", "field"), [({"expires_at": NOW}, "expires_at"), ({"max_uses": 0}, "max_uses"), ({"role": "boss"}, "role")]
)
def test_create_join_link_refuses(course, instructor, wanted, field):
    with time_machine.travel(NOW, tick=False), pytest.raises(DomainError) as refusal:
        actions.create_join_link(**{"course": course, "by": instructor.user, "role": "student"} | wanted)

    assert (refusal.value.field, JoinLink.objects.count()) == (field, 0)


def test_revoke_join_link_twice_keeps_the_first_moment(course):
    link = actions.revoke_join_link(link=JoinLinkFactory(course=course))

    assert actions.revoke_join_link(link=link).revoked_at == link.revoked_at


@time_machine.travel(NOW, tick=False)
def test_create_page_reads_the_clock_of_the_course(client, course, people_url):
    url = reverse("courses:join_link_create", args=[course.slug])

    client.post(url, {"role": "student", "section": " A ", "expires_at": "2021-09-15T23:59", "max_uses": "30"})

    link = course.join_links.get()
    assert (link.expires_at, link.max_uses, link.section) == (datetime(2021, 9, 16, 3, 59, tzinfo=UTC), 30, "A")


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"role": "instructor"}, "role"),
        ({"max_uses": "0"}, "max_uses"),
        ({"max_uses": "many"}, "max_uses"),
        ({"expires_at": "soon"}, "expires_at"),
        ({"expires_at": "2021-08-01T00:00"}, "expires_at"),
        ({"expires_at": "9999-12-31T23:59"}, "expires_at"),
        ({"section": "x" * 41}, "section"),
        ({"section": "\x00"}, "section"),
    ],
)
@time_machine.travel(NOW, tick=False)
def test_create_page_says_what_is_wrong(client, course, people_url, data, field):
    response = client.post(reverse("courses:join_link_create", args=[course.slug]), {"role": "student"} | data)

    assert list(response.context["form"].errors) == [field]
    assert course.join_links.count() == 0


def test_list_shows_links_with_state_and_uses(client, course, people_url):
    JoinLinkFactory(course=course, code="open-one", max_uses=5, uses=2)
    JoinLinkFactory(course=course, code="dead-one", revoked_at=NOW)

    content = client.get(people_url).content.decode()

    assert 'value="http://testserver/join/open-one/"' in content
    assert "/join/dead-one/" not in content
    assert "<td>2 of 5</td>" in content


def test_revoke_page_stops_the_link(client, course, people_url):
    link = JoinLinkFactory(course=course)

    response = client.post(reverse("courses:join_link_revoke", args=[course.slug, link.pk]))

    link.refresh_from_db()
    assert (response.status_code, link.state) == (302, "revoked")


def test_revoke_page_does_not_reach_into_another_course(client, course, people_url):
    link = JoinLinkFactory()

    response = client.post(reverse("courses:join_link_revoke", args=[course.slug, link.pk]))

    link.refresh_from_db()
    assert (response.status_code, link.state) == (404, "active")


def test_join_page_get_changes_nothing(client, course):
    link = JoinLinkFactory(course=course)
    client.force_login(UserFactory())

    response = client.get(join_url(link))

    assert (response.status_code, course.enrollments.count()) == (200, 0)
    assert course.title in response.content.decode()


def test_join_page_post_joins_and_opens_the_course(client, course):
    link, user = JoinLinkFactory(course=course), UserFactory()
    client.force_login(user)

    response = client.post(join_url(link))

    assert (response.status_code, response["Location"]) == (302, reverse("home:today", args=[course.slug]))
    assert course.enrollments.get().user == user


@pytest.mark.parametrize(("closed", "message", "state"), CLOSED)
@pytest.mark.parametrize("signed_in", [True, False])
def test_join_page_of_a_closed_link_says_why(client, course, closed, message, state, signed_in):
    link = JoinLinkFactory(course=course, **closed)
    if signed_in:
        client.force_login(UserFactory())

    page = client.get(join_url(link))
    posted = client.post(join_url(link), follow=True)

    assert (page.status_code, posted.status_code, course.enrollments.count()) == (410, 410, 0)
    assert message in page.content.decode()


def test_join_page_tells_a_member_so_even_when_the_link_is_closed(client, course, student):
    link = JoinLinkFactory(course=course, revoked_at=NOW)
    client.force_login(student.user)

    response = client.get(join_url(link))

    assert (response.status_code, "You are already in this course." in response.content.decode()) == (200, True)


def test_join_page_of_an_unknown_code_is_not_found(client, db):
    assert client.get(reverse("courses:join", args=["no-such-code"])).status_code == 404


def test_newcomer_signs_up_verifies_and_joins(client, course):
    link = JoinLinkFactory(course=course, max_uses=1)
    sign_up = client.post(join_url(link))["Location"]
    client.post(sign_up, SIGN_UP | {"next": join_url(link)})
    confirm = re.search(r"http://testserver(/account/confirm-email/\S+)", mail.outbox[0].body)[1]

    confirmed = client.post(confirm)
    client.post(join_url(link))

    assert sign_up == f"/account/signup/?next=%2Fjoin%2F{link.code}%2F"
    assert (confirmed.status_code, confirmed["Location"]) == (302, join_url(link))
    assert [(e.user.email, e.user.name, e.role) for e in course.enrollments.all()] == [
        ("new@example.edu", "New Person", "student")
    ]


def test_newcomer_who_verifies_elsewhere_signs_in_and_is_led_to_the_course(client, course):
    link = JoinLinkFactory(course=course)
    client.post(client.post(join_url(link))["Location"], SIGN_UP)
    confirm = re.search(r"http://testserver(/account/confirm-email/\S+)", mail.outbox[0].body)[1]
    Client().post(confirm)

    response = client.post(reverse("account_login"), {"login": SIGN_UP["email"], "password": SIGN_UP["password1"]})

    assert (response.status_code, response["Location"]) == (302, join_url(link))


@pytest.mark.parametrize(("closed", "message", "state"), CLOSED)
def test_sign_up_closes_again_with_the_link(client, course, closed, message, state):
    link = JoinLinkFactory(course=course)
    sign_up = client.post(join_url(link))["Location"]
    JoinLink.objects.filter(pk=link.pk).update(**closed)

    response = client.post(sign_up, SIGN_UP)

    assert [template.name for template in response.templates][0] == "account/signup_closed.html"
    assert User.objects.filter(email=SIGN_UP["email"]).exists() is False


def test_sign_up_does_not_open_by_a_closed_link(client, course):
    link = JoinLinkFactory(course=course, expires_at=datetime.now(UTC) - timedelta(hours=1))
    client.post(join_url(link))

    response = client.get(reverse("account_signup"))

    assert [template.name for template in response.templates][0] == "account/signup_closed.html"


def test_sign_up_does_not_tell_that_an_address_has_an_account(client, course):
    UserFactory(email=SIGN_UP["email"])
    link = JoinLinkFactory(course=course)

    response = client.post(client.post(join_url(link))["Location"], SIGN_UP)

    assert (response.status_code, response["Location"]) == (302, reverse("account_email_verification_sent"))
    assert User.objects.filter(email=SIGN_UP["email"]).count() == 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_link_is_never_used_more_often_than_it_may_be():
    link = JoinLinkFactory(max_uses=3)
    users = [UserFactory() for _ in range(8)]
    barrier, refused = Barrier(len(users)), []

    def join(user):
        barrier.wait()
        try:
            actions.join_course(link=link, user=user)
        except DomainError as refusal:
            refused.append(refusal.code)
        finally:
            connection.close()

    run_all([Thread(target=join, args=[user]) for user in users])

    link.refresh_from_db()
    assert (link.uses, link.course.enrollments.count(), refused) == (3, 3, ["link_closed"] * 5)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_one_person_joining_in_many_tabs_is_enrolled_once():
    links = [JoinLinkFactory()]
    links.append(JoinLinkFactory(course=links[0].course))
    user, barrier, failed = UserFactory(), Barrier(6), []

    def join(link):
        barrier.wait()
        try:
            actions.join_course(link=link, user=user)
        except Exception as error:  # the thread's own failure must fail the test
            failed.append(error)
        finally:
            connection.close()

    run_all([Thread(target=join, args=[links[number % 2]]) for number in range(6)])

    assert (failed, sum(link.uses for link in JoinLink.objects.all()), Enrollment.objects.count()) == ([], 1, 1)


def run_all(threads):
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
