"""Presentations over REST."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from presentations.models import SignUp, Slides
from tests.factories import EnrollmentFactory, SignUpFactory, SlidesFactory, SlotFactory, SlotRoleFactory, TokenFactory

pytestmark = pytest.mark.django_db
JSON = "application/json"


def url(name, course, *args):
    return reverse(f"api:{name}", args=[course.slug, *args])


@pytest.fixture
def role(course):
    return SlotRoleFactory(slot=SlotFactory(course=course, key="rammer"))


def presenters_url(role):
    return url("presenter_assign", role.slot.course, role.slot.key, role.key)


@pytest.mark.parametrize("who", ["instructor", "presenter", "other"])
def test_slots_name_presenters_and_tell_ids_to_staff_and_the_presenter(client, role, student, instructor, who):
    sign_up = SignUpFactory(role=role, enrollment=student)
    viewer = {"instructor": instructor, "presenter": student}.get(who) or EnrollmentFactory(course=student.course)
    client.force_login(viewer.user)

    answer = client.get(url("slot_list", student.course)).json()

    slot = role.slot
    assert answer["results"] == [
        {
            "key": "rammer",
            "title": slot.paper.title,
            "paper": slot.paper.key,
            "meeting": slot.meeting.key,
            "date": slot.meeting.date.isoformat(),
            "minutes": None,
            "opens_at": None,
            "closes_at": "2021-09-02T08:30:00-04:00",
            "slides_due_at": None,
            "is_homeless": False,
            "roles": [
                {
                    "key": "presenter",
                    "title": "Presenter",
                    "capacity": 1,
                    "open_places": 0,
                    "presenters": [
                        {
                            "id": sign_up.pk,
                            "name": student.user.name,
                            "enrollment_id": None if who == "other" else student.pk,
                            "is_guest": False,
                        }
                    ],
                    "can_take": False,
                    "can_wait": False,
                    "reason": "",
                    "place_in_line": None,
                    "in_line": 0,
                }
            ],
            "slides": None,
        }
    ]


@pytest.mark.parametrize("rows", [1, 3])
def test_slots_take_the_same_queries_for_any_number(client, course, student, django_assert_num_queries, rows):
    for _ in range(rows):
        slot = SlotFactory(course=course)
        SignUpFactory(role=SlotRoleFactory(slot=slot))
        SlidesFactory(slot=slot)
    client.force_login(student.user)

    with django_assert_num_queries(11):
        assert len(client.get(url("slot_list", course)).json()["results"]) == rows


def test_presenters_tell_who_has_not_presented(client, course, role, instructor):
    ada, ben = (EnrollmentFactory(course=course, user__name=name) for name in ("Ada", "Ben"))
    SignUpFactory(role=role, enrollment=ada)
    client.force_login(instructor.user)

    answer = client.get(url("presenter_list", course)).json()

    assert answer == [
        {"enrollment_id": ben.pk, "name": "Ben", "count": 0, "given": [], "to_come": []},
        {"enrollment_id": ada.pk, "name": "Ada", "count": 1, "given": ["rammer"], "to_come": []},
    ]


def test_a_token_with_the_scope_assigns_and_removes(client, course, role, student, instructor):
    TokenFactory(user=instructor.user, secret="cp_x", scopes=["presentations:write"])
    bearer = {"Authorization": "Bearer cp_x"}

    made = client.post(presenters_url(role), {"enrollment_id": student.pk}, content_type=JSON, headers=bearer)
    gone = client.delete(url("sign_up_detail", course, made.json()["id"]), headers=bearer)

    assert (made.status_code, made.json()["name"], gone.status_code) == (201, student.user.name, 204)
    assert SignUp.objects.standing().count() == 0


def test_a_token_that_may_only_read_assigns_nobody(client, role, student, instructor):
    TokenFactory(user=instructor.user, secret="cp_x", scopes=["presentations:read"])

    response = client.post(
        presenters_url(role),
        {"enrollment_id": student.pk},
        content_type=JSON,
        headers={"Authorization": "Bearer cp_x"},
    )

    assert (response.status_code, SignUp.objects.count()) == (403, 0)


@pytest.mark.parametrize(
    ("data", "status"),
    [
        ({}, 409),
        ({"enrollment_id": "x"}, 400),
        ({"enrollment_id": 10**30}, 400),
        ({"guest_name": "a\x00"}, 400),
        ({"guest_name": "x" * 151}, 400),
        ({"guest_name": ["Ada"]}, 400),
        ("Ada", 400),
    ],
)
def test_a_bad_presenter_is_refused_in_problem_details(client, role, instructor, data, status):
    client.force_login(instructor.user)

    response = client.post(presenters_url(role), data, content_type=JSON)

    assert (response.status_code, response["Content-Type"]) == (status, "application/problem+json")
    assert SignUp.objects.count() == 0


def test_a_student_of_another_course_is_named_in_the_refusal(client, role, instructor):
    stranger = EnrollmentFactory()
    client.force_login(instructor.user)

    response = client.post(presenters_url(role), {"enrollment_id": stranger.pk}, content_type=JSON)

    message = f"No enrollment of this course has the id {stranger.pk}."
    assert (response.status_code, response.json()["errors"]) == (400, {"enrollment_id": [message]})


def test_a_full_role_is_a_conflict(client, role, student, instructor):
    SignUpFactory(role=role)
    client.force_login(instructor.user)

    response = client.post(presenters_url(role), {"enrollment_id": student.pk}, content_type=JSON)

    assert (response.status_code, response.json()["code"]) == (409, "role_is_full")


def test_slides_are_sent_as_a_file_and_come_back(client, course, role, student):
    SignUpFactory(role=role, enrollment=student)
    client.force_login(student.user)

    made = client.post(url("slides_list", course, "rammer"), {"file": SimpleUploadedFile("talk.pdf", b"%PDF-1.7 talk")})
    listed = client.get(url("slides_list", course, "rammer")).json()
    served = client.get(listed[0]["url"])

    assert (made.status_code, [each["number"] for each in listed]) == (201, [1])
    assert b"".join(served.streaming_content) == b"%PDF-1.7 talk"


@pytest.mark.parametrize("address", ["javascript:alert(1)", "ftp://example.org", "x"])
def test_slides_that_are_no_web_address_are_refused(client, course, role, student, address):
    SignUpFactory(role=role, enrollment=student)
    client.force_login(student.user)

    response = client.post(url("slides_list", course, "rammer"), {"url": address}, content_type=JSON)

    assert (response.status_code, list(response.json()["errors"]), Slides.objects.count()) == (409, ["url"], 0)


def test_slides_without_a_file_or_a_link_are_422(client, course, role, student):
    SignUpFactory(role=role, enrollment=student)
    client.force_login(student.user)

    response = client.post(url("slides_list", course, "rammer"), {}, content_type=JSON)

    assert (response.status_code, response.json()["code"], Slides.objects.count()) == (422, "file_or_link", 0)
