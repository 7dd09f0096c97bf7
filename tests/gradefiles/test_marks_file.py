"""Our own sheet of marks: out, edited, in again; and everything that can be wrong in one."""

import csv
import io
from decimal import Decimal

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.errors import DomainError, StaleVersion
from gradefiles import actions
from gradefiles.models import GradeImport
from gradefiles.writing import export
from grading.actions import release_component, set_mark, set_policy
from grading.models import Mark, MarkChange
from grading.queries.entries import ANONYMOUS
from tests.factories import EnrollmentFactory, PolicyFactory, SubmittedReviewFactory
from tests.gradefiles.world import POLICY, changes, faults
from tests.grading.examples import RUBRIC

pytestmark = pytest.mark.django_db
HEADINGS = [
    "id", "email", "name", "section",
    "Review: First, of many (of 10) [review:first]", "Review: +Second (of 10) [review:second]",
    "Presentation: First, of many, Body (of 10) [presentation:slot-1/body]", "Report (of 30) [milestone:report]",
    "Essay (of 20) [component:essay]",
]  # fmt: skip


def rows_of(text):
    return list(csv.reader(io.StringIO(text)))


def apply(run, by):
    return actions.apply_import(run=run, digest=run.plan_digest, by=by.user)


def test_sheet_has_every_mark_and_says_what_is_not_there(room):
    header, *rows = rows_of(room.out("marks.csv"))

    assert header == HEADINGS
    assert [row[1:] for row in rows] == [
        ["ben@example.edu", "'=Ben", "A", "", "EX", "", "25.00", ""],
        ["ada@example.edu", "Ada Lovelace", "A", "8.50", "", "N/A", "25.00", ""],
        ["cy@example.edu", "Cy Young", "B", "", "", "N/A", "", ""],
    ]


def test_work_that_is_marked_without_names_is_in_no_sheet_of_names_until_its_mark_is_released(room):
    reviews, *others = POLICY["components"]
    PolicyFactory(course=room.course, number=2, document=POLICY | {"components": [reviews | {"anonymous": True}, *others]})
    text = room.sheet(["email", "review:first"], ["ada@example.edu", "9"], ["ben@example.edu", "7"])

    refused = room.bring(text)
    assert [words.split("“9”; ")[-1] for words in faults(refused)][0] == ANONYMOUS
    assert (len(faults(refused)), changes(refused)) == (2, [])
    assert {row[4] for row in rows_of(room.out("marks.csv"))[1:]} == {""}
    assert room.bring(room.out("marks.csv")).plan["has_effect"] is False

    release_component(course=room.course, component_key="reviews", by=room.staff.user)
    assert {row[1]: row[4] for row in rows_of(room.out("marks.csv"))[1:]} == {
        "ada@example.edu": "8.50", "ben@example.edu": "", "cy@example.edu": "",
    }  # fmt: skip
    assert changes(room.bring(text.replace("ben@example.edu,7", "ben@example.edu,"))) == [("Ada Lovelace", "8.5", "9")]


def test_members_own_mark_stands_in_place_of_the_teams(room):
    room.mark("20", milestone=room.milestone, enrollment=room.ada)

    def reports(kind="marks.csv"):
        rows = list(csv.reader(io.StringIO(room.out(kind))))
        place = next(place for place, heading in enumerate(rows[0]) if heading.startswith("Report"))
        return [row[place] for email in ("ada@example.edu", "ben@example.edu") for row in rows if email in row]

    assert reports() == reports("canvas.csv") == ["20.00", "25.00"]
    assert room.bring(room.out("marks.csv")).plan["has_effect"] is False
    run = room.bring(room.sheet(["email", "milestone:report"], ["ada@example.edu", "21"], ["ben@example.edu", "26"]))
    assert changes(run) == [("Ada Lovelace", "20", "21"), ("=Ben", "25", "26")]
    actions.apply_import(run=run, digest=run.plan_digest, by=room.staff.user)
    assert reports() == ["21.00", "26.00"]
    run = room.bring(room.sheet(["email", "milestone:report"], ["ada@example.edu", "-"]))
    actions.apply_import(run=run, digest=run.plan_digest, by=room.staff.user)
    assert reports() == ["26.00", "26.00"]


def test_sheet_brought_back_changes_nothing(room):
    for kind, delimiter in (("marks.csv", ","), ("marks.csv", ";"), ("marks.xlsx", ",")):
        run = room.bring(export(room.staff, kind, delimiter=delimiter).content)

        assert (faults(run), changes(run), run.plan["unchanged"]) == ([], [], 4)
        assert run.plan["has_effect"] is False


def test_edited_workbook_sets_marks_keeps_comments_and_is_done_once(room):
    book = openpyxl.load_workbook(io.BytesIO(export(room.staff, "marks.xlsx").content))
    sheet = book.active
    assert sheet["C2"].value == "=Ben"
    assert sheet["C2"].data_type == "s"
    sheet["E3"], sheet["G2"], sheet["I4"] = 9.3, 7, 19.25
    sheet["H2"] = sheet["H3"] = "-"
    out = io.BytesIO()
    book.save(out)

    run = room.bring(out.getvalue())

    assert changes(run) == [
        ("=Ben", "", "7"), ("=Ben, Ada Lovelace", "25", ""), ("Ada Lovelace", "8.5", "9.3"), ("Cy Young", "", "19.25"),
    ]  # fmt: skip
    assert room.points(review=room.review) == Decimal("8.5")
    run = apply(run, room.staff)
    assert (run.state, run.content) == ("applied", None)
    assert room.points(review=room.review) == Decimal("9.3")
    assert Mark.objects.get(review=room.review).comment == "Good."
    assert room.points(milestone=room.milestone, team=room.team) is None
    assert room.points(enrollment=room.cy, component="essay") == Decimal("19.25")
    history = MarkChange.objects.count()
    assert changes(room.bring(out.getvalue())) == []
    assert apply(run, room.staff).state == "applied"
    assert MarkChange.objects.count() == history


BAD = [
    # student cells, column, cell, what is said
    (["", "zoe@example.edu", ""], "review:first", "8", "Row 2, column A: found “zoe@example.edu”; unknown student"),
    (["", "", "Twin"], "review:first", "8", "two students of the course match"),
    (["", "ada@example.edu", ""], "review:first", "10.01", "found “10.01”; points here go from 0 to 10."),
    (["", "ada@example.edu", ""], "review:first", "-1", "points here go from 0 to 10."),
    (["", "ada@example.edu", ""], "review:first", "8.125", "points have two decimals at most."),
    (["", "ada@example.edu", ""], "review:first", "8,5", "found “8,5”; expected a number from 0 to 10, - to clear"),
    (["", "ada@example.edu", ""], "review:first", "1e1", "expected a number from 0 to 10"),
    (["", "ada@example.edu", ""], "review:first", "nan", "expected a number from 0 to 10"),
    (["", "ada@example.edu", ""], "review:first", "٣", "expected a number from 0 to 10"),
    (["", "ada@example.edu", ""], "review:first", "=A1", "a formula; expected a number"),
    (["", "ada@example.edu", ""], "review:first", "8\x00", "found “8�”; a NUL character (U+0000); expected a number"),
    (["", "ada@example.edu", ""], "review:first", "\x01\x00", "found “��”; a control character (U+0001)"),
    (["", "ada@example.edu", ""], "review:first", "EX", "a file cannot excuse a student"),
    (["", "ada@example.edu", ""], "review:nothing", "8", "Row 1, column D: found “review:nothing”; unknown column"),
    (["", "cy@example.edu", ""], "review:first", "8", "there is nothing to mark: no review of this paper is handed in."),
    (["", "ada@example.edu", ""], "presentation:slot-1/body", "8", "this work is not asked of this student"),
    (["", "ben@example.edu", ""], "review:second", "8", "this student is exempt from it."),
    (["", "cy@example.edu", ""], "milestone:report", "8", "there is nothing to mark: this student is in no team."),
]


def test_bad_cell_is_named_and_nothing_is_applied(room):
    for _ in range(2):
        EnrollmentFactory(course=room.course, user__name="Twin")
    for who, column, cell, said in BAD:
        run = room.bring(room.sheet(["id", "email", "name", column], [*who, cell]))

        assert [said in words for words in faults(run)] == [True], (cell, faults(run))
    with pytest.raises(DomainError) as refusal:
        apply(run, room.staff)
    assert refusal.value.code == "bad_lines"
    assert room.points(review=room.review) == Decimal("8.5")


def test_rows_and_columns_that_contradict_are_named(room):
    run = room.bring(
        room.sheet(
            ["id", "email", "review:first", "review:first", "milestone:report"],
            [room.ada.pk, "ada@example.edu", "9", "", "24"],
            [room.ben.pk, "ada@example.edu", "", "", ""],
            [room.ada.pk, "", "", "", ""],
            [room.ben.pk, "", "", "", "25"],
        )
    )

    assert faults(run) == [
        "Row 1, column D: found “review:first”; two columns are for the same piece of work.",
        f"Row 3, column A: found “ada@example.edu, id {room.ben.pk}”; "
        "the row names two students: ben@example.edu and ada@example.edu.",
        f"Row 4, column A: found “id {room.ada.pk}”; this student is already on row 2.",
        "Row 5, column E (milestone:report): found “25”; "
        "row 2 says 24 for the same team's mark; give all its members the same.",
    ]


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"  \n", "The file is empty"),
        (b"email,review:first\nada@example.edu,\xe9", "Line 2 has a byte (0xE9) that is not UTF-8"),
        (b'email,review:first\nada@example.edu,"8', "Line 2: a quote"),
        (b"a,b\n1,2", "Row 1 is no header"),
        (b"PK\x03\x04 not really", "cannot be read"),
        (b"x" * (10 * 1024 * 1024 + 1), "at most 10,485,760 (10 MB) are taken"),
    ],
)
def test_file_that_cannot_be_read_says_why(room, raw, said):
    try:
        words = room.bring(raw).words
    except DomainError as refusal:
        words = refusal.message

    assert said in words


def test_formulas_truths_and_percentages_of_a_workbook_are_named(room):
    book = openpyxl.Workbook()
    book.active.append(["email", "review:first", "review:second", "component:essay"])
    book.active.append(["ada@example.edu", "=4+4", True, 0.85])
    book.active["D2"].number_format = "0%"
    book.active.append(["ben@example.edu", None, None, 17])
    book.active["D3"].number_format = '0.0" of 20, not %"'
    out = io.BytesIO()
    book.save(out)

    run = room.bring(out.getvalue())

    assert [words.split("; expected")[0] for words in faults(run)] == [
        "Row 2, column B (review:first): found “=4+4”; a formula",
        "Row 2, column C (review:second): found “TRUE”; true or false",
        "Row 2, column D (component:essay): found “85 %”; a percentage",
    ]


@pytest.mark.parametrize(
    "raw", ["\ufeffemail;review:first\r\nADA@example.edu;9,25\r\n;\r\n", "email\treview:first\nada@example.edu\t9.25"]
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_byte_order_marks_semicolons_tabs_and_utf_16_are_read(room, raw, encoding):
    run = room.bring(raw.removeprefix("\ufeff" if encoding == "utf-16" else "").encode(encoding))

    assert (faults(run), changes(run)) == ([], [("Ada Lovelace", "8.5", "9.25")])


def test_mark_changed_since_the_preview_refuses_and_shows_the_new_state(room):
    run = room.bring(room.sheet(["email", "review:first"], ["ada@example.edu", "9"], ["ben@example.edu", "7"]))
    room.mark("8.75", review=room.review)

    with pytest.raises(StaleVersion):
        apply(run, room.staff)

    run.refresh_from_db()
    assert (run.state, changes(run)) == ("ready", [("Ada Lovelace", "8.75", "9"), ("=Ben", "", "7")])
    assert room.points(review=room.review) == Decimal("8.75")
    assert room.points(review=room.bens_review) is None
    assert apply(run, room.staff).state == "applied"


def test_undo_sets_back_and_keeps_what_was_changed_since(room):
    run = room.bring(
        room.sheet(["email", "review:first", "component:essay"], ["ada@example.edu", "9", "15"], ["ben@example.edu", "7", ""])
    )
    run = apply(run, room.staff)
    room.mark("6", review=room.bens_review)

    run = actions.undo_import(run=run, by=room.staff.user)

    assert run.state == "undone"
    assert run.kept == [{"who": "=Ben", "title": "Review: First, of many", "why": "the mark was changed since"}]
    assert room.points(review=room.review) == Decimal("8.5")
    assert room.points(enrollment=room.ada, component="essay") is None
    assert room.points(review=room.bens_review) == Decimal("6")
    assert actions.undo_import(run=run, by=room.staff.user).state == "undone"
    assert room.points(review=room.bens_review) == Decimal("6")
    whys = MarkChange.objects.filter(mark__review=room.review).order_by("pk").values_list("reason", flat=True)
    assert list(whys) == ["", "From the file marks.csv", "Undone: the file marks.csv"]


@pytest.mark.parametrize(("rubric", "levels"), [("the same", ["well", "partly", "not there"]), ("another", [])])
def test_undo_sets_back_the_levels_of_a_rubric_as_long_as_it_has_them(room, rubric, levels):
    reviews, *rest = POLICY["components"]
    three, two = (POLICY | {"components": [reviews | {"rubric": RUBRIC[:parts]}, *rest]} for parts in (3, 2))
    set_policy(course=room.course, document=three, by=room.staff.user)
    chosen = {"summary": Decimal(2), "critique": Decimal(1), "ideas": Decimal(0)}
    set_mark(review=room.other_review, points=None, levels=chosen, comment="Fine.", revision=0, by=room.staff.user)
    run = apply(room.bring(room.sheet(["email", "review:second"], ["ada@example.edu", "4"])), room.staff)
    if rubric == "another":
        set_policy(course=room.course, document=two, by=room.staff.user)

    actions.undo_import(run=run, by=room.staff.user)

    mark = Mark.objects.get(review=room.other_review)
    assert (mark.points, mark.comment) == (Decimal(3), "Fine.")
    assert [level["level"] for level in mark.levels] == levels


def test_assistant_brings_marks_of_their_section_only(room):
    assistant = EnrollmentFactory(course=room.course, role="assistant", section="B")

    run = room.bring(room.sheet(["email", "component:essay"], ["cy@example.edu", "9"], ["ada@example.edu", "9"]), assistant)

    assert [words.split(";")[0] for words in faults(run)] == ["Row 3, column A: found “ada@example.edu”"]
    assert [row[1] for row in rows_of(room.out("marks.csv", assistant))[1:]] == ["cy@example.edu"]


def test_large_file_is_read_and_applied_by_a_worker(room, monkeypatch, django_capture_on_commit_callbacks):
    monkeypatch.setattr(actions, "INLINE_BYTES", 0)
    monkeypatch.setattr(actions, "INLINE_CHANGES", 0)
    text = room.sheet(["email", "review:first"], ["ada@example.edu", "9"])

    with django_capture_on_commit_callbacks() as first:
        run = room.bring(text, applies_itself=True)
    assert run.state == "planned"
    first[0]()

    run.refresh_from_db()
    assert (run.state, room.points(review=room.review)) == ("applied", Decimal(9))
    with django_capture_on_commit_callbacks(execute=True):
        assert actions.undo_import(run=run, by=room.staff.user).state == "undoing"
    assert GradeImport.objects.get(pk=run.pk).state == "undone"
    assert room.points(review=room.review) == Decimal("8.5")


def test_number_of_queries_does_not_grow_with_students(room):
    def count(act):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            act()
        return len(queries)

    text = room.sheet(["email", "review:first"], ["ada@example.edu", "8.5"])
    before = [count(lambda kind=kind: export(room.staff, kind)) for kind in ("grades.csv", "marks.csv", "canvas.csv")]
    before.append(count(lambda: room.bring(text)))
    for _ in range(3):
        student = EnrollmentFactory(course=room.course)
        room.mark("5", review=SubmittedReviewFactory(paper=room.first, reviewer=student))
        text += f"{student.user.email},5\n"
        text = text.replace(",5\n", ",5.0\n")

    after = [count(lambda kind=kind: export(room.staff, kind)) for kind in ("grades.csv", "marks.csv", "canvas.csv")]
    after.append(count(lambda: room.bring(text)))

    assert after == before
