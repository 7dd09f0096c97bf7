"""One student's grade in random worlds: page = API = CSV = XLSX = Canvas, to the digit."""

import csv
import io
from decimal import Decimal

import openpyxl
import pytest
import time_machine
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from gradefiles.actions import start_import
from gradefiles.writing import export
from grading.actions import set_override
from tests.effort import examples
from tests.gradefiles.canvas import CanvasReader
from tests.grading.test_agreement import NOW, Viewer, World, shown, slow

pytestmark = pytest.mark.django_db


def said(value) -> str:
    """A number as it is whatever its zeros, "" for nothing."""
    return "" if value in (None, "") else f"{Decimal(str(value)).normalize():f}"


def in_table(rows) -> dict[str, tuple]:
    header, *lines = rows
    named = [dict(zip(header, line, strict=True)) for line in lines]
    return {
        line["email"]: (said(line["total so far"]), said(line["total final"]), line["letter so far"] or "") for line in named
    }


def in_workbook(content: bytes) -> dict[str, tuple]:
    return in_table([[cell.value for cell in row] for row in openpyxl.load_workbook(io.BytesIO(content)).active.iter_rows()])


def in_canvas(text: str, emails) -> dict[str, dict[str, tuple]]:
    file = CanvasReader(text)
    rows = {email: file.cells(email) for email in emails}
    return {
        word: {
            email: (said(row[f"{word}Current Score"]), said(row[f"{word}Final Score"]), row[f"{word}Current Grade"])
            for email, row in rows.items()
        }
        for word in ("", "Unposted ")
    }


def numbers(views: dict, students) -> dict[str, tuple]:
    return {student.user.email: (said(total), said(final), letter) for student in students
            for total, final, letter in [views[student.pk]]}  # fmt: skip


@settings(slow, max_examples=examples(4))
@given(st.integers(0, 2**32))
def test_every_file_says_what_page_and_api_say(client, seed):
    with transaction.atomic(), time_machine.travel(NOW, tick=False):
        world = World(seed)
        active = world.students[:2]
        staff = Viewer(client, world.course, world.staff)
        in_api = numbers(staff.listed(), active)
        pages = {student.pk: shown(staff.get("grading:student_grade", student.pk).content.decode()) for student in active}
        canvas = in_canvas(export(world.staff, "canvas.csv").content.decode(), in_api)
        released = {}
        for student in active:
            released |= Viewer(client, world.course, student).listed()

        in_csv = in_table(csv.reader(io.StringIO(export(world.staff, "grades.csv").content.decode())))
        assert in_csv == in_workbook(export(world.staff, "grades.xlsx").content) == in_api == numbers(pages, active)
        assert canvas["Unposted "] == in_api
        assert canvas[""] == numbers(released, active)
        for kind in ("marks.csv", "marks.xlsx", "canvas.csv"):
            run = start_import(marker=world.staff, raw=export(world.staff, kind).content, file_name=kind)
            assert (run.plan["faults"], run.plan["changes"], run.plan["left_out"]) == ([], [], [])
        transaction.set_rollback(True)


def test_the_gradebooks_file_names_what_was_set_by_hand(room):
    for component, percent in (("talk", 90), ("", 80)):
        set_override(
            student=room.ada, component=component, percent=Decimal(percent), reason="So", is_shown=False, by=room.staff.user
        )

    rows = csv.DictReader(io.StringIO(export(room.staff, "grades.csv").content.decode()))

    assert {row["email"]: row["set by hand"] for row in rows} == {
        "ada@example.edu": "Talk, Total",
        "ben@example.edu": "",
        "cy@example.edu": "",
    }
