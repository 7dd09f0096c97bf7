"""The pages that show papers, reviews and versions."""

from datetime import timedelta

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from core import kept
from courses.models import Paper
from reviews.actions import save_draft, submit_review
from reviews.models import Review
from tests.factories import EnrollmentFactory, PaperFactory
from tests.reviews.conftest import BEFORE, CLOSED

pytestmark = pytest.mark.django_db


@pytest.fixture
def clock():
    with time_machine.travel(BEFORE, tick=False) as traveller:
        yield traveller


def submit(paper, reviewer, answers, revision=None):
    review = save_draft(paper=paper, reviewer=reviewer, answers=answers, revision=revision)
    return submit_review(review=review, revision=review.revision)


def get(client, who, name, course, *args, **query):
    client.force_login(who.user)
    return client.get(reverse(f"reviews:{name}", args=[course.slug, *args]), query)


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ("date", ["rammer", "b", "c"]),
        ("merit", ["b", "rammer", "c"]),
        ("reviews", ["rammer", "b", "c"]),
        ("x", ["rammer", "b", "c"]),
    ],
)
def test_paper_list_is_ordered_as_asked(client, course, paper, instructor, answers, clock, sort, order):
    second, _ = (PaperFactory(course=course, meeting=paper.meeting, key=key) for key in "bc")
    people = [EnrollmentFactory(course=course) for _ in range(2)]
    for person in people:
        submit(paper, person, answers | {"merit": 2})
    submit(second, people[0], answers | {"merit": 5})

    response = get(client, instructor, "paper_list", course, sort=sort)

    assert [line.url.rsplit("/", 2)[1] for line in response.context["lines"]] == order


def test_paper_list_of_a_course_without_papers_or_rules(client, course, student):
    response = get(client, student, "paper_list", course)

    assert (response.status_code, response.context["lines"]) == (200, [])


@pytest.mark.parametrize("rows", [1, 3])
def test_page_queries_do_not_grow(client, course, rules, paper, answers, clock, django_assert_num_queries, rows):
    students = [EnrollmentFactory(course=course) for _ in range(rows)]
    instructor = EnrollmentFactory(course=course, role="instructor")
    for number in range(rows - 1):
        submit(PaperFactory(course=course, meeting=paper.meeting), students[number], answers)
    for student in students:
        review = submit(paper, student, answers)
    for number in range(rows):
        review = submit(paper, student, answers | {"merit": number + 1}, revision=number + 1)
    clock.move_to(CLOSED)

    # Each begins with session, user and enrollment; the first five have the rules with it.
    for who, name, args, count in [
        (student, "paper_list", [], 9),
        (instructor, "paper_list", [], 8),
        (student, "paper_detail", [paper.key], 7),
        (instructor, "paper_detail", [paper.key], 10),
        (student, "my_reviews", [], 6),
        (instructor, "review_history", [review.handle], 5),
        (student, "version_detail", [review.handle, rows + 1], 7),
    ]:
        client.force_login(who.user)
        kept.forget_all()
        with django_assert_num_queries(count):
            client.get(reverse(f"reviews:{name}", args=[course.slug, *args]))


def test_paper_page_hides_what_is_not_open(client, course, paper, student, answers, clock):
    submit(paper, EnrollmentFactory(course=course), answers | {"summary": "Nobody may read this yet."})

    page = get(client, student, "paper_detail", course, paper.key).content.decode()

    assert ("Nobody may read" in page, "open to you once yours is submitted" in page) == (False, True)


def test_paper_page_shows_reviews_without_names_and_staff_fields(client, course, paper, student, answers, clock):
    author = EnrollmentFactory(course=course, user__name="Zoe Author")
    review = submit(paper, author, answers)
    clock.move_to(CLOSED)

    page = get(client, student, "paper_detail", course, paper.key).content.decode()

    told = {word: word in page for word in ("Compiles graphs", "4 Good", "Zoe Author", "know an author", "Wed 1 Sep, 12:00")}
    assert told == {
        "Compiles graphs": True,
        "4 Good": True,
        "Zoe Author": False,
        "know an author": False,
        "Wed 1 Sep, 12:00": False,
    }
    assert (f"review-{review.handle}" in page, f"/reviews/{review.handle}/" in page) == (True, False)


def test_paper_page_tells_staff_who_has_reviewed(client, course, paper, instructor, answers, clock):
    done, drafting, idle = (EnrollmentFactory(course=course, user__name=name) for name in ("Ann", "Ben", "Cy"))
    submit(paper, done, answers)
    save_draft(paper=paper, reviewer=drafting, answers=answers | {"summary": "Half a thought"}, revision=None)

    response = get(client, instructor, "paper_detail", course, paper.key)

    assert [(row.enrollment.user.name, row.state) for row in response.context["reviewers"]] == [
        ("Ann", "submitted"),
        ("Ben", "draft"),
        ("Cy", "open"),
    ]
    assert "Half a thought" not in response.content.decode()


def test_my_reviews_lists_every_paper_with_its_state(client, course, paper, student, answers, clock):
    submit(paper, student, answers)
    PaperFactory(course=course, meeting=paper.meeting, key="second")

    response = get(client, student, "my_reviews", course)

    assert [(line.url.split("/")[4], line.state, line.version) for line in response.context["lines"]] == [
        ("rammer", "submitted", 1),
        ("second", "open", 0),
    ]


def test_my_reviews_of_a_course_without_rules_lead_to_no_conflicts(client, course, student):
    page = get(client, student, "my_reviews", course).content.decode()

    assert [page.count(reverse(f"reviews:{name}", args=[course.slug])) for name in ("preference_list", "paper_list")] == [0, 2]


@pytest.mark.parametrize("page", ["my_reviews", "paper_list", "paper_search"])
def test_what_is_owed_says_how_far_off_its_deadline_is(client, course, paper, student, answers, clock, page):
    submit(paper, student, answers)
    PaperFactory(course=course, meeting=paper.meeting, key="second")

    response = get(client, student, page, course)

    words = {line.url.split("/")[4]: line.due_words for line in response.context["lines"]}
    assert words == {"rammer": "Wed 1 Sep, 23:59", "second": "Wed 1 Sep, 23:59, in 11 h"}


def test_versions_are_listed_latest_first_and_say_what_changed(client, course, paper, student, answers, clock):
    review = submit(paper, student, answers)
    clock.shift(timedelta(hours=1))
    submit(paper, student, answers | {"summary": "Compiles graphs into\n-- tasks.", "merit": 2}, revision=1)

    history = get(client, student, "review_history", course, review.handle)
    detail = get(client, student, "version_detail", course, review.handle, 2)

    assert [version.number for version in history.context["versions"]] == [2, 1]
    assert [(change.label, [(line.mark, line.text) for line in change.lines]) for change in detail.context["changes"]] == [
        ("Summary", [("-", "Compiles graphs into tasks."), ("+", "Compiles graphs into"), ("+", "-- tasks.")]),
        ("Overall merit", [("-", "4 Good"), ("+", "2 Weak")]),
    ]


def test_staff_do_not_reach_a_draft_by_its_handle(client, course, paper, student, instructor, answers, clock):
    draft = save_draft(paper=paper, reviewer=student, answers=answers, revision=None)

    assert get(client, instructor, "review_history", course, draft.handle).status_code == 404


def test_retired_fields_keep_their_answers_in_sight(client, course, rules, paper, student, answers, clock):
    submit(paper, student, answers)
    rules.form.fields.filter(key="summary").update(retired_at=BEFORE)

    reading = get(client, student, "paper_detail", course, paper.key).context["reading"]

    assert [answer.label for answer in reading.reviews[0].answers][0] == "Summary (no longer asked)"
    assert Review.objects.get().current.answers["summary"] == "Compiles graphs into tasks."


def test_uploaded_pdf_is_shown_to_members(client, course, paper, student, instructor):
    client.force_login(instructor.user)
    upload = SimpleUploadedFile("rammer.pdf", b"%PDF-1.4 text")
    client.post(reverse("reviews:paper_pdf_upload", args=[course.slug, paper.key]), {"pdf": upload})

    response = get(client, student, "paper_pdf", course, paper.key)

    assert (b"".join(response.streaming_content), response["Content-Type"]) == (b"%PDF-1.4 text", "application/pdf")


def test_only_our_own_pages_may_frame_a_pdf(client, course, paper, student, instructor):
    client.force_login(instructor.user)
    upload = SimpleUploadedFile("rammer.pdf", b"%PDF-1.4 text")
    client.post(reverse("reviews:paper_pdf_upload", args=[course.slug, paper.key]), {"pdf": upload})

    pdf = get(client, student, "paper_pdf", course, paper.key)
    page = get(client, student, "paper_detail", course, paper.key)

    pdf.close()
    assert (pdf["X-Frame-Options"], page["X-Frame-Options"]) == ("SAMEORIGIN", "DENY")
    assert "frame-ancestors 'self'" in pdf["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in page["Content-Security-Policy"]


def test_a_file_that_is_no_pdf_is_refused(client, course, paper, instructor):
    client.force_login(instructor.user)
    upload = SimpleUploadedFile("rammer.pdf", b"<html>not a paper")

    response = client.post(reverse("reviews:paper_pdf_upload", args=[course.slug, paper.key]), {"pdf": upload}, follow=True)

    assert [str(message) for message in response.context["messages"]] == [
        "rammer.pdf is not a file type we take; allowed here: PDF."
    ]
    assert Paper.objects.get(pk=paper.pk).pdf.name == ""
