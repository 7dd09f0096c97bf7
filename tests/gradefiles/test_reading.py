"""Whatever bytes come: a table, or words for a person."""

import io
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import DomainError
from gradefiles.reading import MAX_UNPACKED, read_number, read_table
from gradefiles.writing import workbook

WORKBOOK = workbook([["email", "review:first"], ["ada@example.edu", "8"], ["=1+1", None]], title="marks")


def read(raw):
    try:
        return read_table(raw)
    except DomainError as refusal:
        return None if refusal.code == "unreadable" else pytest.fail(refusal.code)


@settings(max_examples=100)
@given(st.one_of(st.binary(max_size=200), st.text("ab\",;\t\n\r\x00\ufeff'=é1.", max_size=60).map(str.encode)))
def test_any_bytes_are_a_table_or_are_refused(raw):
    assert is_refused_or_text(read(raw))


def is_refused_or_text(table) -> bool:
    return table is None or all(isinstance(cell, str) and "\x00" not in cell for _, row in table.rows for cell in row)


@settings(max_examples=60)
@given(st.integers(4, len(WORKBOOK) - 1), st.binary(min_size=1, max_size=8))
def test_damaged_workbook_is_read_or_refused(place, noise):
    assert is_refused_or_text(read(WORKBOOK[:place] + noise + WORKBOOK[place + len(noise) :]))


@settings(max_examples=60)
@given(
    st.sampled_from(["xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/sharedStrings.xml", "[Content_Types].xml"]), st.data()
)
def test_workbook_with_other_xml_is_read_or_refused(name, data):
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(WORKBOOK)) as given_book, zipfile.ZipFile(out, "w") as book:
        for member in given_book.namelist():
            content = given_book.read(member)
            if member == name:
                place = data.draw(st.integers(0, len(content)))
                content = (
                    content[:place]
                    + data.draw(st.sampled_from([b"", b"9", b"<", b"&#0;", b'"', b"-1", b"e9", b"AAAA1"]))
                    + content[place:]
                )
            book.writestr(member, content)
    assert is_refused_or_text(read(out.getvalue()))


def test_workbook_that_unpacks_to_too_much_is_refused_before_it_is_read():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("xl/worksheets/sheet1.xml", b" " * (MAX_UNPACKED + 1))
    assert read(out.getvalue()) is None


def test_xml_entities_are_not_expanded():
    bomb = (
        b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "8">]>'
        b"<worksheet><sheetData><row><c><v>&b;</v></c></row></sheetData></worksheet>"
    )
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(WORKBOOK)) as given_book, zipfile.ZipFile(out, "w") as book:
        for member in given_book.namelist():
            book.writestr(member, bomb if member.endswith("sheet1.xml") else given_book.read(member))
    assert read(out.getvalue()) is None


def test_numbers_are_read_as_people_write_them():
    said = {
        text: read_number(text, decimal_comma=True)
        for text in ("8,5", "8.5", "08", "+8", "8.", ".5", "1 000", "8,5,5", "8e1", "")
    }

    assert {text: str(number) for text, number in said.items() if number is not None} == {
        "8,5": "8.5", "8.5": "8.5", "08": "8", "+8": "8",
    }  # fmt: skip
