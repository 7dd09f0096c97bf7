"""Reviews over REST."""

import json
from datetime import timedelta

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from django.urls import reverse

from reviews.actions import save_draft, submit_review
from reviews.models import Review, ReviewVersion
from tests.factories import EnrollmentFactory, PaperFactory, TokenFactory
from tests.reviews.conftest import BEFORE, CLOSED

pytestmark = pytest.mark.django_db

TEXT = "Compiles graphs into tasks."


@pytest.fixture
def clock():
    with time_machine.travel(BEFORE, tick=False) as traveller:
        yield traveller


def submit(paper, reviewer, answers, revision=None):
    review = save_draft(paper=paper, reviewer=reviewer, answers=answers, revision=revision)
    return submit_review(review=review, revision=review.revision)


def ask(client, who, name, course, *args, method="get", data=None, query="", **headers):
    client.force_login(who.user)
    url = reverse(f"api:{name}", args=[course.slug, *args]) + query
    body = {} if method == "get" else {"data": json.dumps(data or {}), "content_type": "application/json"}
    return getattr(client, method)(url, headers={name.replace("_", "-"): value for name, value in headers.items()}, **body)


def put(client, who, paper, answers, **headers):
    return ask(client, who, "review_mine", paper.course, paper.key, method="put", data={"answers": answers}, **headers)


# -- reading


def test_list_gives_staff_everything_submitted(client, course, paper, student, assistant, answers, clock):
    review = submit(paper, student, answers)
    save_draft(paper=paper, reviewer=EnrollmentFactory(course=course), answers=answers, revision=None)

    response = ask(client, assistant, "review_list", course)

    assert response.json()["results"] == [
        {
            "id": review.handle,
            "paper": "rammer",
            "reviewer": {"name": student.user.name, "id": student.pk, "email": student.user.email},
            "is_own": False,
            "version": 1,
            "submitted_at": "2021-09-01T16:00:00+00:00",
            "is_late": False,
            "words": 8,
            "answers": answers,
        }
    ]


def test_list_gives_students_no_name_no_time_and_no_staff_field(client, course, paper, student, answers, clock):
    review = submit(paper, EnrollmentFactory(course=course), answers)
    clock.move_to(CLOSED)

    response = ask(client, student, "review_list", course)

    assert response.json()["results"] == [
        {
            "id": review.handle,
            "paper": "rammer",
            "reviewer": None,
            "is_own": False,
            "version": None,
            "submitted_at": None,
            "is_late": None,
            "words": 8,
            "answers": {"summary": TEXT, "merit": 4},
        }
    ]


def test_list_gives_the_reviewer_their_own_answers_in_full(client, paper, student, answers, clock):
    submit(paper, student, answers)

    (row,) = ask(client, student, "review_list", paper.course).json()["results"]

    assert (row["is_own"], row["answers"], row["reviewer"]["name"]) == (True, answers, student.user.name)


def test_list_shows_the_submitted_version_and_not_the_draft_after_it(client, paper, student, assistant, answers, clock):
    submit(paper, student, answers)
    save_draft(paper=paper, reviewer=student, answers=answers | {"summary": "Changed since."}, revision=1)

    (row,) = ask(client, assistant, "review_list", paper.course).json()["results"]

    assert row["answers"]["summary"] == TEXT


def test_list_is_empty_before_the_reviews_open(client, course, paper, student, answers, clock):
    submit(paper, EnrollmentFactory(course=course), answers)

    assert ask(client, student, "review_list", course).json() == {"next": None, "previous": None, "results": []}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?paper=rammer", 1),
        ("?paper=nothing", 0),
        ("?submitted_since=2021-09-01T15:59:00Z", 1),
        ("?submitted_since=2021-09-01T16:01:00Z", 0),
    ],
)
def test_list_filters_for_staff(client, paper, student, assistant, answers, clock, query, found):
    submit(paper, student, answers)

    assert len(ask(client, assistant, "review_list", paper.course, query=query).json()["results"]) == found


def test_list_filters_by_reviewer_for_staff(client, course, paper, student, assistant, answers, clock):
    submit(paper, student, answers)
    submit(paper, EnrollmentFactory(course=course), answers)

    results = ask(client, assistant, "review_list", course, query=f"?reviewer={student.pk}").json()["results"]

    assert [row["reviewer"]["id"] for row in results] == [student.pk]


@pytest.mark.parametrize("query", ["reviewer=1", "submitted_since=2021-09-01T00:00:00Z"])
def test_list_refuses_filters_that_would_tell_a_hidden_name(client, paper, student, query):
    response = ask(client, student, "review_list", paper.course, query=f"?{query}")

    name = query.split("=")[0]
    assert (response.status_code, response.json()["errors"]) == (
        400,
        {name: ["Names are hidden in this course, so this filter is for staff."]},
    )


def test_list_is_paged_by_the_random_handle(client, course, paper, assistant, answers, clock):
    for _ in range(3):
        submit(paper, EnrollmentFactory(course=course), answers)

    first = ask(client, assistant, "review_list", course, query="?page_size=2").json()
    second = client.get(first["next"]).json()

    handles = [row["id"] for row in first["results"] + second["results"]]
    assert (handles, second["next"]) == (sorted(Review.objects.values_list("handle", flat=True)), None)


def test_list_answers_304_until_something_changes(client, paper, student, assistant, answers, clock):
    submit(paper, student, answers)
    tag = ask(client, assistant, "review_list", paper.course)["ETag"]

    same = ask(client, assistant, "review_list", paper.course, if_none_match=tag)
    submit(paper, student, answers | {"merit": 1}, revision=1)
    changed = ask(client, assistant, "review_list", paper.course, if_none_match=tag)

    assert (same.status_code, same.content, changed.status_code) == (304, b"", 200)


@pytest.mark.parametrize("rows", [1, 3])
def test_api_queries_do_not_grow(client, course, rules, paper, assistant, answers, clock, django_assert_num_queries, rows):
    for _ in range(rows):
        submit(paper, EnrollmentFactory(course=course), answers)
        PaperFactory(course=course, meeting=paper.meeting)
    client.force_login(assistant.user)

    # Session, user, enrollment, then the rules and the rows.
    for name, args, count in [
        ("review_list", [], 5),
        ("assignment_list", [], 7),
        ("paper_scores", [paper.key], 6),
        ("reviewer_list", [paper.key], 8),
    ]:
        with django_assert_num_queries(count):
            client.get(reverse(f"api:{name}", args=[course.slug, *args]))


def test_scores_are_closed_until_the_reviews_are_open(client, course, paper, student, answers, clock):
    submit(paper, EnrollmentFactory(course=course), answers)

    before = ask(client, student, "paper_scores", course, paper.key).json()
    clock.move_to(CLOSED)
    after = ask(client, student, "paper_scores", course, paper.key).json()

    assert before == {"is_open": False, "scores": []}
    assert [(score["field"], score["mean"], score["counts"][3]) for score in after["scores"]] == [
        ("merit", 4.0, {"label": "4 Good", "count": 1})
    ]


def test_assignments_say_what_is_due_and_where_it_stands(client, course, paper, student, clock):
    assert ask(client, student, "assignment_list", course).json() == [
        {
            "paper": "rammer",
            "title": "Rammer",
            "meeting_date": "2021-09-02",
            "due_at": "2021-09-02T03:59:00Z",
            "closes_at": "2021-09-02T04:59:00Z",
            "state": "open",
            "review_count": None,
            "scores": [],
        }
    ]


def test_reviewers_are_listed_for_staff(client, paper, student, assistant, answers, clock):
    submit(paper, student, answers)

    assert ask(client, assistant, "reviewer_list", paper.course, paper.key).json() == [
        {
            "id": student.pk,
            "name": student.user.name,
            "state": "submitted",
            "submitted_at": "2021-09-01T16:00:00Z",
            "is_late": False,
        }
    ]


# -- writing


def test_my_review_before_the_first_save_is_blank(client, paper, student, clock):
    response = ask(client, student, "review_mine", paper.course, paper.key)

    body = response.json()
    assert (body["revision"], body["answers"], body["state"], response["ETag"]) == (0, {}, "open", '"0"')


@pytest.mark.parametrize("headers", [{}, {"if_match": '"0"'}, {"if_none_match": "*"}])
def test_first_put_saves_the_draft(client, paper, student, answers, clock, headers):
    response = put(client, student, paper, answers, **headers)

    body = response.json()
    assert (response.status_code, body["revision"], body["words"], body["state"]) == (200, 1, 8, "draft")
    assert response["ETag"] == '"1"'


def test_put_on_an_old_revision_is_refused_with_both_texts(client, paper, student, answers, clock):
    put(client, student, paper, answers)

    response = put(client, student, paper, answers | {"merit": 1}, if_match='"0"')

    body = response.json()
    assert (response.status_code, response["Content-Type"]) == (409, "application/problem+json")
    assert (body["title"], body["status"], body["code"]) == ("Conflict", 409, "stale_version")
    assert body["current"] == {
        "revision": 1,
        "answers": answers,
        "shows_name": False,
        "saved_at": "2021-09-01T16:00:00+00:00",
    }
    assert body["sent"] == {"revision": 0, "answers": answers | {"merit": 1}}
    assert Review.objects.get().answers == answers


def test_put_without_a_revision_over_a_saved_text_is_refused_with_both(client, paper, student, answers, clock):
    put(client, student, paper, answers)

    response = put(client, student, paper, {"summary": "Mine."})

    body = response.json()
    assert (response.status_code, body["current"]["revision"]) == (409, 1)
    assert body["sent"] == {"revision": None, "answers": {"summary": "Mine."}}


# -- dry runs


def dry(client, who, name, paper, *, method, **given):
    return ask(client, who, name, paper.course, paper.key, method=method, query="?dry_run=true", **given)


def test_a_dry_save_answers_what_would_be_stored_and_stores_nothing(client, paper, student, answers, clock):
    put(client, student, paper, answers)
    changed = {"answers": {"summary": "Short"}}

    response = dry(client, student, "review_mine", paper, method="put", data=changed, if_match='"1"')

    body = response.json()
    assert (response.status_code, body["dry_run"], body["revision"], body["words"]) == (200, True, 2, 1)
    assert body["answers"] == {"summary": "Short", "merit": None, "remarks": ""}
    assert body["problems"] == {
        "summary": ["Needs at least 3 words; it has 1."],
        "merit": ["This needs an answer."],
    }
    assert "ETag" not in response
    assert Review.objects.values_list("revision", "answers").get() == (1, answers)


@pytest.mark.parametrize(("word", "status", "stored"), [("ture", 400, 0), ("", 400, 0), ("1", 200, 0), ("false", 200, 1)])
def test_a_word_for_a_dry_run_that_is_not_known_stores_nothing(client, paper, student, answers, clock, word, status, stored):
    query = f"?dry_run={word}"
    data = {"answers": answers}

    response = ask(client, student, "review_mine", paper.course, paper.key, method="put", data=data, query=query)

    assert (response.status_code, Review.objects.count()) == (status, stored)


def test_a_dry_first_save_makes_no_review(client, paper, student, answers, clock):
    response = dry(client, student, "review_mine", paper, method="put", data={"answers": answers})

    assert (response.status_code, response.json()["problems"], Review.objects.count()) == (200, {}, 0)


@pytest.mark.parametrize(
    ("data", "headers", "status"),
    [({"answers": {"nope": 1}}, {}, 400), ({"answers": {"merit": 1}}, {"if_match": '"7"'}, 409)],
)
def test_a_dry_save_is_refused_as_a_save_is(client, paper, student, answers, clock, data, headers, status):
    put(client, student, paper, answers)

    assert dry(client, student, "review_mine", paper, method="put", data=data, **headers).status_code == status


def test_a_dry_submission_hands_nothing_in(client, paper, student, answers, clock):
    put(client, student, paper, answers)
    stamps = student.grade_changed_at, student.released_changed_at
    clock.shift(timedelta(minutes=1))

    response = dry(client, student, "review_submit", paper, method="post", if_match='"1"')

    body = response.json()
    assert (response.status_code, body["dry_run"], body["state"], body["version"]) == (200, True, "submitted", 1)
    student.refresh_from_db()
    assert (Review.objects.get().is_submitted, ReviewVersion.objects.count()) == (False, 0)
    assert (student.grade_changed_at, student.released_changed_at) == stamps


@pytest.mark.parametrize(
    ("answers_given", "moment", "code"), [({"merit": 1}, BEFORE, "incomplete_review"), (None, CLOSED, "closed")]
)
def test_a_dry_submission_is_refused_as_a_submission_is(client, paper, student, answers, clock, answers_given, moment, code):
    put(client, student, paper, answers_given or answers)
    clock.move_to(moment)

    response = dry(client, student, "review_submit", paper, method="post", if_match='"1"')

    assert (response.status_code, response.json()["code"]) == (409, code)


@pytest.mark.parametrize(
    ("data", "errors"),
    [
        ({}, {"answers": ["This field is required."]}),
        ({"answers": ["x"]}, {"answers": ['Expected a dictionary of items but got type "list".']}),
        ({"answers": {"nope": 1}}, {"nope": ["This form has no field 'nope'; its fields are merit, remarks, summary."]}),
        (
            {"answers": {"\ud83d": 1}},
            {"\\ud83d": ["This form has no field '\\ud83d'; its fields are merit, remarks, summary."]},
        ),
        ({"answers": {"merit": 4.5}}, {"merit": ["Overall merit: expected a whole number, found a number with a fraction."]}),
        (
            {"answers": {"summary": "x" * 100_001}},
            {"summary": ["Summary: The text has 100,001 characters; at most 100,000 fit."]},
        ),
    ],
)
def test_put_of_bad_input_names_the_field_and_changes_nothing(client, paper, student, clock, data, errors):
    response = ask(client, student, "review_mine", paper.course, paper.key, method="put", data=data)

    assert (response.status_code, response.json()["errors"], Review.objects.count()) == (400, errors, 0)


def test_put_of_ten_megabytes_is_refused(client, paper, student, clock):
    response = put(client, student, paper, {"summary": "x" * 20_000_000})

    assert (response.status_code, Review.objects.count()) == (413, 0)


def test_submit_names_the_revision_and_hands_it_in(client, paper, student, answers, clock):
    put(client, student, paper, answers)

    response = ask(client, student, "review_submit", paper.course, paper.key, method="post", if_match='"1"')

    body = response.json()
    assert (response.status_code, body["state"], body["version"], body["submitted_at"]) == (
        200,
        "submitted",
        1,
        "2021-09-01T16:00:00Z",
    )


def test_submit_of_incomplete_answers_names_each_field(client, paper, student, clock):
    put(client, student, paper, {"summary": "Short"})

    response = ask(client, student, "review_submit", paper.course, paper.key, method="post", if_match='"1"')

    assert (response.status_code, response.json()["errors"]) == (
        409,
        {"summary": ["Needs at least 3 words; it has 1."], "merit": ["This needs an answer."]},
    )


def test_submit_after_the_deadline_is_refused(client, paper, student, answers, clock):
    put(client, student, paper, answers)
    clock.move_to(CLOSED)

    response = ask(client, student, "review_submit", paper.course, paper.key, method="post", if_match='"1"')

    assert (response.status_code, response.json()["code"], Review.objects.get().is_submitted) == (409, "closed", False)


def test_submit_of_an_old_revision_is_refused(client, paper, student, answers, clock):
    put(client, student, paper, answers)
    put(client, student, paper, answers | {"merit": 1}, if_match='"1"')

    response = ask(client, student, "review_submit", paper.course, paper.key, method="post", if_match='"1"')

    body = response.json()
    assert (response.status_code, body["current"]["revision"], body["sent"]) == (409, 2, {"revision": 1})


@pytest.mark.parametrize("who", ["student", "assistant"])
def test_versions_are_for_the_reviewer_and_staff(client, paper, student, assistant, answers, clock, who):
    review = submit(paper, student, answers)
    clock.shift(timedelta(hours=1))
    submit(paper, student, answers | {"merit": 1}, revision=1)

    reader = {"student": student, "assistant": assistant}[who]
    response = ask(client, reader, "version_list", paper.course, review.handle)

    assert [(version["number"], version["answers"]["merit"]) for version in response.json()] == [(2, 1), (1, 4)]


def test_versions_of_a_fellow_students_open_review_are_not_found(client, course, paper, student, answers, clock):
    review = submit(paper, EnrollmentFactory(course=course), answers)
    clock.move_to(CLOSED)

    assert ask(client, student, "version_list", course, review.handle).status_code == 404


@pytest.mark.parametrize(
    ("scopes", "read", "write"),
    [(["reviews:read"], 200, 403), (["reviews:write"], 200, 200), (["grades:read"], 403, 403)],
)
def test_token_reaches_what_its_scopes_name(client, paper, student, clock, scopes, read, write):
    TokenFactory(user=student.user, secret="cp_x", scopes=scopes)
    url = reverse("api:review_mine", args=[paper.course.slug, paper.key])
    bearer = {"Authorization": "Bearer cp_x"}

    statuses = (
        client.get(url, headers=bearer).status_code,
        client.put(url, {"answers": {}}, content_type="application/json", headers=bearer).status_code,
    )

    assert statuses == (read, write)


def test_pdf_is_put_by_the_instructor_and_got_by_members(client, course, paper, student, instructor):
    url = reverse("api:paper_pdf", args=[course.slug, paper.key])
    client.force_login(instructor.user)
    body = encode_multipart(BOUNDARY, {"pdf": SimpleUploadedFile("rammer.pdf", b"%PDF-1.4 text")})
    put_status = client.put(url, body, content_type=MULTIPART_CONTENT).status_code

    client.force_login(student.user)
    response = client.get(url)

    assert (put_status, b"".join(response.streaming_content)) == (204, b"%PDF-1.4 text")
