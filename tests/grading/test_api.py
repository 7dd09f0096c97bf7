import base64
import csv
import io
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.urls import reverse

from grading.actions import release_component, set_mark
from grading.api.grades import OVERLAP
from grading.models import Mark
from grading.queries import grades_of
from tests.factories import (
    EnrollmentFactory,
    MarkFactory,
    MeetingFactory,
    TeamFactory,
    TeamMemberFactory,
    TokenFactory,
    UserFactory,
)
from tests.grading.examples import course_with_policy, reviewed

NOW = datetime(2021, 10, 20, 16, tzinfo=UTC)


@pytest.fixture(autouse=True)
def mid_term():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def course(db):
    return course_with_policy()


@pytest.fixture
def instructor(course):
    return EnrollmentFactory(course=course, role="instructor")


@pytest.fixture
def pull(client, course, instructor):
    """GET of a grades address as the instructor."""
    client.force_login(instructor.user)

    def get(query="", **headers):
        return client.get(reverse("api:grade_list", args=[course.slug]) + query, headers=headers)

    return get


def students_of(course, count):
    return [EnrollmentFactory(course=course, user__name=f"Student {n}") for n in range(count)]


def put(client, address, points, **headers):
    return client.put(address, {"points": points}, content_type="application/json", headers=headers)


def ids(response):
    return [row["student"]["id"] for row in response.json()["results"]]


def test_grade_list_says_what_the_page_says(course, instructor, pull):
    student = EnrollmentFactory(course=course, section="A")
    set_mark(review=reviewed(student), points=Decimal("8.5"), revision=0, by=instructor.user)

    answer = pull().json()

    row = answer["results"][0]
    reviews = next(line for line in row["components"] if line["key"] == "reviews")
    grade = grades_of(course, audience="staff")[student.pk]
    assert row["student"] == {"id": student.pk, "email": student.user.email, "name": student.user.name, "section": "A"}
    assert reviews == {
        "key": "reviews",
        "title": "Reviews",
        "group": None,
        "weight": "20",
        "earned": "17.00",
        "out_of": "20",
        "percentage": "85.00",
        "earned_final": "0.85",
        "is_set": False,
        "state": "marked",
        "released": False,
    }
    assert (row["total_so_far"], row["total_final"], row["out_of"], row["letter"]) == (
        str(grade.total), str(grade.total_final), "100", grade.letter,
    )  # fmt: skip
    assert answer["policy_version"] == 1


def test_grade_list_of_a_students_token_has_only_their_own_released_grade(client, course, instructor):
    mine, other = students_of(course, 2)
    review = reviewed(mine)
    set_mark(review=review, points=Decimal(8), revision=0, by=instructor.user)
    release_component(course=course, component_key="reviews", by=instructor.user)
    set_mark(review=review, points=Decimal(2), revision=1, by=instructor.user)
    token = TokenFactory(user=mine.user, secret="cp_mine")

    response = client.get(reverse("api:grade_list", args=[course.slug]), headers={"Authorization": "Bearer cp_mine"})

    assert token.user == mine.user
    assert ids(response) == [mine.pk]
    assert response.json()["results"][0]["components"][2]["earned"] == "16.00"


def test_a_students_token_meets_404_for_somebody_else(client, course):
    mine, other = students_of(course, 2)
    TokenFactory(user=mine.user, secret="cp_mine")

    answers = [
        client.get(reverse("api:grade_detail", args=[course.slug, student.pk]), headers={"Authorization": "Bearer cp_mine"})
        for student in (mine, other)
    ]

    assert [answer.status_code for answer in answers] == [200, 404]


def test_a_token_without_the_scope_is_refused(client, course, instructor):
    TokenFactory(user=instructor.user, secret="cp_x", scopes=["reviews:read"])

    response = client.get(reverse("api:grade_list", args=[course.slug]), headers={"Authorization": "Bearer cp_x"})

    assert (response.status_code, response.json()["detail"]) == (403, "This token lacks the scope grades:read.")


def test_pages_are_followed_by_next(course, pull, client):
    students = students_of(course, 5)

    pages, address = [], "?page_size=2"
    while address:
        response = pull(address)
        pages.append(ids(response))
        following = response.json()["next"]
        address = following and "?" + following.partition("?")[2]

    assert pages == [[s.pk for s in students[:2]], [s.pk for s in students[2:4]], [students[4].pk]]


def test_updated_since_gives_only_what_changed(course, instructor, pull):
    changed, unchanged = students_of(course, 2)
    review = reviewed(changed)
    with time_machine.travel(NOW + timedelta(minutes=10), tick=False):
        set_mark(review=review, points=Decimal(8), revision=0, by=instructor.user)
        response = pull("?updated_since=2021-10-20T16:05:00Z")

    assert ids(response) == [changed.pk]


def test_next_updated_since_stays_with_the_first_page(course, pull):
    students_of(course, 3)
    first = pull("?page_size=2").json()

    with time_machine.travel(NOW + timedelta(minutes=10), tick=False):
        second = pull("?" + first["next"].partition("?")[2]).json()

    assert second["next_updated_since"] == first["next_updated_since"] == (NOW - OVERLAP).isoformat()


@pytest.mark.parametrize("text", ["2021-10-20T16:05:00+00:00", "2021-10-20T12:05:00-04:00", "2021-10-20T16:05:00Z"])
def test_updated_since_takes_every_zone(course, pull, text):
    students_of(course, 1)

    assert pull(f"?updated_since={text}").json()["results"] == []


@pytest.mark.parametrize("text", ["yesterday", "2021-10-20T16:05:00", "2021-13-40T16:05:00Z", ""])
def test_updated_since_without_a_moment_in_a_zone_is_refused(course, pull, text):
    response = pull(f"?updated_since={text}")

    assert response.status_code == 400
    assert response["Content-Type"] == "application/problem+json"
    assert response.json()["errors"] == {
        "updated_since": [f"Found {text!r}; expected ISO 8601 with a time zone, such as 2021-10-20T14:00:00Z."]
    }


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["Ada", "Ben", "Chen"]),
        ("?name=EN", ["Ben", "Chen"]),
        ("?section=B", ["Ben"]),
        ("?team=TEAM", ["Chen"]),
        ("?missing=true", []),
        ("?missing=false", ["Ada", "Ben", "Chen"]),
        ("?missing=0", ["Ada", "Ben", "Chen"]),
        ("?below=85", ["Chen"]),
        ("?below=85&of=reviews&name=ada", []),
        ("?below=100&reading=final", ["Ada", "Ben", "Chen"]),
    ],
)
def test_the_list_takes_the_gradebooks_filters(course, instructor, pull, query, found):
    students = {name: EnrollmentFactory(course=course, user__name=name, section=name[0]) for name in ("Ada", "Ben", "Chen")}
    to_come = MeetingFactory(course=course, date=date(2021, 11, 2))
    for name, points in (("Ada", 9), ("Chen", 6)):
        set_mark(review=reviewed(students[name], meeting=to_come), points=Decimal(points), revision=0, by=instructor.user)
    team = TeamMemberFactory(team=TeamFactory(course=course), enrollment=students["Chen"]).team

    response = pull(query.replace("TEAM", str(team.pk)))

    assert [line["student"]["name"] for line in response.json()["results"]] == found


def test_pages_of_a_filtered_list_stay_filtered(course, instructor, pull, client):
    to_come = MeetingFactory(course=course, date=date(2021, 11, 2))
    for n, points in enumerate([3, 9, 4, 5]):
        student = EnrollmentFactory(course=course, user__name=f"Student {n}")
        set_mark(review=reviewed(student, meeting=to_come), points=Decimal(points), revision=0, by=instructor.user)

    first = pull("?below=60&page_size=2").json()
    second = pull("?" + first["next"].partition("?")[2]).json()

    assert [line["student"]["name"] for line in first["results"]] == ["Student 0", "Student 2"]
    assert ([line["student"]["name"] for line in second["results"]], second["next"]) == (["Student 3"], None)


@pytest.mark.parametrize(
    "query", ["?missing=perhaps", "?missing=no", "?below=much", "?of=nothing", "?reading=later", "?team=red"]
)
def test_a_filter_that_is_not_understood_is_refused(course, instructor, pull, query):
    response = pull(query)

    assert (response.status_code, list(response.json()["errors"])) == (400, [query[1:].partition("=")[0]])


@pytest.mark.parametrize("query", ["?cursor=nonsense", "?cursor=W10=", "?page_size=0", "?page_size=ten", "?page_size=²"])
def test_a_page_that_is_not_one_is_refused(course, pull, query):
    assert pull(query).status_code == 400


def test_a_cursor_that_no_page_of_ours_gave_is_refused(course, pull):
    cursor = base64.urlsafe_b64encode(b'[0, "0001-01-01T00:00:00Z"]').decode()

    assert pull(f"?cursor={cursor}").status_code == 400


def test_etag_holds_until_a_grade_changes(course, instructor, pull):
    (student,) = students_of(course, 1)
    review = reviewed(student)
    tag = pull()["ETag"]

    with time_machine.travel(NOW + timedelta(minutes=10), tick=False):
        same = pull("", **{"If-None-Match": tag})
        set_mark(review=review, points=Decimal(8), revision=0, by=instructor.user)
        changed = pull("", **{"If-None-Match": tag})

    assert (same.status_code, same.content, same["ETag"]) == (304, b"", tag)
    assert changed.status_code == 200
    assert changed["ETag"] != tag


def test_csv_is_the_same_in_a_table(course, instructor, pull):
    student = EnrollmentFactory(course=course, user__name="=cmd|'/c calc'!A1", section="@A")
    review = reviewed(student, meeting__date=date(2021, 9, 7))
    set_mark(review=review, points=Decimal("8.5"), revision=0, by=instructor.user)

    response = pull("?format=csv")

    rows = list(csv.DictReader(io.StringIO(response.content.decode())))
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Content-Disposition"] == f'attachment; filename="{course.slug}-grades.csv"'
    assert len(rows) == 1
    assert {name: rows[0][name] for name in ("name", "section", "reviews", "reviews out of", "presentation", "letter")} == {
        "name": "'=cmd|'/c calc'!A1",
        "section": "'@A",
        "reviews": "17.00",
        "reviews out of": "20",
        "presentation": "",
        "letter": "F",
    }


def test_csv_is_had_by_accept_too_and_refusals_stay_json(course, pull):
    students_of(course, 150)

    answer = pull("", Accept="text/csv")
    refusal = pull("?updated_since=x", Accept="text/csv")

    assert len(answer.content.splitlines()) == 151
    assert (refusal.status_code, refusal.json()["status"]) == (400, 400)


def test_a_course_without_students_or_policy_answers_empty(client, db):
    instructor = EnrollmentFactory(role="instructor")
    client.force_login(instructor.user)
    address = reverse("api:grade_list", args=[instructor.course.slug])

    assert client.get(address).json()["results"] == []
    assert client.get(address + "?format=csv").status_code == 200


def test_grade_detail_has_words_and_items(client, course, instructor):
    (student,) = students_of(course, 1)
    set_mark(review=reviewed(student, title="Rammer"), points=Decimal("8.5"), comment="Clear", revision=0, by=instructor.user)
    client.force_login(instructor.user)

    answer = client.get(reverse("api:grade_detail", args=[course.slug, student.pk])).json()

    reviews = answer["components"][2]
    assert reviews["so_far"]["words"][-1] == "85 % of 20 = 17."
    assert (reviews["so_far"]["earned"], reviews["so_far"]["exact"]) == ("17.00", "17")
    item = reviews["items"][0]
    assert (item["title"], item["points"], item["comment"], item["released"]) == ("Rammer", "8.50", "Clear", False)


@pytest.mark.parametrize("rows", [1, 3])
def test_grade_list_queries(client, django_assert_num_queries, course, instructor, rows):
    for student in students_of(course, rows):
        MarkFactory(review=reviewed(student), course=course)
    client.force_login(instructor.user)
    client.get(reverse("api:policy_detail", args=[course.slug]))

    with django_assert_num_queries(26):
        client.get(reverse("api:grade_list", args=[course.slug]))


def test_policy_version_is_told_when_no_grade_has_changed(pull):
    assert pull("?updated_since=2099-01-01T00:00:00Z").json()["policy_version"] == 1


# Marks


@pytest.fixture
def marked(course, instructor, client):
    """A review's mark address, as the instructor."""
    client.force_login(instructor.user)
    review = reviewed(EnrollmentFactory(course=course))
    return review, reverse("api:review_mark", args=[course.slug, review.pk])


def test_put_marks_a_review(client, marked):
    review, address = marked

    response = put(client, address, "8.5")

    assert (response.status_code, response["ETag"]) == (200, '"1"')
    assert response.json()["points"] == "8.50"
    assert Mark.objects.get().review == review


def test_put_on_a_mark_that_is_there_needs_its_revision(client, marked):
    _, address = marked
    put(client, address, "8.5")

    without, stale, right = (
        put(client, address, "6"),
        put(client, address, "6", **{"If-Match": '"0"'}),
        put(client, address, "6", **{"If-Match": '"1"'}),
    )

    assert [answer.status_code for answer in (without, stale, right)] == [412, 412, 200]
    assert stale.json()["current"]["points"] == "8.50"
    assert Mark.objects.get().points == Decimal(6)


@pytest.mark.parametrize(
    ("points", "status", "errors"),
    [
        ("11", 409, {"points": ["Found 11; points here go from 0 to 10."]}),
        ("many", 400, {"points": ["A valid number is required."]}),
        ("NaN", 400, {"points": ["A valid number is required."]}),
        ("8.123", 400, {"points": ["Ensure that there are no more than 2 decimal places."]}),
    ],
)
def test_put_refuses_points_that_cannot_be(client, marked, points, status, errors):
    _, address = marked

    response = put(client, address, points)

    assert (response.status_code, response.json()["errors"]) == (status, errors)
    assert Mark.objects.count() == 0


def test_get_of_a_mark_has_history_and_bounds(client, marked, instructor):
    _, address = marked
    put(client, address, "8.5")

    answer = client.get(address).json()

    assert answer["max_points"] == "10.00"
    assert [(change["kind"], change["points_after"], change["changed_by"]) for change in answer["history"]] == [
        ("marked", "8.50", instructor.user.name)
    ]


def test_an_assistant_of_a_section_reaches_only_its_students(client, course):
    assistant = EnrollmentFactory(course=course, role="assistant", section="A")
    reviews = [reviewed(EnrollmentFactory(course=course, section=section)) for section in "AB"]
    client.force_login(assistant.user)

    statuses = [put(client, reverse("api:review_mark", args=[course.slug, review.pk]), "8").status_code for review in reviews]
    listed = client.get(reverse("api:mark_list", args=[course.slug])).json()["results"]

    assert statuses == [200, 404]
    assert [mark["work"] for mark in listed] == [f"review-{reviews[0].pk}"]


def test_mark_list_of_an_assistant_leaves_the_other_section_out(client, course):
    for section in "AB":
        MarkFactory(review=reviewed(EnrollmentFactory(course=course, section=section)), course=course)
    client.force_login(EnrollmentFactory(course=course, role="assistant", section="B").user)

    assert len(client.get(reverse("api:mark_list", args=[course.slug])).json()["results"]) == 1


def test_mark_list_of_a_student_has_released_marks_only(client, course, instructor):
    mine, other = students_of(course, 2)
    for student in (mine, other):
        set_mark(review=reviewed(student), points=Decimal(8), revision=0, by=instructor.user)
    release_component(course=course, component_key="reviews", by=instructor.user)
    set_mark(review=reviewed(mine), points=Decimal(3), revision=0, by=instructor.user)
    client.force_login(mine.user)

    results = client.get(reverse("api:mark_list", args=[course.slug])).json()["results"]

    shown = {"work", "points", "levels", "comment", "released_at"}
    assert [(mark["points"], set(mark)) for mark in results] == [("8.00", shown)]


def test_an_observer_sees_no_grades_and_no_marks(client, course):
    client.force_login(EnrollmentFactory(course=course, role="observer").user)

    names = ("api:grade_list", "api:mark_list")
    assert [client.get(reverse(name, args=[course.slug])).status_code for name in names] == [403, 403]


def test_release_and_hide_say_how_many_marks(client, course, instructor, marked):
    put(client, marked[1], "8")
    act = {name: reverse(f"api:component_{name}", args=[course.slug, "reviews"]) for name in ("release", "hide")}

    answers = [client.post(act[name], content_type="application/json").json() for name in ("release", "release", "hide")]

    assert [answer["marks"] for answer in answers] == [1, 0, 1]


def test_release_of_an_unknown_component_is_404(client, course, instructor):
    client.force_login(instructor.user)

    assert client.post(reverse("api:component_release", args=[course.slug, "quizzes"])).status_code == 404


def test_policy_detail_tells_the_instructor_of_findings(client, course, instructor):
    student = EnrollmentFactory(course=course)

    told = []
    for user in (instructor.user, student.user):
        client.force_login(user)
        told.append(client.get(reverse("api:policy_detail", args=[course.slug])).json())

    assert told[0]["document"] == told[1]["document"]
    assert told[0]["findings"][0]["where"] == "components[4].parts[1].milestones[1]"
    assert told[1]["findings"] == []


def test_policy_detail_before_there_is_one_is_404(client, db):
    member = EnrollmentFactory()
    client.force_login(member.user)

    assert client.get(reverse("api:policy_detail", args=[member.course.slug])).status_code == 404


def test_an_outsider_is_told_nothing(client, course):
    client.force_login(UserFactory())

    assert client.get(reverse("api:grade_list", args=[course.slug])).status_code == 404
