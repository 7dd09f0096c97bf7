"""The gradebook CSV of Canvas, in both directions."""

import csv
import io
from decimal import Decimal

import pytest
from django.urls import reverse

from courses.models import Paper
from gradefiles import actions
from gradefiles.models import CanvasColumn, CanvasStudent
from grading.actions import release_component
from grading.queries import grades_of
from tests.factories import EnrollmentFactory
from tests.gradefiles.canvas import TOTALS, CanvasReader, canvas_file
from tests.gradefiles.world import changes, faults

pytestmark = pytest.mark.django_db
ASSIGNMENTS = [("Review: First, of many (9001)", "10.00"), ("Essay (9002)", "20.00"), ("Pop quiz (9003)", "5.00")]
PEOPLE = [
    ("Lovelace, Ada", "71", "S-71", "ada", "01", "9.25", "", "4.00"),
    ("Young, Cy", "72", "S-72", "cy@example.edu", "01", "N/A", "", "4.00"),
    ("Student, Test", "79", "", "0a1b2c", "01", "", "", ""),
]


def apply(run, by):
    return actions.apply_import(run=run, digest=run.plan_digest, by=by.user)


@pytest.mark.parametrize("delimiter", ["comma", "semicolon"])
def test_our_file_is_read_as_canvas_reads(room, delimiter):
    release_component(course=room.course, component_key="reviews", by=room.staff.user)
    room.mark("9.25", review=room.review, comment="Good.")  # waits for its own release

    file = CanvasReader(room.out("canvas.csv", delimiter={"comma": ",", "semicolon": ";"}[delimiter]))

    assert file.delimiter == {"comma": ",", "semicolon": ";"}[delimiter]
    assert file.header[:5] == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section"]
    titles = ["Review: First, of many", "Review: +Second", "Presentation: First, of many, Body", "Report", "Essay"]
    heads = [f"{title} ({number})" for title, number in zip(titles, file.ids, strict=True)]
    assert file.header[5:10] == heads
    assert file.header[10:] == [
        *(f"{group} {score}" for group in ("Reviews", "Talk", "Project", "Essay") for score in TOTALS),
        *TOTALS,
        *(score.replace("Score", "Grade") for score in TOTALS),
    ]
    assert list(file.out_of().values()) == [Decimal(value) for value in ("10", "10", "10", "30", "20")]
    assert {file.possible[place] for place in file.totals} == {"(read only)"}
    assert len(file.posting) == 1
    ada, ben = file.cells("ada@example.edu"), file.cells("ben@example.edu")
    assert (ada["ID"], ada["Section"]) == (str(room.ada.pk), "A")
    assert [ada[head] for head in heads] == ["9.25", "", "N/A", "25.00", ""]
    assert [ben[head] for head in heads] == ["", "EX", "", "25.00", ""]
    every = grades_of(room.course, audience="staff")[room.ada.pk]
    seen = grades_of(room.course, audience="student")[room.ada.pk]
    assert (Decimal(ada["Unposted Current Score"]), Decimal(ada["Current Score"])) == (every.total, seen.total)
    assert (Decimal(ada["Unposted Final Score"]), Decimal(ada["Final Score"])) == (every.total_final, seen.total_final)
    assert (ada["Reviews Unposted Current Score"], ada["Reviews Current Score"]) == ("92.50", "85.00")
    assert (ada["Project Unposted Current Score"], ada["Project Current Score"]) == ("83.33", "0.00")
    assert (ada["Unposted Current Grade"], ada["Final Grade"]) == (every.letter, seen.letter_final)


def test_our_file_brought_back_changes_nothing_and_teaches_nothing(room):
    for more in ({}, {"delimiter": ";"}, {"ids": "none"}):
        run = room.bring(room.out("canvas.csv", **more))

        assert (faults(run), changes(run), run.plan["left_out"], run.plan["has_effect"]) == ([], [], [], False)


def test_number_that_ends_a_title_is_no_id(room):
    Paper.objects.filter(pk=room.first.pk).update(title="Attention (2017)")

    ours = room.bring(room.out("canvas.csv", ids="none"))
    ada = ("Ada Lovelace", "9001", "", "ada@example.edu", "A", "9")
    theirs = room.bring(canvas_file([("Review: Attention (2017) (4711)", "10.00")], [ada]))

    assert (faults(ours), changes(ours), ours.plan["left_out"], ours.plan["columns"]) == ([], [], [], {})
    assert changes(theirs) == [("Ada Lovelace", "8.5", "9")]
    assert theirs.plan["columns"] == {"review:first": ["4711", "Review: Attention (2017)"]}


@pytest.mark.parametrize("delimiter", [",", ";"])
def test_file_of_canvas_sets_marks_and_teaches_its_ids(room, delimiter):
    people = [[*row[:5], *(cell.replace(".", ",") if delimiter == ";" else cell for cell in row[5:])] for row in PEOPLE]

    run = room.bring(canvas_file(ASSIGNMENTS, people, delimiter=delimiter))

    assert (faults(run), changes(run)) == ([], [("Ada Lovelace", "8.5", "9.25")])
    assert run.plan["left_out"] == ["column H (Pop quiz (9003))"]
    assert run.plan["absent"] == 1
    assert not CanvasStudent.objects.exists()
    run = apply(run, room.staff)
    assert room.points(review=room.review) == Decimal("9.25")
    file = CanvasReader(room.out("canvas.csv"))
    assert file.ids == ["9001", "", "", "", "9002"]
    assert [(row[1], row[2], row[3]) for row in file.students] == [
        ("", "", "ben@example.edu"), ("71", "S-71", "ada"), ("72", "S-72", "cy@example.edu"),
    ]  # fmt: skip
    again = room.bring(room.out("canvas.csv"))
    assert (faults(again), changes(again), again.plan["has_effect"]) == ([], [], False)


def test_ids_of_canvas_hold_when_title_login_and_name_change(room):
    CanvasStudent.objects.create(course=room.course, enrollment=room.ada, canvas_id="71", sis_user_id="S-71", login_id="ada")
    CanvasColumn.objects.create(course=room.course, key="component:essay", canvas_id="9002", title="Essay")
    people = [
        ("King, Augusta", "71", "", "aking", "", "15.335"),
        ("Nobody", "72", "", "nobody", "", "1"),
        ("Someone", "", "S-71", "", "", "2"),
    ]

    run = room.bring(canvas_file([("Long essay (9002)", "")], people, posting=False))

    assert changes(run) == [("Ada Lovelace", "", "15.34")]
    assert [words.split("; ")[1] for words in faults(run)] == [
        "unknown student",
        "this student is already on row 3.",
    ]


def test_portal_number_that_is_another_students_id_in_canvas_is_not_believed(room):
    people = [("Young, Cy", str(room.ada.pk), "", "cy", "", "12")]

    run = room.bring(canvas_file([("Essay (9002)", "20")], people))

    assert changes(run) == [("Cy Young", "", "12")]


def test_points_possible_excuses_and_names_that_do_not_fit_are_named(room):
    EnrollmentFactory(course=room.course, user__name="Ada Lovelace")
    people = [("Lovelace, Ada", "71", "", "", "", "9"), ("Cy", "72", "", "cy", "", "ex")]

    run = room.bring(canvas_file([("Essay (9002)", "100")], people))

    assert [words.split("; ", 1)[0] for words in faults(run)] == [
        "Row 3, column F (Essay (9002)): found “100”",
        "Row 4, column A: found “Lovelace, Ada, id 71”",
        "Row 5, column F (Essay (9002)): found “ex”",
    ]
    assert "two students of the course match" in faults(run)[1]


def test_separate_first_and_last_names_are_read(room):
    out = io.StringIO()
    head = ["LastName", "FirstName", "ID", "SIS Login ID", "Integration ID", "Root Account", "Section", "Notes", "Essay (9002)"]
    csv.writer(out).writerows([head, ["Young", "Cy", "72", "", "", "", "", "tall", "12"]])

    run = room.bring(out.getvalue())

    assert (faults(run), changes(run), run.plan["left_out"]) == ([], [("Cy Young", "", "12")], ["column H (Notes)"])


def test_column_under_another_title_is_named_by_a_person_and_then_known_by_its_id(room, client):
    file = canvas_file([("Homework (9007)", "20"), ("Quiz (9008)", "5")], [("Cy Young", "72", "", "cy", "", "12", "3")])
    run = room.bring(file)
    assert (changes(run), run.plan["unknown"]) == ([], ["Homework (9007)", "Quiz (9008)"])
    client.force_login(room.staff.user)
    address = reverse("gradefiles:import_columns", args=[room.course.slug, run.pk])
    page = client.get(reverse("gradefiles:import_detail", args=[room.course.slug, run.pk])).content.decode()
    assert '<option value="component:essay">Essay</option>' in page

    client.post(address, {"column-0": "component:essay", "column-1": "component:essay"})
    run.refresh_from_db()
    assert changes(run) == []
    client.post(address, {"column-0": "component:essay"})

    run.refresh_from_db()
    assert (changes(run), run.plan["left_out"]) == ([("Cy Young", "", "12")], ["column G (Quiz (9008))"])
    apply(run, room.staff)
    assert changes(room.bring(file.replace("Homework", "Home work").replace("12", "13"))) == [("Cy Young", "12", "13")]
    assert CanvasReader(room.out("canvas.csv")).header[9] == "Homework (9007)"


def test_id_of_one_work_with_the_title_of_another_is_left_out(room):
    CanvasColumn.objects.create(course=room.course, key="milestone:report", canvas_id="9002", title="Report")

    run = room.bring(canvas_file([("Essay (9002)", "20")], [("Cy Young", "72", "", "cy", "", "12")]))

    assert (changes(run), run.plan["left_out"]) == ([], ["column F (Essay (9002))"])
