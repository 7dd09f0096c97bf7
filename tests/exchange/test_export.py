"""What is taken along: whose, what of it, in which shape."""

import csv
import io
import json
import zipfile

import pytest
import time_machine
from django.db import transaction
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from courses.models import Enrollment
from exchange.records import collect
from exchange.shapes import SHAPES, users_csv
from reviews.actions import save_draft, submit_review
from reviews.models import PaperRound, Review, restamp_rounds
from reviews.offline.apply import Desk, Status, apply_sources
from reviews.offline.files import Source
from tests.effort import examples
from tests.exchange.conftest import NOW
from tests.factories import (
    EnrollmentFactory,
    RoundFactory,
    TokenFactory,
)

pytestmark = pytest.mark.django_db


def fresh(enrollment) -> Enrollment:
    return Enrollment.objects.select_related("course__review_rules__form", "user").get(pk=enrollment.pk)


def hand_in(paper, student, **answers) -> Review:
    answers = {"summary": "It is fast.", "merit": 4} | answers
    review = save_draft(paper=paper, reviewer=fresh(student), answers=answers, revision=None)
    return submit_review(review=review, revision=review.revision)


def made(viewer, kind, **narrowed):
    viewer = fresh(viewer)
    return SHAPES[kind].write(viewer.course, collect(viewer, **narrowed), "https://portal.example.edu/upload")


def rows(text) -> list[dict]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


# -- whose


def test_staff_take_all_and_a_student_their_own(course, papers, ada, student, instructor, assistant):
    hand_in(papers[0], ada)
    hand_in(papers[0], student, summary="Mine.")
    save_draft(paper=papers[1], reviewer=fresh(student), answers={"summary": "A draft."}, revision=None)

    taken = {who: json.loads(made(who, "reviews-json")) for who in (instructor, assistant, student, ada)}

    assert [len(taken[who]) for who in (instructor, assistant)] == [2, 2]
    assert [review["Paper summary"] for review in taken[student]] == ["Mine."]
    assert [review["Paper summary"] for review in taken[ada]] == ["It is fast."]


@pytest.mark.parametrize("kind", SHAPES)
def test_a_students_files_name_nobody_else_and_no_draft(papers, ada, student, kind):
    """The others' reviews are open to the student, who has handed in theirs."""
    hand_in(papers[0], ada, summary="By Ada alone.")
    hand_in(papers[0], student)
    save_draft(paper=papers[1], reviewer=fresh(student), answers={"summary": "A draft."}, revision=None)

    body = made(student, kind)
    text = body if isinstance(body, str) else "".join(_members(body).values())

    assert "It is fast." in text
    assert [word for word in ("Ada", "ada@example.edu", "A draft.") if word in text] == []


def _members(body: bytes) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def test_fields_are_those_that_the_reader_may_read(papers, ada, instructor):
    review = hand_in(papers[0], ada, **{"to-staff": "I know an author."})
    Review.objects.filter(pk=review.pk).update(staff_answers={"by-staff": "Weak."})

    staff, own = (json.loads(made(who, "reviews-json"))[0] for who in (instructor, ada))

    assert (staff["To staff"], own["To staff"]) == ("I know an author.",) * 2
    assert [taken for taken in (staff, own) if "By staff" in taken] == []


def test_an_observer_takes_nothing(client, course, papers):
    observer = EnrollmentFactory(course=course, role="observer")
    client.force_login(observer.user)

    assert client.get(reverse("exchange:export_home", args=[course.slug])).status_code == 403
    assert client.get(reverse("exchange:export_download", args=[course.slug]), {"kind": "text"}).status_code == 403


# -- shapes


def test_reviews_as_json(course, papers, ada, instructor):
    round = RoundFactory(course=course, key="r1")
    PaperRound.objects.create(paper=papers[1], round=round)
    restamp_rounds(course)
    hand_in(papers[1], ada, again="y", tick=True)

    assert json.loads(made(instructor, "reviews-json")) == [
        {
            "object": "review",
            "pid": 2,
            "title": "Rammer",
            "ordinal": "A",
            "rtype": "pc",
            "round": "r1",
            "status": "complete",
            "reviewer": "Ada Lovelace",
            "reviewer_email": "ada@example.edu",
            "submitted_at": int(NOW.timestamp()),
            "Paper summary": "It is fast.",
            "Overall merit": 4,
            "Read again": "Yes, gladly",
            "Checked": True,
        }
    ]


def test_papers_as_json_hold_their_reviews(papers, ada, instructor):
    hand_in(papers[0], ada)

    first, second = json.loads(made(instructor, "papers-json"))

    assert (first["pid"], first["title"], first["abstract"]) == (1, "TVM", "We measure.")
    assert first["authors"] == [{"name": "Ann Lee"}, {"name": "Ben Ma"}]
    assert [review["reviewer_email"] for review in first["reviews"]] == ["ada@example.edu"]
    assert second["reviews"] == []


def test_reviews_as_csv_with_hotcrps_columns(papers, ada, student, instructor):
    hand_in(papers[0], ada, summary="=HYPERLINK(1)\nand more", tick=True, again="n")

    text = made(instructor, "reviews-csv")

    [row] = rows(text)
    assert text.startswith("paper,title,review,reviewername,reviewemail,round,submitted,Paper summary,Overall merit,Read again")
    assert (row["paper"], row["review"], row["reviewemail"]) == ("1", "1A", "ada@example.edu")
    assert row["Paper summary"] == "'=HYPERLINK(1)\nand more"  # no spreadsheet runs it
    assert (row["Overall merit"], row["Read again"], row["Checked"]) == ("4", "No", "yes")
    assert row["submitted"] == NOW.isoformat()


def test_users_as_csv(course, ada, instructor):
    people = Enrollment.objects.filter(pk__in=[ada.pk, instructor.pk]).select_related("user").order_by("pk")

    assert {row["email"]: row["roles"] for row in rows(users_csv(people))} == {
        "ada@example.edu": "pc",
        instructor.user.email: "pc chair",
    }


def test_markdown_reads_as_a_text(papers, ada, instructor):
    hand_in(papers[0], ada, summary="It is *fast*.")

    text = made(instructor, "markdown")

    assert "## 1. TVM\n\n### 1A, Ada Lovelace\n\n**Paper summary**\n\nIt is *fast*.\n\n**Overall merit:** 4 Good" in text
    assert "Rammer" not in text


def test_the_zip_has_a_file_for_each_paper_that_has_reviews(course, papers, ada, student, instructor):
    hand_in(papers[0], ada)
    hand_in(papers[0], student)

    members = _members(made(instructor, "zip"))

    assert list(members) == [f"{course.slug}-001-tvm.txt"]
    assert next(iter(members.values())).count("==+== Begin Review") == 2
    assert made(instructor, "zip") == made(instructor, "zip")


TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1).filter(str.strip)


@given(st.one_of(TEXTS, st.sampled_from(["==+== Paper #x", "\\==+==", "a\r\nb", "‮אב", "🙂", '"', "=1+1"])))
@settings(max_examples=examples(40), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_students_text_file_taken_in_again_changes_nothing(papers, student, text):
    with time_machine.travel(NOW, tick=False), transaction.atomic():
        hand_in(papers[0], student, summary=text)
        writer, file = fresh(student), Source("all.txt", made(student, "text"))

        [result] = apply_sources(desk=Desk.of(writer, writer.course.review_rules), sources=[file])
        transaction.set_rollback(True)

    assert result.status == Status.UNCHANGED


# -- page and API


def test_a_search_narrows_the_file_on_page_and_api(client, course, papers, ada, instructor):
    hand_in(papers[0], ada)
    hand_in(papers[1], ada)
    TokenFactory(user=instructor.user, scopes=["reviews:read"], secret="cp_test")
    client.force_login(instructor.user)

    by_page = client.get(reverse("exchange:export_download", args=[course.slug]), {"kind": "reviews-json", "q": "ti:rammer"})
    client.logout()
    address = reverse("api:reviews_export", args=[course.slug, "reviews-json"])
    by_api = client.get(address, {"q": "ti:rammer"}, headers={"Authorization": "Bearer cp_test"})

    assert by_page["Content-Disposition"] == f'attachment; filename="{course.slug}-reviews.json"'
    assert [review["pid"] for review in by_page.json()] == [review["pid"] for review in by_api.json()] == [2]


def test_a_search_that_is_not_understood_is_told_at_its_field(client, course, papers, instructor):
    client.force_login(instructor.user)
    TokenFactory(user=instructor.user, scopes=["reviews:read"], secret="cp_test")

    page = client.get(reverse("exchange:export_download", args=[course.slug]), {"kind": "text", "q": "foo:bar"})
    client.logout()
    address = reverse("api:reviews_export", args=[course.slug, "text"])
    answer = client.get(address, {"q": "foo:bar"}, headers={"Authorization": "Bearer cp_test"})

    assert (page.status_code, "foo: is no keyword" in page.text) == (422, True)
    assert (answer.status_code, answer.json()["position"]) == (422, 0)


@pytest.mark.parametrize("kind", ["", "gradebook", "users"])
def test_an_unknown_file_is_not_found(client, course, papers, instructor, kind):
    client.force_login(instructor.user)

    assert client.get(reverse("exchange:export_download", args=[course.slug]), {"kind": kind}).status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_the_number_of_queries_does_not_grow(papers, instructor, django_assert_num_queries, count):
    for _ in range(count):
        hand_in(papers[0], EnrollmentFactory(course=papers[0].course))
    viewer = fresh(instructor)
    collect(viewer)

    with django_assert_num_queries(2):
        SHAPES["text"].write(viewer.course, collect(viewer), "")
