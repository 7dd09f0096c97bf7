"""The people page and what an instructor changes on it."""

from datetime import UTC, datetime
from threading import Barrier, Thread

import pytest
from django.db import connection
from django.urls import reverse

from core.errors import DomainError
from courses import actions
from courses.models import Enrollment
from tests.factories import EnrollmentFactory, JoinLinkFactory, PaperFactory, RecordFactory

SIGNED_IN = datetime(2021, 9, 1, 12, 0, tzinfo=UTC)


@pytest.fixture
def people_url(client, course, instructor):
    client.force_login(instructor.user)
    return reverse("courses:people_list", args=[course.slug])


def shown(response):
    return [person.user.name for person in response.context["people"]]


def change(person, **kwargs):
    wanted = {"role": person.role, "section": person.section, "is_active": person.is_active} | kwargs
    return actions.change_enrollment(enrollment=person, **wanted)


def test_people_list_takes_the_same_queries_for_one_and_three(client, course, people_url, django_assert_num_queries):
    JoinLinkFactory(course=course)
    with django_assert_num_queries(6):
        client.get(people_url)
    for _ in range(2):
        JoinLinkFactory(course=course)
        EnrollmentFactory(course=course, section="A")

    with django_assert_num_queries(6):
        response = client.get(people_url)

    assert len(shown(response)) == 3


def test_people_list_shows_states(client, course, people_url, instructor):
    EnrollmentFactory(course=course, user__name="A", user__last_login=SIGNED_IN)
    EnrollmentFactory(course=course, user__name="B")
    EnrollmentFactory(course=course, user__name="C", is_active=False)

    people = client.get(people_url).context["people"]

    assert [person.state for person in people if person != instructor] == ["active", "invited", "inactive"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, ["Ada", "Boole", "Teacher"]),
        ({"q": "ad"}, ["Ada"]),
        ({"q": "BOOLE@"}, ["Boole"]),
        ({"role": "observer"}, ["Boole"]),
        ({"section": "A"}, ["Ada"]),
        ({"state": "invited"}, ["Ada"]),
        ({"state": "inactive"}, ["Boole"]),
        ({"state": "active"}, ["Teacher"]),
        ({"role": "student", "section": "A", "q": "nobody"}, []),
        ({"role": "boss"}, ["Ada", "Boole", "Teacher"]),  # not understood: said so, and nothing is left out
    ],
)
def test_people_list_is_filtered(client, course, people_url, instructor, query, expected):
    instructor.user.name, instructor.user.last_login = "Teacher", SIGNED_IN
    instructor.user.save()
    EnrollmentFactory(course=course, user__name="Ada", section="A")
    EnrollmentFactory(course=course, user__name="Boole", user__email="boole@example.edu", role="observer", is_active=False)
    EnrollmentFactory(user__name="Of another course")

    response = client.get(people_url, query)

    assert shown(response) == expected
    assert bool(response.context["form"].errors) is (query.get("role") == "boss")


def test_people_list_answers_htmx_with_the_table(client, people_url):
    response = client.get(people_url, headers={"hx-request": "true"})

    assert [template.name for template in response.templates][:2] == ["courses/_people.html", "courses/_person.html"]


def test_people_list_is_whole_again_when_the_browser_goes_back(client, people_url):
    headers = {"hx-request": "true", "hx-history-restore-request": "true"}

    response = client.get(people_url, headers=headers)

    assert [template.name for template in response.templates][0] == "courses/people_list.html"
    assert "HX-Request" in response["Vary"]


@pytest.mark.parametrize(("query", "status"), [("q=%00", 400), ("q=😀", 200), ("q=" + "x" * 5000, 200)])
def test_people_list_survives_odd_filters(client, people_url, query, status):
    assert client.get(f"{people_url}?{query}").status_code == status


@pytest.mark.parametrize("role", ["student", "assistant", "observer"])
def test_emails_are_for_instructors_only(client, course, role):
    person = EnrollmentFactory(course=course, user__email="secret@example.edu")
    client.force_login(EnrollmentFactory(course=course, role=role).user)

    for url in (
        reverse("courses:people_list", args=[course.slug]),
        reverse("courses:enrollment_edit", args=[course.slug, person.pk]),
        reverse("courses:roster_import", args=[course.slug]),
    ):
        response = client.get(url)
        assert (response.status_code, b"secret@example.edu" in response.content) == (403, False)


def test_person_of_another_course_is_not_found(client, course, people_url):
    stranger = EnrollmentFactory()

    edit = client.post(reverse("courses:enrollment_edit", args=[course.slug, stranger.pk]), {"role": "assistant"})
    invite = client.post(reverse("courses:invitation_send", args=[course.slug, stranger.pk]))

    stranger.refresh_from_db()
    assert (edit.status_code, invite.status_code, stranger.role) == (404, 404, "student")


def test_edit_page_changes_role_and_section(client, course, people_url, student):
    url = reverse("courses:enrollment_edit", args=[course.slug, student.pk])

    response = client.post(url, {"role": "assistant", "section": "  B  2 ", "is_active": "on"})

    student.refresh_from_db()
    assert (response.status_code, student.role, student.section) == (302, "assistant", "B 2")


@pytest.mark.parametrize(
    ("data", "errors"),
    [
        ({"role": "boss"}, {"role": ["Select a valid choice. boss is not one of the available choices."]}),
        ({"section": "x" * 41}, {"section": ["Ensure this value has at most 40 characters (it has 41)."]}),
        ({"section": "a\x00"}, {"section": ["Null characters are not allowed."]}),
    ],
)
def test_edit_page_says_what_is_wrong(client, course, people_url, student, data, errors):
    url = reverse("courses:enrollment_edit", args=[course.slug, student.pk])

    response = client.post(url, {"role": "assistant", "is_active": "on"} | data)

    student.refresh_from_db()
    assert (response.context["form"].errors, student.role) == (errors, "student")


def test_edit_page_refuses_to_lose_the_last_instructor(client, course, people_url, instructor):
    EnrollmentFactory(course=course, role="instructor", is_active=False)

    response = client.post(reverse("courses:enrollment_edit", args=[course.slug, instructor.pk]), {"role": "student"})

    instructor.refresh_from_db()
    assert response.context["form"].non_field_errors() == [
        f"{instructor.user.name} is the course's last active instructor. Make somebody else an instructor first."
    ]
    assert (instructor.role, instructor.is_active) == ("instructor", True)


def test_edit_page_sends_away_an_instructor_who_steps_down(client, course, people_url, instructor):
    EnrollmentFactory(course=course, role="instructor")
    url = reverse("courses:enrollment_edit", args=[course.slug, instructor.pk])

    response = client.post(url, {"role": "observer", "is_active": "on"})

    assert (response.status_code, response["Location"]) == (302, reverse("home:landing"))


@pytest.mark.parametrize("wanted", [{"role": "student"}, {"is_active": False}])
def test_change_enrollment_keeps_one_active_instructor(instructor, wanted):
    with pytest.raises(DomainError) as refusal:
        change(instructor, **wanted)

    assert refusal.value.code == "last_instructor"


def test_deactivation_keeps_the_work(course, student):
    record = RecordFactory(enrollment=student, meeting=PaperFactory(course=course).meeting)

    change(student, is_active=False)

    record.refresh_from_db()
    student.refresh_from_db()
    assert (student.is_active, record.enrollment, record.attended) == (False, student, True)


def test_deactivated_person_does_not_see_the_course(client, course, student):
    change(student, is_active=False)
    client.force_login(student.user)

    assert client.get(reverse("api:course_detail", args=[course.slug])).status_code == 404


def test_a_page_that_was_left_open_changes_only_what_was_changed_on_it(client, course, people_url):
    """One instructor opens the page, another takes the person off the course, the first saves a section."""
    person = EnrollmentFactory(course=course, section="A")
    url = reverse("courses:enrollment_edit", args=[course.slug, person.pk])
    form = client.get(url).context["form"]
    opened = {form[name].html_initial_name: form[name].value() for name in form.fields} | {"is_active": "on"}
    actions.change_enrollment(enrollment=person, is_active=False)

    client.post(url, opened | {"role": "student", "section": "B"})

    person.refresh_from_db()
    assert (person.section, person.is_active) == ("B", False)


def test_change_enrollment_leaves_what_it_is_not_told(course):
    person = EnrollmentFactory(course=course, section="A")
    before = Enrollment.objects.get(pk=person.pk)
    actions.change_enrollment(enrollment=person, is_active=False)

    after = actions.change_enrollment(enrollment=before, section="B")

    assert (after.role, after.section, after.is_active) == ("student", "B", False)


def test_change_enrollment_stamps_the_grade_only_when_something_changed(course):
    person = EnrollmentFactory(course=course, grade_changed_at=SIGNED_IN, released_changed_at=SIGNED_IN)

    change(person)
    person.refresh_from_db()
    untouched = person.grade_changed_at
    change(person, section="B")
    person.refresh_from_db()

    assert (untouched, person.grade_changed_at > SIGNED_IN) == (SIGNED_IN, True)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_instructors_cannot_both_step_down_at_once():
    first = EnrollmentFactory(role="instructor")
    second = EnrollmentFactory(course=first.course, role="instructor")
    barrier, refused = Barrier(2), []

    def step_down(person):
        barrier.wait()
        try:
            change(person, role="student")
        except DomainError:
            refused.append(person)
        finally:
            connection.close()

    threads = [Thread(target=step_down, args=[person]) for person in (first, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert (len(refused), Enrollment.objects.instructors().count()) == (1, 1)
