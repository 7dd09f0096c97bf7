"""Participation over REST."""

import pytest
from django.urls import reverse

from participation.models import Record, RecordChange
from tests.factories import EnrollmentFactory, RecordFactory, TokenFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
JSON = "application/json"


def url(name, course, *args):
    return reverse(f"api:{name}", args=[course.slug, *args])


def attended(student, **changes):
    return {"enrollment_id": student.pk, "attended": True, "discussed": False, "revision": 0} | changes


def test_a_student_reads_their_own_row_only(client, meeting, course, student):
    RecordFactory(meeting=meeting)
    RecordFactory(meeting=meeting, enrollment=student, revision=3, changed_at="2021-09-02T12:50Z")
    client.force_login(student.user)

    answer = client.get(url("participation_list", course)).json()

    assert answer == {
        "attended_points": "4.00",
        "discussed_points": "2.00",
        "meetings": [
            {
                "key": "rammer",
                "date": "2021-09-02",
                "title": "Compilers",
                "opens_at": "2021-09-02T08:15:00-04:00",
                "closes_at": "2021-09-03T00:00:00-04:00",
            }
        ],
        "students": [
            {
                "enrollment_id": student.pk,
                "name": student.user.name,
                "points": "4.00",
                "records": [
                    {
                        "meeting": "rammer",
                        "attended": True,
                        "discussed": False,
                        "is_confirmed": False,
                        "revision": 3,
                        "changed_at": "2021-09-02T12:50:00Z",
                    }
                ],
            }
        ],
    }


def test_an_unchanged_sheet_is_304(client, meeting, course, instructor):
    client.force_login(instructor.user)
    etag = client.get(url("participation_list", course))["ETag"]

    assert client.get(url("participation_list", course), headers={"If-None-Match": etag}).status_code == 304


@pytest.mark.parametrize("rows", [1, 3])
def test_the_sheet_takes_the_same_queries_for_any_number(client, course, meeting, instructor, django_assert_num_queries, rows):
    for _ in range(rows):
        RecordFactory(meeting=meeting, enrollment=EnrollmentFactory(course=course))
    client.force_login(instructor.user)

    with django_assert_num_queries(7):
        assert len(client.get(url("participation_list", course)).json()["students"]) == rows


def test_a_token_with_the_scope_records(client, meeting, course, student):
    TokenFactory(user=student.user, secret="cp_x", scopes=["participation:write"])

    response = client.put(
        url("participation_record", course, "rammer"),
        {"attended": True, "discussed": True},
        content_type=JSON,
        headers={"Authorization": "Bearer cp_x"},
    )

    assert (response.status_code, response["ETag"], Record.objects.get().discussed) == (200, '"1"', True)


@pytest.mark.parametrize("scope", ["participation:read", "grades:write"])
def test_a_token_without_the_scope_records_nothing(client, meeting, course, student, scope):
    TokenFactory(user=student.user, secret="cp_x", scopes=[scope])

    response = client.put(
        url("participation_record", course, "rammer"),
        {"attended": True, "discussed": True},
        content_type=JSON,
        headers={"Authorization": "Bearer cp_x"},
    )

    assert (response.status_code, Record.objects.count()) == (403, 0)


@pytest.mark.parametrize(
    ("data", "status"),
    [
        ({"attended": False, "discussed": True}, 409),
        ({"attended": "perhaps", "discussed": True}, 400),
        ({"attended": True}, 400),
        ([], 400),
    ],
)
def test_a_bad_record_is_refused_in_problem_details(client, meeting, course, student, data, status):
    client.force_login(student.user)

    response = client.put(url("participation_record", course, "rammer"), data, content_type=JSON)

    assert (response.status_code, response["Content-Type"]) == (status, "application/problem+json")
    assert Record.objects.count() == 0


def test_staff_correct_on_the_revision_they_read(client, meeting, course, student, instructor):
    record = RecordFactory(meeting=meeting, enrollment=student, revision=3)
    client.force_login(instructor.user)
    address = url("participation_student", course, "rammer", student.pk)

    etag = client.get(address)["ETag"]
    response = client.put(address, {"attended": True, "discussed": True}, content_type=JSON, headers={"If-Match": etag})

    record.refresh_from_db()
    assert (response.status_code, response["ETag"]) == (200, '"4"')
    assert (record.discussed, record.is_confirmed) == (True, True)


@pytest.mark.parametrize("headers", [{}, {"If-Match": '"2"'}])
def test_staff_correcting_another_revision_get_412_and_what_is_there(client, meeting, course, student, instructor, headers):
    RecordFactory(meeting=meeting, enrollment=student, revision=3)
    client.force_login(instructor.user)

    response = client.put(
        url("participation_student", course, "rammer", student.pk),
        {"attended": False, "discussed": False},
        content_type=JSON,
        headers=headers,
    )

    assert (response.status_code, response.json()["code"]) == (412, "stale_version")
    assert [(row["enrollment_id"], row["revision"]) for row in response.json()["current"]] == [(student.pk, 3)]


def test_the_history_names_every_change(client, meeting, course, student, instructor):
    for who, data in ((student, {"attended": True, "discussed": False}),):
        client.force_login(who.user)
        client.put(url("participation_record", course, "rammer"), data, content_type=JSON)
    client.force_login(instructor.user)
    address = url("participation_student", course, "rammer", student.pk)
    body = {"attended": True, "discussed": True, "reason": "Spoke last"}
    client.put(address, body, content_type=JSON, headers={"If-Match": '"1"'})

    changes = client.get(address).json()["changes"]

    assert [(change["changed_by"], change["discussed"], change["reason"]) for change in changes] == [
        (student.user.name, False, ""),
        (instructor.user.name, True, "Spoke last"),
    ]


def test_an_assistant_reaches_no_student_of_another_section(client, meeting, course):
    assistant = EnrollmentFactory(course=course, role="assistant", section="A")
    record = RecordFactory(meeting=meeting, enrollment=EnrollmentFactory(course=course, section="B"))
    client.force_login(assistant.user)
    address = url("participation_student", course, "rammer", record.enrollment_id)

    statuses = [
        client.get(address).status_code,
        client.put(address, {"attended": True, "discussed": True}, content_type=JSON).status_code,
        client.put(
            url("participation_sheet", course, "rammer"), {"records": [attended(record.enrollment)]}, content_type=JSON
        ).status_code,
    ]

    assert statuses == [404, 404, 400]


def test_a_whole_sheet_is_saved_at_once(client, meeting, course, instructor):
    students = EnrollmentFactory.create_batch(2, course=course)
    client.force_login(instructor.user)

    response = client.put(
        url("participation_sheet", course, "rammer"),
        {"records": [attended(student) for student in students], "reason": "From the list"},
        content_type=JSON,
    )

    assert set(RecordChange.objects.values_list("reason", flat=True)) == {"From the list"}
    assert [(row["enrollment_id"], row["is_confirmed"]) for row in response.json()] == [
        (student.pk, True) for student in students
    ]


def test_a_sheet_that_names_a_student_twice_is_refused(client, meeting, course, student, instructor):
    client.force_login(instructor.user)

    response = client.put(
        url("participation_sheet", course, "rammer"),
        {"records": [attended(student), attended(student, attended=False)]},
        content_type=JSON,
    )

    assert (response.status_code, response.json()["errors"]) == (400, {"records": ["A student is named twice."]})


def test_confirm_counts_what_it_confirmed(client, meeting, course, student, instructor):
    RecordFactory(meeting=meeting, enrollment=student, revision=1)
    client.force_login(instructor.user)

    response = client.post(
        url("participation_confirm", course, "rammer"),
        {"records": [{"enrollment_id": student.pk, "revision": 1}]},
        content_type=JSON,
    )

    assert (response.json(), Record.objects.get().is_confirmed) == ({"confirmed": 1}, True)
