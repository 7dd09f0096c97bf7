"""Tables as files: which there are, and their bytes."""

import io
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.utils import get_column_letter

from core.csv_text import csv_text
from courses.models import Enrollment
from gradefiles import tables

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv; charset=utf-8"
DELIMITERS = {"comma": ",", "semicolon": ";"}


@dataclass(frozen=True, slots=True)
class Export:
    title: str
    table: Callable[..., Iterator[list[Any]]]
    is_workbook: bool = False


EXPORTS = {
    "grades.csv": Export("Gradebook, CSV", tables.gradebook_table),
    "grades.xlsx": Export("Gradebook, XLSX", tables.gradebook_table, is_workbook=True),
    "marks.csv": Export("Every mark, CSV", tables.marks_table),
    "marks.xlsx": Export("Every mark, XLSX", tables.marks_table, is_workbook=True),
    "canvas.csv": Export("Gradebook of Canvas, CSV", tables.canvas_table),
}


@dataclass(frozen=True, slots=True)
class File:
    name: str
    content_type: str
    content: bytes


def export(marker: Enrollment, kind: str, *, delimiter: str = ",", ids: str = "") -> File:
    """`kind` is a key of EXPORTS. With ";" numbers have a decimal comma, as the spreadsheets that want it have."""
    asked = EXPORTS[kind]
    rows = asked.table(marker, ids=ids) if kind == "canvas.csv" else asked.table(marker)
    name = f"{marker.course.slug}-{kind}"
    if asked.is_workbook:
        return File(name, XLSX, workbook(rows, title=kind.split(".")[0]))
    if delimiter == ";":
        rows = ([str(cell).replace(".", ",") if isinstance(cell, Decimal) else cell for cell in row] for row in rows)
    return File(name, CSV, csv_text(rows, delimiter=delimiter).encode())


def workbook(rows: Iterable[list[Any]], *, title: str) -> bytes:
    """One sheet with its header and the names held in place; text is text, whatever it begins with."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title)
    sheet.freeze_panes = "D2"
    for column, width in zip("ABCD", (8, 28, 24, 10), strict=True):
        sheet.column_dimensions[column].width = width
    for number, row in enumerate(rows):
        if not number:
            for place in range(4, len(row)):
                sheet.column_dimensions[get_column_letter(place + 1)].width = 14
        sheet.append([_cell(sheet, cell) for cell in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _cell(sheet, value: Any) -> Any:
    if isinstance(value, str):
        cell = WriteOnlyCell(sheet, "".join(sign for sign in value if sign.isprintable() or sign == "\n"))
        cell.data_type = "s"  # "=1+1" as a name is a name
        return cell
    if isinstance(value, Decimal):
        cell = WriteOnlyCell(sheet, value)
        cell.number_format = "0." + "0" * -value.as_tuple().exponent if value.as_tuple().exponent < 0 else "0"
        return cell
    return value
