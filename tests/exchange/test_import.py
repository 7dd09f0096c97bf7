"""What is brought in: dry first, as a whole, once, and nothing of what is here is written over."""

import json
from datetime import UTC, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from courses.models import Enrollment, Paper
from exchange.incoming import actions
from exchange.incoming.plan import plan_import
from exchange.incoming.reading import read_file
from exchange.models import ImportRun
from reviews.models import Field, Review, ReviewVersion, Score
from tests.exchange.conftest import CHOICES
from tests.exchange.test_export import fresh, hand_in, made
from tests.factories import (
    CourseFactory,
    EnrollmentFactory,
    FieldFactory,
    ReviewRulesFactory,
    ScoreFieldFactory,
    TokenFactory,
)

pytestmark = pytest.mark.django_db
QUERIES = 7
BASE = {"object": "review", "title": "TVM", "reviewer_email": "new@example.edu", "reviewer": "New One", "status": "complete"}


def started(course, instructor, given, *, invites=True, keeps_fields=True) -> ImportRun:
    text = given if isinstance(given, str) else json.dumps(given)
    run = actions.start_import(course=course, text=text, invites=invites, keeps_fields=keeps_fields, by=instructor.user)
    actions.work_out(run.pk)
    run.refresh_from_db()
    return run


def carried_out(run) -> ImportRun:
    actions.carry_out(run=run)
    actions.work_out(run.pk)
    run.refresh_from_db()
    return run


def states(run) -> list[tuple]:
    return [(line[1], line[3]) for line in run.result["lines"]]


@pytest.fixture
def empty():
    """A course that asks the same and has nothing."""
    course = CourseFactory(slug="empty")
    form = ReviewRulesFactory(course=course).form
    FieldFactory(form=form, key="summary", label="Paper summary", position=1)
    ScoreFieldFactory(form=form, key="merit", label="Overall merit", position=2)
    FieldFactory(form=form, key="again", label="Read again", kind="choice", options=CHOICES, is_required=False, position=3)
    FieldFactory(form=form, key="tick", label="Checked", kind="checkbox", is_required=False, position=4)
    FieldFactory(form=form, key="to-staff", label="To staff", visible_to="staff", is_required=False, position=5)
    return EnrollmentFactory(course=course, role="instructor")


@pytest.mark.parametrize("kind", ["papers-json", "reviews-csv"])
def test_what_is_taken_along_and_brought_in_is_the_same(papers, ada, student, instructor, empty, kind):
    hand_in(papers[0], ada, summary="=1+1\nü", again="y", tick=True, **{"to-staff": "Psst."})
    hand_in(papers[0], student)
    hand_in(papers[1], ada, merit=1)
    if kind == "reviews-csv":
        carried_out(started(empty.course, empty, made(instructor, "papers-json")))
        forget_reviews(empty.course)
    before = made(instructor, kind)

    run = carried_out(started(empty.course, empty, before))

    assert run.state == "applied", run.words
    assert made(empty, kind) == before
    again = started(empty.course, empty, before)
    assert again.result["changes_nothing"] is True
    assert {state for what, state in states(again)} == {"unchanged"}


def forget_reviews(course):
    Review.objects.filter(course=course).update(current=None, has_unsubmitted_changes=True)
    Score.objects.filter(review__course=course).delete()
    ReviewVersion.objects.filter(review__course=course).delete()
    Review.objects.filter(course=course).delete()


def test_a_preview_writes_nothing(course, papers, instructor):
    run = started(course, instructor, [BASE | {"Overall merit": 4, "Novelty": "high"}])

    assert states(run) == [("review", "new"), ("field", "note"), ("person", "new")]
    assert (Review.objects.count(), Field.objects.filter(label="Novelty").count()) == (0, 0)
    assert not Enrollment.objects.filter(user__email="new@example.edu").exists()


def test_a_field_that_the_form_lacks_is_kept_or_left_out_as_wished(course, papers, instructor):
    given = [BASE | {"OveMer": "4. Good", "Novelty": "high"}]

    carried_out(started(course, instructor, given))

    review, field = Review.objects.get(), Field.objects.get(label="Novelty")
    assert (field.retired_at is not None, field.visible_to) == (True, "staff")
    assert (review.current.answers["merit"], review.current.answers[field.key]) == (4, "high")
    assert started(course, instructor, given).result["changes_nothing"] is True


def test_drafts_stay_drafts_and_times_are_kept(course, papers, instructor):
    told = {"submitted_at": 1_600_000_000, "Paper summary": "Old."}
    draft = BASE | {"title": "Rammer", "status": "draft", "Paper summary": "Half"}

    carried_out(started(course, instructor, [BASE | told, draft]))

    first, second = Review.objects.order_by("paper__meeting__date")
    assert first.current.submitted_at == datetime.fromtimestamp(1_600_000_000, UTC)
    assert (second.current, second.answers["summary"]) == (None, "Half")


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"Overall merit": 9}, "out of range"),
        ({"Read again": "Perhaps"}, "is not one of"),
        ({"title": "Nothing"}, "No paper is called"),
        ({"reviewer_email": ""}, "email is missing"),
        ({"reviewer_email": "nobody"}, "cannot be enrolled"),
    ],
)
def test_what_does_not_fit_is_refused_with_the_reason(course, papers, instructor, change, says):
    run = started(course, instructor, [BASE | {"Paper summary": "Fine."} | change])

    line = next(line for line in reversed(run.result["lines"]) if line[1] == "review" and line[3] == "refused")
    assert (line[0], says in line[4]) == ("object 1", True), line
    assert carried_out(run).state == "applied"
    assert not Review.objects.exists()


def test_an_unknown_reviewer_is_refused_where_nobody_is_to_be_invited(course, papers, instructor):
    run = started(course, instructor, [BASE | {"Paper summary": "Fine."}], invites=False)

    assert states(run) == [("review", "refused")]


def test_another_text_is_a_conflict_and_stays(course, papers, ada, instructor):
    hand_in(papers[0], ada, summary="Mine.")
    given = [BASE | {"reviewer_email": "ADA@example.edu", "Paper summary": "Theirs."}]

    run = carried_out(started(course, instructor, given))

    assert states(run) == [("review", "conflict")]
    assert Review.objects.get().current.answers["summary"] == "Mine."


def test_what_has_changed_since_the_preview_is_shown_anew(course, papers, ada, instructor):
    run = started(course, instructor, [BASE | {"reviewer_email": "ada@example.edu", "Paper summary": "Theirs."}])
    hand_in(papers[0], ada, summary="Mine.")

    run = carried_out(run)

    assert (run.state, "has changed" in run.words, states(run)) == ("ready", True, [("review", "conflict")])


def test_a_worker_that_comes_twice_writes_once(course, papers, instructor):
    run = carried_out(started(course, instructor, [BASE | {"Paper summary": "Fine."}]))
    actions.work_out(run.pk)
    actions.carry_out(run=run)

    assert (Review.objects.count(), run.text) == (1, "")


def test_users_and_papers(course, papers, instructor):
    people = "name,email,roles\nGrace Hopper,grace@example.edu,pc\nBad,nobody,pc\n"
    paper = {"pid": 7, "title": "New", "authors": [{"first": "A", "last": "B"}], "options": {"x": 1}}
    gone = {"pid": 8, "title": "Gone", "status": "withdrawn"}

    first = carried_out(started(course, instructor, people))
    second = carried_out(started(course, instructor, [paper, gone]))

    assert states(first) == [("person", "new"), ("person", "refused")]
    assert Enrollment.objects.get(user__email="grace@example.edu").role == "student"
    assert [line[3:] for line in second.result["lines"]] == [
        ["new", "Not taken: options."],
        ["refused", "It is withdrawn there."],
    ]
    assert Paper.objects.get(title="New").authors == "A B"


@pytest.mark.parametrize("text", ["{", "", "a,b\n1,2\n", "[1", 'email\n"x'])
def test_a_file_that_cannot_be_read_says_so(client, course, papers, instructor, text):
    client.force_login(instructor.user)
    answer = client.post(
        reverse("exchange:import_home", args=[course.slug]), {"file": SimpleUploadedFile("x.json", text.encode())}
    )

    assert (answer.status_code, ImportRun.objects.count()) == (422, 0)


def test_by_page_from_file_to_done(client, course, papers, instructor):
    client.force_login(instructor.user)
    file = SimpleUploadedFile("x.json", json.dumps([BASE | {"Paper summary": "Fine."}]).encode())
    client.post(reverse("exchange:import_home", args=[course.slug]), {"file": file, "invites": "on"})
    run = ImportRun.objects.get()
    actions.work_out(run.pk)
    page = client.get(reverse("exchange:import_detail", args=[course.slug, run.pk]))
    client.post(reverse("exchange:import_apply", args=[course.slug, run.pk]))
    actions.work_out(run.pk)

    assert "Bring it in" in page.text
    assert "Carried out" in client.get(reverse("exchange:import_detail", args=[course.slug, run.pk])).text
    assert Review.objects.get().current.answers["summary"] == "Fine."


def test_by_api_and_not_understood(client, course, papers, instructor):
    TokenFactory(user=instructor.user, scopes=["reviews:read", "reviews:write"], secret="cp_test")
    how = {"headers": {"Authorization": "Bearer cp_test"}, "content_type": "application/json"}
    address = reverse("api:imports", args=[course.slug])

    begun = client.post(address, {"text": json.dumps([BASE | {"Paper summary": "Fine."}]), "invites": True}, **how)
    bad = client.post(address, {"text": "{"}, **how)
    actions.work_out(begun.json()["id"])
    shown = client.get(reverse("api:import_detail", args=[course.slug, begun.json()["id"]]), **how)

    assert (begun.status_code, begun.json()["state"], bad.json()["code"]) == (202, "planned", "unreadable")
    assert (shown.json()["state"], shown.json()["result"]["counts"]) == ("ready", {"person new": 1, "review new": 1})


@pytest.mark.parametrize("count", [1, 3])
def test_a_preview_asks_the_database_alike_for_one_and_for_three(course, papers, instructor, django_assert_num_queries, count):
    rules = fresh(instructor).course.review_rules
    given = [BASE | {"reviewer_email": f"r{n}@example.edu", "Paper summary": "Fine."} for n in range(count)]
    bundle = read_file(json.dumps(given))

    with django_assert_num_queries(QUERIES):
        plan_import(rules, bundle, invites=True, keeps_fields=True)


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(("page", "queries"), [("import_home", 5), ("import_detail", 5)])
def test_the_pages_take_as_many_queries_for_many(
    client, course, papers, instructor, django_assert_num_queries, count, page, queries
):
    given = [BASE | {"reviewer_email": f"r{n}@example.edu", "Paper summary": "Fine."} for n in range(count)]
    for _ in range(count):
        run = started(course, instructor, given)
    client.force_login(instructor.user)
    address = reverse(f"exchange:{page}", args=[course.slug, *([run.pk] if page == "import_detail" else [])])

    with django_assert_num_queries(queries):
        text = client.get(address).content.decode()

    assert text.count("<tr>") == 1 + (count if page == "import_home" else 2 * count)


@pytest.mark.parametrize("count", [1, 3])
def test_the_api_lists_the_latest_first_without_what_came_of_them(
    client, course, papers, instructor, django_assert_num_queries, count
):
    given = [BASE | {"reviewer_email": "r@example.edu", "Paper summary": "Fine."}]
    runs = [started(course, instructor, given) for _ in range(count)]
    client.force_login(instructor.user)

    with django_assert_num_queries(5):
        listed = client.get(reverse("api:imports", args=[course.slug])).json()

    assert [each["id"] for each in listed] == [run.pk for run in reversed(runs)]
    assert (listed[0]["state"], "result" in listed[0]) == ("ready", False)
