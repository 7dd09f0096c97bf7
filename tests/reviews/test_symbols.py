"""Scores that are shown and typed as symbols, and stored as numbers."""

import pytest
import time_machine
from django.urls import reverse

from courses.models import Enrollment
from exchange.incoming.answers import answer_of
from exchange.shapes import plain
from reviews.actions import save_draft, submit_review
from reviews.form_editing.tables import complete, form_faults
from reviews.models import Field, Review, ReviewRules
from reviews.offline.apply import Desk, apply_sources
from reviews.offline.files import Source
from reviews.offline.write import print_forms
from reviews.queries import read_paper
from reviews.search import SearchError, find
from reviews.symbols import as_numbers, value_typed
from tests.reviews.conftest import BEFORE

pytestmark = pytest.mark.django_db

OPTIONS = [
    {"value": 1, "label": "Reject", "symbol": "C"},
    {"value": 2, "label": "A very close call", "symbol": "B"},
    {"value": 3, "label": "Accept", "symbol": "A+"},
]


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(BEFORE, tick=False) as traveller:
        yield traveller


@pytest.fixture
def merit(rules):
    field = Field.objects.get(key="merit")
    field.options = OPTIONS
    field.save()
    return field


@pytest.fixture
def review(merit, paper, student, answers):
    review = save_draft(paper=paper, reviewer=student, answers=answers | {"merit": 3}, revision=None)
    return submit_review(review=review, revision=1)


@pytest.mark.parametrize(
    ("entered", "value"),
    [
        *(("A+", 3), ("a+.", 3), ("A+. Accept", 3), ("A+ whatever", 3), ("c)", 1), ("B: close", 2)),
        *(("A very close call", None), ("Accept", None), ("2", None), ("D", None), ("", None)),
    ],
)
def test_what_is_typed_is_read(entered, value):
    assert value_typed(OPTIONS, entered) == value


@pytest.mark.parametrize(
    ("text", "becomes"),
    [(">B", ">2"), ("all:c..b", "all:1..2"), ("2:A+", "2:3"), ("!=A+", "!=3"), ("any", "any"), ("4", "4"), ("D", "D")],
)
def test_a_search_says_symbols_for_numbers(text, becomes):
    assert as_numbers(OPTIONS, text) == becomes


@pytest.mark.parametrize(
    ("kind", "symbols", "says"),
    [
        ("score", ("A", "4"), '2: found "4", expected one to three letters or signs, such as A, B+ or ★'),
        ("score", ("A", "-B"), '2: found "-B", expected one to three letters or signs, such as A, B+ or ★'),
        ("score", ("A", "any"), '2: found "any", expected one to three letters or signs, such as A, B+ or ★'),
        ("score", ("A", "a"), '2: found "a" twice, expected a symbol of its own'),
        ("choice", ("A", "B"), "1: found a symbol, expected on scores only"),
    ],
)
def test_what_is_no_symbol_is_refused(kind, symbols, says):
    options = [
        {"value": value if kind == "score" else str(value), "label": "x", "symbol": each}
        for value, each in enumerate(symbols, 1)
    ]

    faults = form_faults([complete({"key": "merit", "label": "Merit", "kind": kind, "options": options})])

    assert faults[0] == (0, "options", says)


def test_people_see_the_symbol_and_programs_the_number(client, course, paper, review, student):
    client.force_login(student.user)

    page = client.get(reverse("reviews:paper_detail", args=[course.slug, "rammer"])).content.decode()
    editor = client.get(reverse("reviews:review_edit", args=[course.slug, "rammer"])).content.decode()
    [shown] = client.get(reverse("api:review_list", args=[course.slug])).json()["results"]

    assert ("A+ Accept" in page, "3 Accept" in page, "<b>A+</b>Accept" in editor) == (True, False, True)
    assert shown["answers"]["merit"] == 3
    reading = read_paper(Enrollment.objects.select_related("course").get(pk=student.pk), paper)
    assert [(score.mean, score.counts) for score in reading.scores] == [
        (3.0, [("C Reject", 0), ("B A very close call", 0), ("A+ Accept", 1)])
    ]


def test_a_text_form_is_printed_and_read_with_symbols(paper, review, student):
    desk = Desk.of(student, ReviewRules.of(student.course))
    text = print_forms([desk.sheet(paper)], course_slug=student.course.slug, url="http://x")

    unchanged = apply_sources(desk=desk, sources=[Source("a.txt", text)], is_dry_run=False)
    changed = apply_sources(
        desk=Desk.of(student, ReviewRules.of(student.course)),
        sources=[Source("a.txt", text.replace("\nA+. Accept\n", "\nb\n"))],
        is_dry_run=False,
    )

    assert "==-==    B. A very close call\n" in text
    assert "==-== Enter your choice:\n\nA+. Accept\n" in text
    assert [result.status for result in (*unchanged, *changed)] == ["unchanged", "submitted"]
    assert Review.objects.get().current.answers["merit"] == 2


@pytest.mark.parametrize(("text", "finds"), [("OveMer:A+", True), ("OveMer:>B", True), ("OveMer:C..B", False)])
def test_a_search_finds_by_symbols(review, instructor, text, finds):
    assert bool(find(Enrollment.objects.select_related("course").get(pk=instructor.pk), text).ids) is finds


def test_a_symbol_that_is_not_on_the_scale_is_a_mistake(review, instructor):
    with pytest.raises(SearchError, match="Overall merit is a score"):
        find(Enrollment.objects.select_related("course").get(pk=instructor.pk), "OveMer:D")


def test_files_of_other_systems_have_symbols(merit):
    assert [plain(merit, value) for value in (1, 3, 9)] == ["C", "A+", 9]
    assert [answer_of(merit, given) for given in ("C", "A+. Accept", 2, "Accept")] == [1, 3, 2, 3]


def test_symbols_are_edited_on_the_page_and_over_the_api(client, course, merit, instructor):
    client.force_login(instructor.user)
    stamp = merit.form.stamp
    sent = {f"option-{at}-{key}": value for at, option in enumerate(OPTIONS) for key, value in option.items() if key != "value"}
    form = {"stamp": stamp, "label": "Merit", "kind": "score", "visible_to": "readers", "colours": "plain", "options": "3"}

    page = client.post(reverse("reviews:field_edit", args=[course.slug, "merit"]), form | sent | {"option-0-symbol": ""})
    options = Field.objects.get(key="merit").options
    read = client.get(reverse("api:review_form", args=[course.slug])).json()
    read["fields"][1]["options"][0]["symbol"] = "F"
    body = {"fields": read["fields"]}
    headers = {"If-Match": f'"{read["stamp"]}"'}
    put = client.put(reverse("api:review_form", args=[course.slug]), body, content_type="application/json", headers=headers)

    assert (page.status_code, options) == (302, [{"value": 1, "label": "Reject"}, *OPTIONS[1:]])
    assert (put.status_code, Field.objects.get(key="merit").options[0]) == (200, OPTIONS[0] | {"symbol": "F"})
