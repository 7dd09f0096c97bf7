"""Marking without names: nothing on the page, in an address or in the order tells whose work it is."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
import time_machine
from django.core.files.base import ContentFile
from django.urls import reverse

from grading.actions import release_component, set_mark
from grading.models import Mark
from grading.queries.marking import tabs_of
from grading.queries.policy import read_in_force
from tests.factories import (
    DeliverableFactory,
    EnrollmentFactory,
    MeetingFactory,
    MilestoneFactory,
    ReviewFactory,
    ReviewVersionFactory,
    TeamFactory,
    TeamMemberFactory,
)
from tests.grading.examples import course_with_policy, one_component, reviewed

NAMES = ["Ada Alpha", "Ben Beta", "Chen Gamma", "Dana Delta"]


@pytest.fixture(autouse=True)
def mid_term():
    with time_machine.travel(datetime(2021, 10, 20, 16, tzinfo=UTC), tick=False):
        yield


@pytest.fixture
def course(db):
    return course_with_policy(one_component(anonymous=True))


@pytest.fixture
def marker(client, course):
    marker = EnrollmentFactory(course=course, role="assistant", user__name="Ari")
    client.force_login(marker.user)
    return marker


@pytest.fixture
def reviews(course):
    first = reviewed(
        EnrollmentFactory(course=course, user__name=NAMES[0]), meeting=MeetingFactory(course=course, date=date(2021, 9, 7))
    )
    others = [
        ReviewFactory(paper=first.paper, reviewer=EnrollmentFactory(course=course, user__name=name)) for name in NAMES[1:]
    ]
    for review in others:
        review.current = ReviewVersionFactory(review=review, number=1)
        review.save()
    return [first, *others]


def entries(marker):
    return tabs_of(marker, read_in_force(marker.course)[1])[0].entries


def queue(client, course, query=""):
    return client.get(reverse("grading:marking_queue", args=[course.slug]) + query)


def save(client, course, work, points="8"):
    address = reverse("grading:mark_save", args=[course.slug, work])
    return client.post(address, {"points": points, "comment": "", "revision": "0", "tab": "reviews"}, follow=True)


def test_the_page_has_no_name_and_no_address_that_tells_one(client, course, marker, reviews):
    pages = [queue(client, course)] + [queue(client, course, f"?work={entry.work}") for entry in entries(marker)]
    texts = [page.content.decode() for page in pages]

    told = [
        *NAMES,
        *[review.reviewer.user.email for review in reviews],
        *[f"review-{review.pk}" for review in reviews],
        *[review.handle for review in reviews],
    ]
    assert [[word for word in told if word in text] for text in texts] == [[]] * len(texts)
    assert all("name hidden until release" in text for text in texts)


def test_the_order_is_that_of_the_random_addresses(marker, reviews):
    works = [entry.work for entry in entries(marker)]

    assert works == sorted(works)
    assert {entry.target for entry in entries(marker)} == {f"review-{review.pk}" for review in reviews}


def test_work_is_marked_by_its_blind_address(client, course, marker, reviews):
    first, second = entries(marker)[:2]

    response = save(client, course, first.work)

    assert Mark.objects.get().review_id == int(first.target.removeprefix("review-"))
    assert response.context["address"] == second.work
    assert f"Saved: {first.who}, 8." in response.content.decode()


def test_a_link_that_names_the_work_leads_to_the_blind_page(client, course, marker, reviews):
    response = queue(client, course, f"?work=review-{reviews[0].pk}")

    assert response.context["address"].startswith("blind-")
    assert NAMES[0] not in response.content.decode()


def test_names_are_shown_once_the_mark_is_released(client, course, marker, reviews):
    set_mark(review=reviews[0], points=Decimal(8), revision=0, by=marker.user)
    assert NAMES[0] not in queue(client, course).content.decode()

    release_component(course=course, component_key="only", by=marker.user)

    assert [entry.who for entry in entries(marker)][0] == NAMES[0]
    assert NAMES[0] in queue(client, course, f"?work=review-{reviews[0].pk}").content.decode()


def test_another_courses_blind_address_is_404(client, course, marker, reviews):
    other = course_with_policy(one_component(anonymous=True))
    reviewed(EnrollmentFactory(course=other))
    (entry,) = entries(EnrollmentFactory(course=other, role="instructor"))

    assert queue(client, course, f"?work={entry.work}").status_code == 404


def test_an_assistants_blind_queue_has_their_section_only(client, course, reviews):
    type(reviews[0].reviewer).objects.filter(pk=reviews[0].reviewer_id).update(section="A")
    marker = EnrollmentFactory(course=course, role="assistant", section="A")
    hidden = next(entry for entry in entries(EnrollmentFactory(course=course, role="instructor"))
                  if entry.target == f"review-{reviews[1].pk}")  # fmt: skip
    client.force_login(marker.user)

    assert [entry.target for entry in entries(marker)] == [f"review-{reviews[0].pk}"]
    assert queue(client, course, f"?work={hidden.work}").status_code == 404


def test_a_teams_file_has_no_name_of_its_own(client, db):
    course = course_with_policy(one_component(source="milestones", anonymous=True))
    client.force_login(EnrollmentFactory(course=course, role="assistant").user)
    team = TeamFactory(course=course, name="The Alphas", topic="Alpha's topic")
    TeamMemberFactory(team=team, enrollment=EnrollmentFactory(course=course, user__name=NAMES[0]))
    file = ContentFile(b"What we measured.", "ada-alpha.txt")
    DeliverableFactory(team=team, milestone=MilestoneFactory(course=course, key="report"), url="", file=file, file_kind="text",
                       file_name="ada-alpha.txt")  # fmt: skip

    page = queue(client, course, "?tab=milestones")
    work = page.context["address"]
    sent = client.get(reverse("grading:marking_file", args=[course.slug, work]))

    told = ["Alpha", "ada-alpha", f"-{team.pk}/"]
    text = page.content.decode() + sent["Content-Disposition"]
    assert [word for word in told if word in text] == []
    assert b"".join(sent.streaming_content) == b"What we measured."
    assert 'filename="report-' in sent["Content-Disposition"]


# On the sheet


def sheet(client, course, **asked):
    page = client.get(reverse("grading:sheet_page", args=[course.slug, "only"]), asked)
    return page, client.get(reverse("api:mark_sheet", args=[course.slug, "only"]), asked).json()


def test_the_sheet_has_the_work_under_its_random_name_below_the_rows(client, course, marker, reviews):
    marked = entries(marker)[2]
    save(client, course, marked.work, points="7.5")

    page, answer = sheet(client, course)

    told = [(work["work"], work["name"], work["points"]) for work in answer["without_names"]]
    assert told == [(entry.work, entry.who, "7.50" if entry.work == marked.work else None) for entry in entries(marker)]
    text = page.content.decode()
    assert [f">{entry.who}</a>" in text for entry in entries(marker)] == [True] * 4
    assert "1 of 4 marked" in text
    assert {(cell["work"], cell["is_open"]) for row in answer["rows"] for cell in row["cells"]} == {("", False)}
    rows = {(cell["points"], cell["value"], *cell["signs"]) for row in answer["rows"] for cell in row["cells"]}
    assert rows == {(None, "", "without names")}


@pytest.mark.parametrize("asked", [{"name": NAMES[0]}, {"section": "B"}, {"page": "2", "rows": "25"}])
def test_no_filter_narrows_what_has_no_name(client, course, marker, reviews, asked):
    type(reviews[0].reviewer).objects.filter(pk=reviews[0].reviewer_id).update(section="B")

    assert sheet(client, course, **asked)[1]["without_names"] == sheet(client, course)[1]["without_names"]


def test_the_sheet_names_it_once_its_mark_is_released(client, course, marker, reviews):
    set_mark(review=reviews[0], points=Decimal(8), revision=0, by=marker.user)
    release_component(course=course, component_key="only", by=marker.user)

    _, answer = sheet(client, course)

    shown = [cell["value"] for row in answer["rows"] for cell in row["cells"] if row["name"] == NAMES[0]]
    assert (shown, len(answer["without_names"])) == (["8"], 3)


def test_a_team_is_on_the_sheet_under_a_random_name(client, db):
    course = course_with_policy(one_component(source="milestones", anonymous=True))
    client.force_login(EnrollmentFactory(course=course, role="assistant").user)
    TeamMemberFactory(team=TeamFactory(course=course, name="Alphas"), enrollment=EnrollmentFactory(course=course))
    MilestoneFactory(course=course, key="report")

    _, answer = sheet(client, course)

    (work,) = answer["without_names"]
    assert (work["column"], work["note"], work["work"].startswith("blind-")) == ("report", "not handed in", True)


@pytest.mark.parametrize("rows", [1, 3])
def test_sheet_queries_with_work_without_names(client, course, marker, django_assert_num_queries, rows):
    for _ in range(rows):
        reviewed(EnrollmentFactory(course=course))
    address = reverse("api:mark_sheet", args=[course.slug, "only"])
    client.get(address)

    with django_assert_num_queries(22):
        client.get(address)


# Marked on the sheet


def typed(client, course, cells, **more):
    """The form without script, with these marks typed into the cells, {address: mark}."""
    page = client.get(reverse("grading:sheet_page", args=[course.slug, "only"]))
    values = {f"v:0:{work}": value for work, value in cells.items()}
    sent = {"was": page.context["was"], **values, **more}
    return client.post(reverse("grading:sheet_save", args=[course.slug, "only"]), sent, follow=True)


def bulk(client, course, *marks):
    return client.post(reverse("api:mark_bulk", args=[course.slug]), {"marks": marks}, content_type="application/json")


def points_of(*works) -> list:
    marks = {f"review-{mark.review_id}": mark.points for mark in Mark.objects.all()}
    return [marks.get(entry.target) for entry in works]


def test_work_is_marked_on_the_sheet_under_its_random_name(client, course, marker, reviews):
    first, second = entries(marker)[:2]

    page = typed(client, course, {first.work: "7.5", second.work: "6"})

    assert "Saved: 2 marks." in page.content.decode()
    assert points_of(first, second) == [Decimal("7.5"), Decimal(6)]
    cells = {row.entry.work: (row.cell.value, row.cell.revision) for row in page.context["sheet"].blind[0].rows}
    assert (cells[first.work], cells[second.work], len(cells)) == (("7.5", 1), ("6", 1), 4)


def test_what_was_typed_without_a_name_is_kept_where_it_is_refused(client, course, marker, reviews):
    entry = entries(marker)[0]

    page = typed(client, course, {entry.work: "11"})

    assert (page.status_code, points_of(entry)) == (409, [None])
    text = page.content.decode()
    assert f'<input name="v:0:{entry.work}" value="11"' in text
    assert f'<b dir="auto">{entry.who}</b>: found 11' in text
    assert [name for name in NAMES if name in text.partition('id="blind-title"')[2]] == []


def test_two_markers_do_not_overwrite_one_another_without_names(client, course, marker, reviews):
    entry = entries(marker)[0]
    page = client.get(reverse("grading:sheet_page", args=[course.slug, "only"]))
    review = next(review for review in reviews if entry.target == f"review-{review.pk}")
    set_mark(review=review, points=Decimal(9), revision=0, by=EnrollmentFactory(course=course, role="instructor").user)
    address = reverse("grading:sheet_save", args=[course.slug, "only"])

    answer = client.post(address, {"was": page.context["was"], f"v:0:{entry.work}": "5"})

    assert (answer.status_code, points_of(entry)) == (409, [9])
    assert "Now 9." in answer.content.decode()


def test_the_api_marks_in_bulk_without_names_and_tells_none(client, course, marker, reviews):
    entry = entries(marker)[0]
    asked = [{"work": entry.work, "value": "7", "revision": 0}]

    answer = bulk(client, course, *asked)

    (mark,) = answer.json()["marks"]
    assert (answer.status_code, mark["student"], mark["work"], mark["value"]) == (200, None, entry.work, "7")
    assert points_of(entry) == [7]
    told = [*NAMES, *[str(review.reviewer_id) for review in reviews], entry.target]
    assert [word for word in told if f'"{word}"' in answer.content.decode()] == []


def test_naming_a_student_beside_a_random_address_tells_nothing(client, course, marker, reviews):
    """Or whoever tries all students finds whose it is."""
    entry = entries(marker)[0]
    address = reverse("api:mark_bulk", args=[course.slug]) + "?dry_run=true"

    answers = []
    for review in reviews:
        body = {"marks": [{"student": review.reviewer_id, "work": entry.work, "value": "7", "revision": 0}]}
        answer = client.post(address, body, content_type="application/json").json()
        del answer["marks"][0]["student"]
        answers.append(answer)

    assert answers == [answers[0]] * 4
    assert answers[0]["changed"] == 1


def test_the_address_that_tells_whose_work_it_is_tells_no_mark(client, course, marker, reviews):
    set_mark(review=reviews[0], points=Decimal(9), revision=0, by=marker.user)
    entry = {"student": reviews[0].reviewer_id, "work": f"review-{reviews[0].pk}", "value": "7", "revision": 0}

    (error,) = bulk(client, course, entry).json()["errors"]

    assert (error["code"], error["current"]) == ("anonymous", None)


def test_a_random_address_holds_until_the_mark_is_released(client, course, marker, reviews):
    entry = entries(marker)[0]
    bulk(client, course, {"work": entry.work, "value": "7", "revision": 0})
    release_component(course=course, component_key="only", by=marker.user)

    (error,) = bulk(client, course, {"work": entry.work, "value": "8", "revision": 1}).json()["errors"]

    assert (error["code"], error["current"], points_of(entry)) == ("no_work", None, [7])


def test_a_random_address_is_of_ones_own_section_and_course(client, course, reviews):
    type(reviews[0].reviewer).objects.filter(pk=reviews[0].reviewer_id).update(section="A")
    works = [entry.work for entry in entries(EnrollmentFactory(course=course, role="instructor"))]
    client.force_login(EnrollmentFactory(course=course, role="assistant", section="A").user)

    answer = bulk(client, course, *[{"work": work, "value": "7", "revision": 0} for work in works]).json()

    assert [error["code"] for error in answer["errors"]] == ["no_work"] * 3


def test_marks_without_names_are_undone_and_what_stays_has_no_name(client, course, marker, reviews):
    first, second = entries(marker)[:2]
    typed(client, course, {first.work: "7", second.work: "6"})
    review = next(review for review in reviews if second.target == f"review-{review.pk}")
    other = EnrollmentFactory(course=course, role="instructor", user__name="Ingrid")
    set_mark(review=review, points=Decimal(9), revision=1, by=other.user)
    steps = [{"work": entry.work, "revision": 1} for entry in (first, second)]

    address = reverse("api:mark_undo", args=[course.slug])
    answer = client.post(address, {"marks": steps}, content_type="application/json").json()

    assert ([mark["work"] for mark in answer["back"]], points_of(first, second)) == ([first.work], [None, 9])
    assert answer["kept"] == [{"work": second.work, "what": second.who, "why": "Ingrid has changed it since."}]


def test_no_result_moves_when_a_mark_is_entered_without_a_name(client, course, reviews):
    """On the instructor's sheet: the students' rows are the same to the byte, whatever is entered."""
    instructor = EnrollmentFactory(course=course, role="instructor")
    client.force_login(instructor.user)
    rows = sheet(client, course)[1]["rows"]

    bulk(client, course, {"work": entries(instructor)[0].work, "value": "3", "revision": 0})

    assert sheet(client, course)[1]["rows"] == rows
    assert {(row["earned"], row["out_of"]) for row in rows} == {(None, None)}


def test_a_mark_that_is_left_out_for_one_without_a_name_does_not_say_so(client, db):
    course = course_with_policy(one_component(anonymous=True, steps=[{"step": "drop_lowest", "count": 1}, {"step": "mean"}]))
    instructor = EnrollmentFactory(course=course, role="instructor")
    client.force_login(instructor.user)
    student = EnrollmentFactory(course=course)
    first, second = (reviewed(student, key=key) for key in ("p1", "p2"))
    set_mark(review=first, points=Decimal(5), revision=0, by=instructor.user)
    release_component(course=course, component_key="only", by=instructor.user)
    before = sheet(client, course)[1]["rows"]

    set_mark(review=second, points=Decimal(9), revision=0, by=instructor.user)

    assert sheet(client, course)[1]["rows"] == before


def test_too_much_work_without_names_is_counted_and_not_listed(client, course, marker, reviews, monkeypatch):
    monkeypatch.setattr("grading.queries.sheet.LISTED", 3)

    page = client.get(reverse("grading:sheet_page", args=[course.slug, "only"]))

    assert (page.context["was"], "0 of 4 marked" in page.content.decode()) == ("{}", True)
    assert [entry.who for entry in entries(marker) if entry.who in page.content.decode()] == []
