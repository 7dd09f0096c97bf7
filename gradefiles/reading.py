"""Bytes of a spreadsheet -> a table of cells with their places. Pure: reads no database.

CSV in UTF-8 or UTF-16, separated by commas, semicolons or tabs, or the first sheet of an XLSX workbook.
"""

import csv
import io
import re
import unicodedata
import warnings
import zipfile
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils import get_column_letter

from core.csv_text import FORMULA
from core.errors import DomainError

MAX_BYTES = 10 * 1024 * 1024
MAX_UNPACKED = 40 * 1024 * 1024  # of a workbook, which is a zip
MAX_ROWS, MAX_COLUMNS, MAX_CELLS = 5_000, 1_000, 500_000
LAST_ROW = 100_000  # of a workbook, empty ones counted
DELIMITERS = ",;\t"


class BadCell(str):
    """A cell that holds nothing that could be read as text or number; `why` says what is there."""

    why: str

    def __new__(cls, text: str, why: str):
        cell = super().__new__(cls, text)
        cell.why = why
        return cell


@dataclass(frozen=True, slots=True)
class Table:
    """`rows` are (number in the file, cells); blank rows are left out. `decimal_comma`: 8,5 is eight and a half."""

    rows: list[tuple[int, list[str]]]
    decimal_comma: bool = False

    @property
    def header(self) -> list[str]:
        return self.rows[0][1]


def unreadable(words: str) -> DomainError:
    return DomainError(words, field="file", code="unreadable")


def read_table(raw: bytes) -> Table:
    """Raises DomainError (code `unreadable`) when something is wrong with the file as a whole."""
    if len(raw) > MAX_BYTES:
        raise unreadable(f"The file has {len(raw):,} bytes; at most {MAX_BYTES:,} (10 MB) are taken.")
    table = _workbook(raw) if raw.startswith(b"PK\x03\x04") else _csv(_decoded(raw))
    if not table.rows:
        raise unreadable("The file is empty; expected a header row and one row for each student.")
    return table


def letter(place: int) -> str:
    """The name that a spreadsheet gives the column at `place` (from 0)."""
    return get_column_letter(place + 1)


def plain_text(cell: str) -> str:
    """What a text cell says, without the apostrophe that our exports put before a would-be formula."""
    text = " ".join(unicodedata.normalize("NFC", cell).split())
    return text[1:] if text.startswith("'") and text[1:].startswith(FORMULA) else text


# CSV


def _decoded(raw: bytes) -> str:
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            return raw.decode("utf-16")
        except UnicodeDecodeError:
            raise unreadable("The file begins like UTF-16 and is not. Save it as “CSV UTF-8”.") from None
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        number = raw.count(b"\n", 0, error.start) + 1
        raise unreadable(
            f"Line {number} has a byte (0x{raw[error.start]:02X}) that is not UTF-8. Save the file as “CSV UTF-8” or XLSX."
        ) from None


def _csv(text: str) -> Table:
    delimiter = _delimiter(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    taken = _Taker()
    number = 1
    try:
        for row in reader:
            taken.take(number, [_checked(cell) for cell in row])
            number = reader.line_num + 1
    except csv.Error as error:
        is_long = "field limit" in str(error)
        words = "a cell is too long" if is_long else 'a quote (") is opened and not closed, or text follows a closing quote'
        raise unreadable(f"Line {max(number, reader.line_num)}: {words}.") from None
    return Table(taken.rows, decimal_comma=delimiter == ";")


def _delimiter(text: str) -> str:
    """The one that cuts the first lines into the most cells, equally many in each; or the one most used there."""
    sample = "\n".join(text.splitlines()[:3])
    found = {}
    for delimiter in DELIMITERS:
        try:
            counts = {len(row) for row in csv.reader(io.StringIO(sample), delimiter=delimiter, strict=True) if row}
        except csv.Error:
            counts = set()
        found[delimiter] = counts.pop() if len(counts) == 1 else 0
    best = max(DELIMITERS, key=lambda delimiter: found[delimiter])
    return best if found[best] > 1 else max(DELIMITERS, key=sample.count)


UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


def _checked(cell: str) -> str:
    """The cell without blanks around; with control characters it is bad, and without them fit to be stored."""
    if match := UNPRINTABLE.search(cell):
        name = "a NUL character (U+0000)" if match[0] == "\x00" else f"a control character (U+{ord(match[0]):04X})"
        return BadCell(UNPRINTABLE.sub("\ufffd", cell), name)
    return cell.strip()


class _Taker:
    """Collects rows, and refuses when they are too many."""

    def __init__(self):
        self.rows: list[tuple[int, list[str]]] = []
        self.cells = 0

    def take(self, number: int, cells: list[str]) -> None:
        while cells and not cells[-1]:
            cells.pop()
        if not cells or not any(cells):
            return
        self.rows.append((number, cells))
        self.cells += len(cells)
        if len(cells) > MAX_COLUMNS:
            raise unreadable(f"Row {number} has {len(cells):,} columns; at most {MAX_COLUMNS:,} are taken.")
        if len(self.rows) > MAX_ROWS or self.cells > MAX_CELLS:
            raise unreadable(f"The file is larger than {MAX_ROWS:,} rows or {MAX_CELLS:,} cells; split it.")


# XLSX

QUOTED = re.compile(r'"[^"]*"|\\.')  # of a number's format: what is written beside the number


def _workbook(raw: bytes) -> Table:
    taken = _Taker()
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as packed:
            if sum(info.file_size for info in packed.infolist()) > MAX_UNPACKED:
                raise unreadable("The workbook unpacks to more than 40 MB; save the sheet of marks alone.")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl warns of styles and extensions that do not matter here
            book = load_workbook(io.BytesIO(raw), read_only=True, keep_links=False)
            sheet = book.worksheets[0]
            sheet.reset_dimensions()  # what the file says of its own size may be anything
            for number, row in enumerate(sheet.iter_rows(), start=1):
                if number > LAST_ROW:
                    raise unreadable(f"The sheet has something below row {LAST_ROW:,}; delete the empty rows above it.")
                taken.take(number, [_cell_of(cell) for cell in row])
            book.close()
    except DomainError:
        raise
    except Exception as error:  # of a damaged file, zip, zlib, expat and openpyxl raise whatever they come upon
        raise unreadable(
            "The file begins like an XLSX workbook and cannot be read as one. Save it again, or as CSV."
        ) from error
    return Table(taken.rows)


def _cell_of(cell: Any) -> str:
    value, kind = cell.value, cell.data_type
    if value is None:
        return ""
    if kind == "f":
        return BadCell(str(getattr(value, "text", value)), "a formula")
    if kind == "e":
        return BadCell(str(value), "an error value")
    if isinstance(value, bool):
        return BadCell(str(value).upper(), "true or false")
    if isinstance(value, int | float):
        if "%" in QUOTED.sub("", cell.number_format or ""):  # 85 % is kept as 0.85, and would be taken for that many points
            return BadCell(f"{value * 100:.10g} %", "a percentage")
        return f"{Decimal(repr(value)).normalize():f}" if abs(value) < 1e15 else repr(value)
    return _checked(value) if isinstance(value, str) else BadCell(str(value), "a date")


# Numbers

NUMBER = re.compile(r"[+-]?\d{1,9}(?:\.\d{1,20})?", re.ASCII)


def read_number(text: str, *, decimal_comma: bool) -> Decimal | None:
    """The number, or None for what is none."""
    if decimal_comma and "." not in text:
        text = text.replace(",", ".")
    return Decimal(text) if NUMBER.fullmatch(text) else None
