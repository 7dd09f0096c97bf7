"""The mark sheet as a page: what its cells show, the form without script, pasting, undo, and what assistants see."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from types import SimpleNamespace

import pytest
import time_machine
from django.urls import reverse

from grading.actions import excuse, release_student, set_mark
from grading.models import Mark, MarkChange
from grading.queries import grades_of
from tests.factories import (
    EnrollmentFactory,
    MilestoneFactory,
    SignUpFactory,
    SlotRoleFactory,
    StaffNoteFactory,
    SubmittedReviewFactory,
    TeamFactory,
    TeamMemberFactory,
)
from tests.grading.examples import course_with_policy, ece697il, one_component, reviewed

NOW = datetime(2021, 10, 20, 16, tzinfo=UTC)
LETTERS = [{"symbol": "A", "points": 10}, {"symbol": "B", "points": 8}]


@pytest.fixture(autouse=True)
def mid_term():
    with time_machine.travel(NOW, tick=False):
        yield


def sheet_of(client, document=None, *, role="instructor", component="reviews", **enrollment):
    """A course with a marker who is signed in, and what a test does with the sheet."""
    course = course_with_policy(document)
    marker = EnrollmentFactory(course=course, role=role, user__name="Iris", **enrollment)
    client.force_login(marker.user)

    def url(name="page"):
        return reverse(f"grading:sheet_{name}", args=[course.slug, component])

    def get(query=""):
        response = client.get(url() + query)
        assert response.status_code == 200
        return response.context["sheet"]

    def save(**typed):
        """`typed` is by the name of the student: what their first open cell is to say."""
        cells = {row.student.user.name: next(cell for cell in row.cells if cell.is_open) for row in get().rows}
        was = {cell.key: [cell.revision, cell.value] for cell in cells.values()}
        data = {f"v:{cells[name].key}": text for name, text in typed.items()} | {"was": json.dumps(was)}
        return client.post(url("save"), data, follow=True)

    return SimpleNamespace(course=course, marker=marker, url=url, get=get, save=save, client=client)


def student(sheet, name, **enrollment):
    return EnrollmentFactory(course=sheet.course, user__name=name, **enrollment)


def cell(sheet, name, column=0, query=""):
    return next(row for row in sheet.get(query).rows if row.student.user.name == name).cells[column]


def said(response):
    return [str(message) for message in response.context["messages"]]


# What stands in the cells


def test_reviews_are_a_column_a_paper_and_a_row_a_student(client, db):
    sheet = sheet_of(client)
    review = reviewed(student(sheet, "Ada"), key="p1", title="Attention")
    student(sheet, "Ben")
    set_mark(review=review, points=Decimal("8.5"), revision=0, by=sheet.marker.user)

    found = sheet.get()

    assert [(column.key, column.title, column.out_of) for column in found.columns] == [("p1", "Attention", 10)]
    assert [row.student.user.name for row in found.rows] == ["Ada", "Ben"]
    ada, ben = cell(sheet, "Ada"), cell(sheet, "Ben")
    assert (ada.value, ada.points, ada.revision, ada.signs, ada.is_open) == ("8.5", Decimal("8.5"), 1, ("not released",), True)
    assert (ben.value, ben.is_open, ben.place.why_not) == ("", False, "no review is handed in")


def test_a_row_has_the_result_that_the_grade_has(client, db):
    sheet = sheet_of(client)
    ada = student(sheet, "Ada")
    set_mark(review=reviewed(ada), points=Decimal("8.5"), revision=0, by=sheet.marker.user)

    row = sheet.get().rows[0]

    grade = grades_of(sheet.course, audience="staff")[ada.pk]
    node = next(node for node in grade.explanation.leaves() if node.key == "reviews")
    assert (row.earned, row.out_of) == (grade.policy.rounded_part(node.so_far.earned), Decimal("20.00"))


def test_states_are_told_in_words(client, db):
    document = one_component(source="reviews", steps=[{"step": "drop_lowest", "count": 1}, {"step": "mean"}])
    sheet = sheet_of(client, document, component="only")
    ada, by = student(sheet, "Ada"), sheet.marker.user
    reviews = [reviewed(ada, key=f"p{number}", meeting__date=NOW.date()) for number in range(4)]
    set_mark(review=reviews[0], points=Decimal(3), revision=0, by=by)
    set_mark(review=reviews[1], points=Decimal(8), revision=0, by=by)
    set_mark(review=reviews[3], points=Decimal(9), revision=0, by=by)
    release_student(student=ada, by=by)
    set_mark(review=reviews[1], points=Decimal(9), revision=1, by=by)
    excuse(student=ada, source="reviews", item="p2", reason="Ill", by=by)

    cells = {found.column.key: found for found in sheet.get().rows[0].cells}

    assert {key: found.signs for key, found in cells.items()} == {
        "p0": ("does not count",),
        "p1": ("changed",),
        "p2": ("excused",),
        "p3": (),
    }
    assert cells["p2"].note == "Ill"
    assert {sign for found in cells.values() for sign in found.signs} <= {sign for sign, _ in sheet.get().legend}


def test_presentations_stand_in_the_order_of_their_days(client, db):
    sheet = sheet_of(client, component="presentation")
    ada = student(sheet, "Ada")
    student(sheet, "Ben")
    later = SignUpFactory(role=SlotRoleFactory(slot__course=sheet.course, slot__meeting__date="2021-10-19"), enrollment=ada)
    first = SignUpFactory(role=SlotRoleFactory(slot__course=sheet.course, slot__meeting__date="2021-10-05"), enrollment=ada)

    found = sheet.get()

    assert [column.title for column in found.columns] == ["Presentation 1", "Presentation 2"]
    assert [one.place.work for one in found.rows[0].cells] == [f"presentation-{first.pk}", f"presentation-{later.pk}"]
    assert [one.place.why_not for one in found.rows[1].cells] == ["no slot is taken", "no slot is taken"]


def test_a_milestone_has_the_team_s_mark_and_one_s_own(client, db):
    sheet = sheet_of(client, component="report")
    milestone = MilestoneFactory(course=sheet.course, key="report", title="Report")
    team = TeamFactory(course=sheet.course, name="Lions")
    _, ben = [TeamMemberFactory(team=team, enrollment=student(sheet, name)).enrollment for name in ("Ada", "Ben")]
    student(sheet, "Chen")
    set_mark(milestone=milestone, team=team, points=Decimal(15), revision=0, by=sheet.marker.user)
    set_mark(milestone=milestone, enrollment=ben, points=Decimal(12), revision=0, by=sheet.marker.user)

    rows = sheet.get().rows

    assert [(row.student.user.name, [one.value for one in row.cells]) for row in rows] == [
        ("Ada", ["15", ""]),
        ("Ben", ["15", "12"]),
        ("Chen", ["", ""]),
    ]
    assert [one.place.why_not for one in rows[2].cells] == ["in no team", "in no team"]
    assert [one.signs for row in rows[:2] for one in row.cells] == [
        ("not released",), (), ("not released", "does not count"), ("not released",),
    ]  # fmt: skip
    assert rows[0].cells[0].place == rows[1].cells[0].place


def test_a_component_that_nobody_marks_has_no_sheet(client, db):
    sheet = sheet_of(client)

    response = client.get(reverse("grading:sheet_page", args=[sheet.course.slug, "participation"]))

    assert response.status_code == 404


def test_work_without_names_is_neither_shown_nor_open(client, db):
    sheet = sheet_of(client, one_component(anonymous=True), component="only")
    set_mark(review=reviewed(student(sheet, "Ada")), points=Decimal(7), revision=0, by=sheet.marker.user)

    ada = cell(sheet, "Ada")

    assert (ada.value, ada.points, ada.is_open, ada.signs) == ("", None, False, ("without names",))


def test_an_assistant_sees_their_section_and_no_results(client, db):
    sheet = sheet_of(client, role="assistant", section="A")
    for name, section in (("Ada", "A"), ("Ben", "B")):
        set_mark(review=reviewed(student(sheet, name, section=section)), points=Decimal(8), revision=0, by=sheet.marker.user)

    response = client.get(sheet.url())

    assert [row.student.user.name for row in response.context["sheet"].rows] == ["Ada"]
    assert "data-result" not in response.content.decode()


def test_rows_are_paged_and_found_by_name(client, db):
    sheet = sheet_of(client)
    for number in range(60):
        student(sheet, f"Student {number:02}")

    assert [len(sheet.get(query).rows) for query in ("", "?page=2", "?rows=25&page=3", "?rows=7")] == [50, 10, 10, 50]
    assert [row.student.user.name for row in sheet.get("?name=student 07").rows] == ["Student 07"]


def test_a_page_has_no_more_cells_than_a_form_may_send(client, db, monkeypatch):
    sheet = sheet_of(client)
    for number in range(4):
        reviewed(student(sheet, f"Student {number}"), key=f"p{number}")
    monkeypatch.setattr("grading.queries.sheet.MAX_CELLS", 12)

    assert [len(sheet.get(query).rows) for query in ("", "?page=2")] == [3, 1]


@pytest.mark.parametrize("names", [["Ada"], ["Ada", "Ben", "Chen"]], ids=["one", "three"])
@pytest.mark.parametrize(("component", "queries"), [("reviews", 30), ("only", 13)])
def test_a_sheet_of_three_takes_as_many_queries_as_one_of_one(client, db, component, queries, names, django_assert_num_queries):
    sheet = sheet_of(client, one_component(source="manual") if component == "only" else None, component=component)
    for name in names:
        review = reviewed(student(sheet, name), key=name.lower())
        set_mark(review=review, points=Decimal(8), revision=0, by=sheet.marker.user)
        StaffNoteFactory(enrollment=review.reviewer)
    sheet.get()

    with django_assert_num_queries(queries):
        sheet.get()


# Entered without script


def test_one_save_enters_what_was_typed_and_undo_puts_it_back(client, db):
    sheet = sheet_of(client)
    ada, ben = [reviewed(student(sheet, name), key=name.lower()) for name in ("Ada", "Ben")]
    set_mark(review=ben, points=Decimal(3), revision=0, by=sheet.marker.user)

    response = sheet.save(Ada="8.5", Ben="3")

    assert said(response) == ["Saved: 1 mark. Students see them once they are released."]
    assert [Mark.objects.get(review=review).points for review in (ada, ben)] == [Decimal("8.5"), 3]
    steps = response.context["steps"]
    assert json.loads(steps) == [[f"review-{ada.pk}", 1]]
    assert said(client.post(sheet.url("undo"), {"steps": steps}, follow=True)) == ["Put back: 1 mark."]
    assert Mark.objects.get(review=ada).points is None


def test_a_cell_that_somebody_changed_meanwhile_shows_both_and_the_next_save_is_meant(client, db):
    sheet = sheet_of(client)
    review = reviewed(student(sheet, "Ada"))
    was = {f"{review.reviewer_id}:review-{review.pk}": [0, ""]}
    ben = EnrollmentFactory(course=sheet.course, role="assistant", user__name="Ben").user
    set_mark(review=review, points=Decimal(6), revision=0, by=ben)
    data = {f"v:{key}": "8" for key in was}

    response = client.post(sheet.url("save"), data | {"was": json.dumps(was)})

    found = response.context["sheet"].rows[0].cells[0]
    assert (response.status_code, found.typed, found.value, found.refusal.code) == (409, "8", "6", "stale_version")
    assert Mark.objects.get().points == 6
    response = client.post(sheet.url("save"), data | {"was": response.context["was"]}, follow=True)
    assert (response.status_code, Mark.objects.get().points, MarkChange.objects.count()) == (200, 8, 2)


def test_a_cell_that_is_no_mark_keeps_what_was_typed_and_saves_nothing(client, db):
    sheet = sheet_of(client)
    for name in ("Ada", "Ben"):
        reviewed(student(sheet, name), key=name.lower())

    response = sheet.save(Ada="8", Ben="eight")

    cells = [next(one for one in row.cells if one.is_open) for row in response.context["sheet"].rows]
    assert (response.status_code, [one.shown for one in cells], Mark.objects.count()) == (409, ["8", "eight"], 0)
    assert cells[1].refusal.words == "expected points from 0 to 10."


# Pasted


def paste(sheet, text, **data):
    response = sheet.client.post(sheet.url("paste"), {"text": text, **data})
    return response.context["proposal"]


def apply(sheet, proposal):
    return sheet.client.post(sheet.url("apply"), {"entries": json.dumps(proposal.entries())}, follow=True)


@pytest.fixture
def lettered(client, db):
    """Two students with two papers each, marked by letters; Ada has a B."""
    sheet = sheet_of(client, one_component(scale=LETTERS), component="only")
    sheet.students = [student(sheet, name, user__email=f"{name.lower()}@example.edu") for name in ("Ada", "Ben")]
    for key in ("p1", "p2"):
        paper = reviewed(sheet.students[0], key=key, title=key.upper()).paper
        SubmittedReviewFactory(paper=paper, reviewer=sheet.students[1])
    set_mark(review=sheet.students[0].reviews.get(paper__key="p1"), points=Decimal(8), revision=0, by=sheet.marker.user)
    return sheet


def changes(proposal):
    return [(one.planned.who, one.column.key, one.planned.before, one.planned.after) for one in proposal.changes]


def test_a_block_is_matched_by_email_or_name_and_shown_before_it_is_applied(lettered):
    proposal = paste(lettered, "ben@example.edu\tA\tB\nAda\tA\t\n")

    assert changes(proposal) == [("Ben", "p1", "", "A"), ("Ben", "p2", "", "B"), ("Ada", "p1", "B", "A")]
    assert (proposal.faults, proposal.blank, Mark.objects.count()) == ([], 1, 1)
    assert said(apply(lettered, proposal)) == ["Saved: 3 marks. Students see them once they are released."]
    assert sorted(mark.points for mark in Mark.objects.all()) == [8, 10, 10]


def test_a_first_row_may_name_the_columns(lettered):
    proposal = paste(lettered, "Email;P2;p1;Remarks\nada@example.edu;A;;late\n")

    assert changes(proposal) == [("Ada", "p2", "", "A")]
    assert [str(fault) for fault in proposal.faults] == [
        "Row 1, column 4: found Remarks; no column of this sheet is called so."
    ]


def test_a_block_pasted_at_a_cell_goes_right_and_down(lettered):
    ids = ",".join(str(one.pk) for one in lettered.students)

    proposal = paste(lettered, "A\nB\n", students=ids, columns="p2")

    assert changes(proposal) == [("Ada", "p2", "", "A"), ("Ben", "p2", "", "B")]


def test_a_block_with_names_pasted_at_a_cell_is_matched_by_them(lettered):
    ids = ",".join(str(one.pk) for one in lettered.students)

    proposal = paste(lettered, "Ben\tA\nAda\tB\n", students=ids, columns="p2")

    assert changes(proposal) == [("Ben", "p2", "", "A"), ("Ada", "p2", "", "B")]


def test_bad_cells_are_named_with_row_column_and_reason(lettered):
    proposal = paste(lettered, "Ada\tC\tA\tB\nNobody\tA\nada@example.edu\tA\n")

    expected = "expected one of A (10), B (8)."
    assert [str(fault) for fault in proposal.faults] == [
        f"Row 1, column 2 (Ada, P1): found C; {expected}",
        "Row 1, column 4 (Ada): found B; the sheet has no more columns to the right.",
        "Row 2, column 1: found Nobody; no student of the course whose work you mark has this name or email.",
        "Row 3, column 1: found ada@example.edu; this student is already on row 1.",
    ]
    assert Mark.objects.count() == 1


def test_a_block_below_the_last_row_is_not_dropped_silently(lettered):
    proposal = paste(lettered, "A\nB\nA\n", students=str(lettered.students[1].pk), columns="p2")

    assert [str(fault) for fault in proposal.faults] == [
        "Row 2, column 1: found B; the sheet shows no more students below; paste the rest there.",
        "Row 3, column 1: found A; the sheet shows no more students below; paste the rest there.",
    ]


def test_what_changed_since_the_preview_stops_the_whole_block(lettered):
    proposal = paste(lettered, "Ada\tA\tA\n")
    ben = EnrollmentFactory(course=lettered.course, role="assistant").user
    review = lettered.students[0].reviews.get(paper__key="p2")
    set_mark(review=review, points=Decimal(8), revision=0, by=ben)

    response = apply(lettered, proposal)

    assert (response.status_code, [fault.refusal.code for fault in response.context["faults"]]) == (409, ["stale_version"])
    assert sorted(mark.points for mark in Mark.objects.all()) == [8, 8]


@pytest.mark.parametrize("text", ["", "\n\t\n", "a\x00b"])
def test_a_block_that_is_none_is_refused(lettered, text):
    assert lettered.client.post(lettered.url("paste"), {"text": text}).status_code == 422


DEEP, LONG = "[" * 100_000, "9" * 5_000  # more than Python reads


@pytest.mark.parametrize(("name", "field"), [("save", "was"), ("apply", "entries"), ("undo", "steps")])
@pytest.mark.parametrize("sent", [DEEP, LONG, "nothing", "[1]", json.dumps([["review-1", "\ud800"]])])
def test_what_no_page_sent_changes_nothing(lettered, name, field, sent):
    before = MarkChange.objects.count()

    response = lettered.client.post(lettered.url(name), {field: sent})

    assert (response.status_code, MarkChange.objects.count()) == (302, before)


@pytest.mark.parametrize("entry", [{"student": 2**63}, {"student": -1}, {"value": "\ud800"}, {"work": "\ud800"}])
def test_an_entry_that_no_preview_made_is_refused(lettered, entry):
    ada = lettered.students[0]
    entries = [{"student": ada.pk, "work": f"review-{ada.reviews.first().pk}", "value": "A", "revision": 0} | entry]

    response = lettered.client.post(lettered.url("apply"), {"entries": json.dumps(entries)}, follow=True)

    assert said(response) == ["These are no entries of a sheet. Paste the block again."]


@pytest.mark.parametrize("student", ["9" * 30, "٣"])
def test_a_cell_of_nobody_is_passed_over(lettered, student):
    key = f"{student}:review-1"

    response = lettered.client.post(lettered.url("save"), {"was": json.dumps({key: [0, ""]}), f"v:{key}": "A"}, follow=True)

    assert said(response) == ["Nothing had to change."]


@pytest.mark.parametrize("field", ["name", "section"])
def test_a_refused_sheet_is_shown_whatever_it_was_narrowed_by(lettered, field):
    ben = lettered.students[1]
    key = f"{ben.pk}:review-{ben.reviews.first().pk}"

    response = lettered.client.post(lettered.url("save"), {"was": json.dumps({key: [0, ""]}), f"v:{key}": "Z", field: "a\x00"})

    assert response.status_code == 409


def test_of_many_faults_the_first_are_shown_and_the_others_counted(lettered):
    response = lettered.client.post(lettered.url("paste"), {"text": "Nobody;A\n" * 203})

    page = response.content.decode()
    assert (page.count("found Nobody"), "203 cells cannot be taken" in page, "And 3 more." in page) == (200, True, True)


def test_what_is_entered_is_what_history_api_and_page_show(lettered):
    apply(lettered, paste(lettered, "ben@example.edu\tB\n"))

    slug, ben = lettered.course.slug, lettered.students[1]
    mark = Mark.objects.get(review__reviewer=ben)
    page = lettered.client.get(reverse("grading:student_grade", args=[slug, ben.pk])).context["grade"]
    marks = lettered.client.get(reverse("api:mark_list", args=[slug])).json()["results"]
    rows = lettered.client.get(reverse("api:mark_sheet", args=[slug, "only"])).json()["rows"]
    assert [item["shown"] for item in page["components"][0]["items"] if item["points"] is not None] == ["B"]
    assert [found["points"] for found in marks if found["work"] == f"review-{mark.review_id}"] == ["8.00"]
    assert [found["value"] for row in rows if row["student"] == ben.pk for found in row["cells"]] == ["B", ""]
    assert mark.changes.get().points_after == 8


def test_the_gradebook_leads_to_the_sheets(client, db):
    sheet = sheet_of(client, ece697il())
    student(sheet, "Ada")

    page = client.get(reverse("grading:gradebook", args=[sheet.course.slug])).content.decode()

    keys = ["presentation", "participation", "reviews", "talk", "report"]
    assert [key for key in keys if reverse("grading:sheet_page", args=[sheet.course.slug, key]) in page] == [
        "presentation", "reviews", "talk", "report",
    ]  # fmt: skip
