"""The digest's page, its forms with and without htmx, and the sheets."""

import pytest
import time_machine
from django.urls import reverse

from digest.actions import move_pick, pick_passage, save_note
from digest.models import Digest, Pick
from digest.quotes import seen_mark
from reviews.actions import save_draft
from tests.digest.conftest import BEFORE, CLOSED, submit, viewed
from tests.factories import CourseFactory, EnrollmentFactory, FieldFactory, PaperFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(BEFORE, tick=False) as traveller:
        yield traveller


def url(paper, name="digest_detail", *args):
    return reverse(f"digest:{name}", args=[paper.course.slug, paper.key, *args])


def pick(review, by, field_key="strengths", **changes):
    seen = seen_mark(review.current.answers[field_key])
    given = {"paper": review.paper, "by": by, "handle": review.handle, "field_key": field_key, "seen": seen}
    return pick_passage(**given | changes)


def form(review, field_key="strengths"):
    return {"handle": review.handle, "field_key": field_key, "seen": seen_mark(review.current.answers[field_key])}


def test_page_shows_fields_for_the_discussion_first_with_scores(client, paper, review, instructor):
    client.force_login(instructor.user)

    reading = client.get(url(paper)).context["reading"]

    assert [(field.label, len(field.passages)) for field in reading.fields] == [("Strengths", 1), ("Summary", 1)]
    assert [(score.label, score.mean) for score in reading.scores] == [("Overall merit", 4.0)]


def test_page_without_a_review_says_what_will_be_there(client, paper, instructor):
    client.force_login(instructor.user)

    response = client.get(url(paper))

    assert (response.context["reading"].fields, b"Nobody has submitted a review" in response.content) == ([], True)


def test_drafts_and_blank_answers_are_not_there(client, paper, review, answers, instructor):
    submit(paper, EnrollmentFactory(course=paper.course), answers | {"strengths": ""})
    save_draft(paper=paper, reviewer=EnrollmentFactory(course=paper.course), answers=answers, revision=None)
    client.force_login(instructor.user)

    reading = client.get(url(paper)).context["reading"]

    assert (reading.review_count, [len(field.passages) for field in reading.fields]) == (2, [1, 2])


def test_a_retired_field_keeps_its_answers(client, paper, rules, review, instructor):
    rules.form.fields.filter(key="strengths").update(retired_at=BEFORE)
    client.force_login(instructor.user)

    labels = [field.label for field in client.get(url(paper)).context["reading"].fields]

    assert labels == ["Strengths (no longer asked)", "Summary"]


@pytest.mark.parametrize("name", ["digest_detail", "digest_print", "digest_markdown"])
def test_a_course_without_review_rules_has_no_digest(client, instructor, name):
    paper = PaperFactory(course=instructor.course)
    client.force_login(instructor.user)

    assert client.get(url(paper, name)).status_code == 404


def test_pick_without_script_goes_back_to_the_picks(client, paper, review, instructor):
    client.force_login(instructor.user)

    response = client.post(url(paper, "pick_add"), form(review))

    assert (response.status_code, response["Location"]) == (302, f"{url(paper)}#picks")
    assert Pick.objects.get().quote == review.current.answers["strengths"]


def test_pick_with_htmx_answers_with_the_fragment(client, paper, review, instructor):
    client.force_login(instructor.user)

    response = client.post(
        url(paper, "pick_add"), form(review) | {"part": "1", "quote": "idea is simple"}, headers={"HX-Request": "true"}
    )

    assert [template.name for template in response.templates][0] == "digest/_digest.html"
    assert [shown.pick.quote for shown in response.context["reading"].picks] == ["idea is simple"]


def test_a_refused_part_stays_in_its_form(client, paper, review, instructor):
    client.force_login(instructor.user)

    response = client.post(url(paper, "pick_add"), form(review) | {"part": "1", "quote": "made up words"})

    assert response.status_code == 409
    assert ("made up words" in response.content.decode(), "stand in the answer, in a row" in response.content.decode()) == (
        True,
        True,
    )


def test_picked_passages_are_marked(client, paper, review, instructor):
    pick(review, instructor)
    client.force_login(instructor.user)

    reading = client.get(url(paper)).context["reading"]

    assert [passage.is_picked for field in reading.fields for passage in field.passages] == [True, False]


def test_a_conflicting_note_shows_both(client, paper, review, instructor, assistant):
    picked = pick(review, instructor)
    save_note(pick=picked, by=assistant, note="Their thought.", revision=0)
    client.force_login(instructor.user)

    response = client.post(url(paper, "pick_note", picked.pk), {"note": "My thought.", "revision": "0"})
    again = client.post(url(paper, "pick_note", picked.pk), {"note": "My thought.", "revision": "1"})

    assert ("Their thought." in response.content.decode(), "My thought." in response.content.decode()) == (True, True)
    assert (response.status_code, again.status_code, Pick.objects.get().note) == (409, 302, "My thought.")


def test_moving_by_the_pages_buttons(client, paper, review, instructor):
    first, second = pick(review, instructor), pick(review, instructor, "summary")
    client.force_login(instructor.user)

    moved = client.post(url(paper, "pick_move", second.pk), {"move": "up", "revision": "2"})
    stale = client.post(url(paper, "pick_move", second.pk), {"move": "down", "revision": "2"})

    assert (moved.status_code, stale.status_code) == (302, 409)
    assert list(Pick.objects.values_list("pk", flat=True)) == [second.pk, first.pk]


def test_removing_offers_undo(client, paper, review, instructor):
    picked = pick(review, instructor)
    client.force_login(instructor.user)

    removed = client.post(url(paper, "pick_remove", picked.pk), follow=True)
    restored = client.post(url(paper, "pick_restore", picked.pk), follow=True)

    assert (b"Undo" in removed.content, b"Undo" in restored.content) == (True, False)
    assert [len(response.context["reading"].picks) for response in (removed, restored)] == [0, 1]


@pytest.mark.parametrize("name", ["pick_note", "pick_move", "pick_remove", "pick_restore"])
def test_a_pick_of_another_paper_is_not_found(client, paper, review, instructor, name):
    picked = pick(review, instructor)
    other = PaperFactory(course=paper.course)
    client.force_login(instructor.user)

    assert client.post(url(other, name, picked.pk)).status_code == 404


def test_a_paper_of_another_course_is_not_found(client, paper, review):
    stranger = EnrollmentFactory(course=CourseFactory(), role="instructor")
    client.force_login(stranger.user)

    assert client.get(reverse("digest:digest_detail", args=[stranger.course.slug, paper.key])).status_code == 404


def test_sharing_by_the_page_and_back(client, paper, review, assistant):
    client.force_login(assistant.user)

    states = []
    for share in ("yes", "no"):
        client.post(url(paper, "digest_share"), {"share": share})
        states.append(Digest.objects.get().shared_at)

    assert states == [BEFORE, None]


def test_a_presenter_whom_the_rule_keeps_out_is_told_why(client, paper, review, presenter):
    client.force_login(presenter.user)

    response = client.get(url(paper))

    assert (response.status_code, b"presenting it does not open them" in response.content) == (200, True)


def test_markdown_has_quotes_notes_and_scores_in_the_chosen_order(client, paper, review, instructor):
    first = pick(review, instructor)
    second = pick(review, instructor, "summary")
    save_note(pick=first, by=instructor, note="Ask why.", revision=0)
    move_pick(pick=second, by=instructor, move="up", revision=2)
    client.force_login(instructor.user)

    response = client.get(url(paper, "digest_markdown"))

    assert (response["Content-Type"], response["Content-Disposition"]) == (
        "text/markdown; charset=utf-8",
        'attachment; filename="rammer-digest.md"',
    )
    assert response.content.decode() == (
        "# Rammer\n\n"
        "L. Ma \\*et al.\\* · Thursday 2 September 2021 · 1 review\n\n"
        "- Overall merit: mean 4.0 (0 × 1 Reject, 0 × 2 Weak, 0 × 3 Fair, 1 × 4 Good, 0 × 5 Excellent)\n\n"
        "**Summary** (Reviewer 1)\n\n> Compiles graphs into tasks.\n\n"
        "**Strengths** (Reviewer 1)\n\n> The idea is simple.\n> The evaluation is thorough.\n\n"
        "Ask why.\n"
    )


@pytest.mark.parametrize("name", ["digest_print", "digest_markdown"])
def test_with_nothing_picked_a_sheet_has_everything(client, paper, review, instructor, name):
    client.force_login(instructor.user)

    text = client.get(url(paper, name)).content.decode()

    assert ("thorough" in text, "Compiles graphs" in text) == (True, True)


def test_print_of_a_pick_has_only_the_pick(client, paper, review, instructor):
    pick(review, instructor)
    client.force_login(instructor.user)

    text = client.get(url(paper, "digest_print")).content.decode()

    assert ("thorough" in text, "Compiles graphs" in text) == (True, False)


def test_html_in_quotes_and_notes_is_harmless(client, paper, rules, answers, instructor):
    text = "<script>alert(1)</script> and <b>more</b>"
    review = submit(paper, EnrollmentFactory(course=paper.course), answers | {"strengths": text})
    save_note(pick=pick(review, instructor), by=instructor, note=text, revision=0)
    client.force_login(instructor.user)

    pages = [client.get(url(paper, name)).content.decode() for name in ("digest_detail", "digest_print")]

    assert ["<script>alert" in page for page in pages] == [False, False]


@pytest.mark.parametrize("rows", [1, 3])
def test_page_queries_do_not_grow(client, paper, rules, answers, instructor, presenter, clock, django_assert_num_queries, rows):
    for number in range(rows):
        FieldFactory(form=rules.form, key=f"more-{number}", is_required=False)
    for _ in range(rows):
        review = submit(paper, EnrollmentFactory(course=paper.course), answers | {f"more-{rows - 1}": "More."})
        pick(review, instructor)
    clock.move_to(CLOSED)

    # Session, user, enrollment, paper (and sign-up); digest, (what the paper's page asks,) fields, reviews, picks, scores.
    for who, count in [(instructor, 8), (presenter, 11)]:
        client.force_login(who.user)
        client.get(url(paper))  # the scores and texts are kept from here
        for name in ("digest_detail", "digest_print", "digest_markdown"):
            with django_assert_num_queries(count):
                client.get(url(paper, name))


def test_picks_of_a_presenter_and_of_staff_are_one_list(client, paper, review, presenter, instructor, clock):
    clock.move_to(CLOSED)
    pick(review, viewed(presenter))
    pick(review, viewed(instructor), "summary")
    client.force_login(presenter.user)

    assert len(client.get(url(paper)).context["reading"].picks) == 2


@pytest.mark.parametrize(
    ("role", "links"), [("student", False), ("observer", False), ("assistant", True), ("instructor", True)]
)
def test_only_staff_find_the_digest_on_the_papers_page(client, paper, role, links):
    client.force_login(EnrollmentFactory(course=paper.course, role=role).user)

    page = client.get(reverse("reviews:paper_detail", args=[paper.course.slug, paper.key])).content.decode()

    assert (url(paper) in page) is links


def test_who_presents_finds_the_digest_on_the_home_page(client, paper, presenter, student):
    found = []
    for who in (presenter, student):
        client.force_login(who.user)
        found.append(url(paper) in client.get(reverse("home:today", args=[paper.course.slug])).content.decode())

    assert found == [True, False]


def test_staff_find_the_digest_on_the_page_before_class(client, paper, assistant):
    client.force_login(assistant.user)

    page = client.get(reverse("home:today", args=[paper.course.slug])).content.decode()

    assert url(paper) in page
