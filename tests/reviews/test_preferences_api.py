"""Preferences, conflicts and what is asked of whom over REST."""

import pytest
import time_machine

from reviews.assigning.preferences.actions import call_for_preferences
from reviews.models import Assignment, Conflict, Expert
from tests.factories import CourseFactory, EnrollmentFactory, PaperFactory, TokenFactory
from tests.reviews.conftest import BEFORE, CLOSED, DUE


@pytest.fixture(autouse=True)
def open_call(course, paper):
    call_for_preferences(course=course, closes_at=DUE)
    with time_machine.travel(BEFORE, tick=False) as clock:
        yield clock


def send(client, who, method, course, path, body=None):
    client.force_login(who.user)
    return getattr(client, method)(f"/api/v1/courses/{course.slug}/{path}", body, content_type="application/json")


def test_a_student_says_and_reads_their_own_only(client, course, paper, student, instructor):
    other = EnrollmentFactory(course=course)
    send(client, other, "put", course, "preferences/", {"values": {"rammer": -4}})

    said = send(client, student, "put", course, "preferences/", {"values": {"rammer": 12}}).json()
    all_of_them = send(client, instructor, "get", course, "preferences/").json()

    own = {"paper": "rammer", "reviewer": student.pk, "value": 12}
    assert said == {"closes_at": "2021-09-02T03:59:00Z", "is_open": True, "preferences": [own]}
    assert {each["reviewer"] for each in all_of_them["preferences"]} == {student.pk, other.pk}


@pytest.mark.parametrize(
    ("values", "field"), [({"rammer": 21}, "values"), ({"rammer": "much"}, "values"), ({"nowhere": 1}, "values")]
)
def test_bad_numbers_are_named(client, course, student, values, field):
    response = send(client, student, "put", course, "preferences/", {"values": {"rammer": 1} | values})

    assert (response.status_code, list(response.json()["errors"])) == (400, [field])
    assert send(client, student, "get", course, "preferences/").json()["preferences"] == []


def test_a_closed_call_is_a_conflict_with_a_code(client, course, student, open_call):
    open_call.move_to(CLOSED)

    response = send(client, student, "put", course, "preferences/", {"values": {"rammer": 1}})

    assert (response.status_code, response.json()["code"]) == (409, "closed")


def test_student_declares_and_withdraws_a_conflict(client, course, student, instructor):
    other = EnrollmentFactory(course=course)

    declared = send(client, student, "put", course, "papers/rammer/conflict/", {"reason": "My own."}).json()
    lists = [len(send(client, who, "get", course, "conflicts/").json()) for who in (student, other, instructor)]
    withdrawn = send(client, student, "delete", course, "papers/rammer/conflict/").status_code

    assert (declared["reason"], declared["is_by_staff"], lists) == ("My own.", False, [1, 0, 1])
    assert (withdrawn, Conflict.objects.count()) == (204, 0)


def test_instructor_acts_by_the_rules_of_the_page(client, course, paper, student, instructor):
    def act(**body):
        return send(client, instructor, "post", course, "papers/rammer/reviewers/act/", {"reviewers": [student.pk]} | body)

    asked = act(act="ask")
    extended = act(act="more_time", due_at="2021-09-06T03:59:00Z", reason="Ill.").json()
    act(act="expert")
    act(act="rule")
    act(act="conflict", reason="Their own.")
    refused = act(act="ask")

    assert (asked.status_code, [row["asks"] for row in asked.json()]) == (200, ["required"])
    assert (extended[0]["due_at"], extended[0]["reason"]) == ("2021-09-06T03:59:00Z", "Ill.")
    assert (refused.status_code, refused.json()["code"], Assignment.objects.count()) == (409, "conflict", 0)
    assert (Expert.objects.count(), Conflict.objects.get().is_by_staff) == (1, True)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"act": "frobnicate"}, "act"),
        ({"act": "more_time", "reason": "Ill."}, "due_at"),
        ({"act": "ask", "reviewers": []}, "reviewers"),
    ],
)
def test_a_bad_act_is_refused_by_field(client, course, student, instructor, body, field):
    body = {"reviewers": [student.pk]} | body

    response = send(client, instructor, "post", course, "papers/rammer/reviewers/act/", body)

    assert (response.status_code, list(response.json()["errors"])) == (400, [field])


def test_a_student_of_another_course_is_refused(client, course, student, instructor):
    stranger = EnrollmentFactory(course=CourseFactory())
    body = {"act": "ask", "reviewers": [student.pk, stranger.pk]}

    response = send(client, instructor, "post", course, "papers/rammer/reviewers/act/", body)

    assert (response.status_code, Assignment.objects.count()) == (400, 0)


@pytest.mark.parametrize(("scope", "status"), [("reviews:read", 403), ("reviews:write", 200)])
def test_writing_takes_the_scope(client, course, student, scope, status):
    TokenFactory(secret="cp_x", user=student.user, scopes=[scope])

    response = client.put(
        f"/api/v1/courses/{course.slug}/preferences/",
        {"values": {"rammer": 1}},
        content_type="application/json",
        headers={"Authorization": "Bearer cp_x"},
    )

    assert response.status_code == status


def test_the_instructor_says_until_when_students_are_asked(client, course, student, instructor):
    send(client, student, "put", course, "preferences/", {"values": {"rammer": 12}})

    later = send(client, instructor, "put", course, "preferences/call/", {"closes_at": "2021-10-01T12:00:00Z"}).json()
    never = send(client, instructor, "put", course, "preferences/call/", {"closes_at": None}).json()
    refused = send(client, instructor, "put", course, "preferences/call/", {"closes_at": "tomorrow"})

    assert (later["closes_at"], later["is_open"]) == ("2021-10-01T12:00:00Z", True)
    assert (never["closes_at"], never["is_open"], len(never["preferences"])) == (None, False, 1)
    assert (refused.status_code, list(refused.json()["errors"])) == (400, ["closes_at"])


def test_a_student_takes_a_paper_on_and_gives_it_back(client, course, paper, student):
    course.review_rules.who, course.review_rules.required_count = "chosen", 1
    course.review_rules.save()
    PaperFactory(course=course, meeting=paper.meeting, key="tvm")

    chosen = [send(client, student, "put", course, "papers/rammer/choice/") for _ in range(2)]
    enough = send(client, student, "put", course, "papers/tvm/choice/")
    given_back = send(client, student, "delete", course, "papers/rammer/choice/")

    assert [(each.status_code, each.json()["paper"], each.json()["source"]) for each in chosen] == [
        (200, "rammer", "chosen")
    ] * 2
    assert (enough.status_code, enough.json()["code"]) == (409, "enough")
    assert (given_back.status_code, Assignment.objects.count()) == (204, 0)
