"""The access log: every pull, by whom and what key, without what stood in the query, and in nobody's way."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, InternalError, transaction
from django.urls import reverse
from django.utils import timezone
from rest_framework.throttling import UserRateThrottle

from machines import actions
from machines.models import Pull
from tests.factories import EnrollmentFactory, PullFactory, TokenFactory, UserFactory
from tests.grading.examples import course_with_policy
from tests.machines.keys import access_to

pytestmark = pytest.mark.django_db


@pytest.fixture
def course(db):
    return course_with_policy()


@pytest.fixture
def teacher(course):
    return EnrollmentFactory(course=course, role="instructor", user__name="Ada").user


def pull(client, course, query="", name="api:grade_list", **kwargs):
    return client.get(reverse(name, args=[course.slug]) + query, **kwargs)


def logged():
    return list(Pull.objects.order_by("pk").values_list("user__name", "via", "key_name", "address", "status", "rows"))


def test_pulls_are_logged_by_session_token_and_client(client, course, teacher):
    EnrollmentFactory(course=course)
    TokenFactory(user=teacher, name="Notebook", secret="cp_x")
    machine, header = access_to(course, name="Registrar")
    address = reverse("api:grade_list", args=[course.slug])

    pull(client, course, headers={"authorization": "Bearer cp_x"})
    pull(client, course, headers=header)
    client.force_login(teacher)
    pull(client, course, "?format=csv&token=cp_secret")

    assert logged() == [
        ("Ada", "token", "Notebook", address, 200, 1),
        ("Registrar (program)", "client", "Registrar", address, 200, 1),
        ("Ada", "session", "", address, 200, 1),
    ]
    assert "cp_" not in str(list(Pull.objects.values()))


def test_pull_that_has_nothing_new_or_is_refused_is_logged_without_rows(client, course, teacher):
    EnrollmentFactory(course=course)
    client.force_login(teacher)
    tag = pull(client, course)["ETag"]
    pull(client, course, headers={"if-none-match": tag})
    client.force_login(EnrollmentFactory(course=course, role="observer").user)
    pull(client, course)
    client.force_login(UserFactory())
    pull(client, course)  # 404: the course is not told of people who know nothing of it

    assert [row[4:] for row in logged()] == [(200, 1), (304, 0), (403, 0)]


def test_pages_and_other_data_are_not_logged(client, course, teacher):
    client.force_login(teacher)
    client.get(reverse("grading:gradebook", args=[course.slug]))
    pull(client, course, name="api:paper_list")

    assert logged() == []


def test_pull_survives_a_log_that_fails(client, course, teacher, monkeypatch, caplog):
    def fail(pulls):
        raise DatabaseError("The disk is full.")

    monkeypatch.setattr(actions, "record_pulls", fail)
    client.force_login(teacher)

    assert pull(client, course).status_code == 200
    assert "was not logged" in caplog.text


def test_log_costs_two_queries_however_many_rows(client, course, teacher, django_assert_max_num_queries):
    EnrollmentFactory.create_batch(3, course=course)
    client.force_login(teacher)

    with django_assert_max_num_queries(100) as queries:
        pull(client, course)

    assert sum("machines_pull" in query["sql"] for query in queries.captured_queries) == 1


def test_log_rows_are_never_changed(course):
    row = PullFactory(course=course)

    with pytest.raises((IntegrityError, InternalError, DatabaseError)), transaction.atomic():
        Pull.objects.filter(pk=row.pk).update(rows=7)

    assert Pull.objects.get().rows == 0


def test_prune_forgets_by_age(course, settings):
    settings.PULL_LOG_DAYS = 30
    now = timezone.now()
    PullFactory(course=course, at=now - timedelta(days=31))
    kept = PullFactory(course=course, at=now - timedelta(days=29))

    assert (actions.prune(now=now), actions.prune(now=now)) == (1, 0)
    assert Pull.objects.get() == kept


def test_log_page_has_constant_queries_and_filters(client, course, teacher, django_assert_num_queries):
    PullFactory(course=course, user__name="Grace", via="token", key_name="Notebook")
    PullFactory(user__name="Of another course")
    client.force_login(teacher)
    address = reverse("machines:access_log", args=[course.slug])

    with django_assert_num_queries(7):
        client.get(address)
    PullFactory(course=course, user__name="Bob", via="client", key_name="Registrar")
    PullFactory(course=course, user__name="Eve")
    with django_assert_num_queries(7):
        all_of_it = client.get(address)

    def names(query):
        return [row.user.name for row in client.get(address + query).context["page"]]

    assert [row.user.name for row in all_of_it.context["page"]] == ["Eve", "Bob", "Grace"]
    assert names("?who=gra") == ["Grace"]
    assert names("?via=client") == ["Bob"]
    assert names("?key=note") == ["Grace"]
    assert names("?via=nonsense") == ["Eve", "Bob", "Grace"]


def test_log_api_pages_latest_first_and_names_no_secret(client, course, teacher, django_assert_num_queries):
    PullFactory.create_batch(3, course=course, at=datetime(2021, 9, 1, tzinfo=UTC))
    client.force_login(teacher)
    address = reverse("api:pull_list", args=[course.slug])

    with django_assert_num_queries(4):
        first = client.get(address + "?page_size=1").json()
    with django_assert_num_queries(4):
        rest = client.get(first["next"].replace("page_size=1", "page_size=3")).json()

    assert (len(first["results"]), len(rest["results"]), rest["next"]) == (1, 2, None)
    assert set(first["results"][0]) == {"at", "name", "email", "via", "key_name", "scope", "address", "status", "rows"}


def test_pulls_beyond_the_rate_are_429_with_retry_after_and_logged(client, course, teacher, monkeypatch):
    monkeypatch.setattr(UserRateThrottle, "THROTTLE_RATES", {"user": "1/min"})
    client.force_login(teacher)
    pull(client, course)

    response = pull(client, course)

    assert (response.status_code, response["Content-Type"]) == (429, "application/problem+json")
    assert 1 <= int(response["Retry-After"]) <= 60
    assert response.json()["title"] == "Too Many Requests"
    assert [row[4] for row in logged()] == [200, 429]
