"""The roster parser: text -> lines and problems."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from courses.roster import MAX_CHARACTERS, Line, UnreadableRoster, decode_roster, is_blank, parse_roster

ADA = Line(1, "ada@example.edu", "Ada Lovelace", "student", "A")


def problems(text: str) -> list[str]:
    return [str(problem) for problem in parse_roster(text).problems]


@pytest.mark.parametrize(
    "text",
    [
        "ada@example.edu,Ada Lovelace,student,A",
        "ada@example.edu;Ada Lovelace;student;A",
        "ada@example.edu\tAda Lovelace\tstudent\tA",
        "ada@example.edu, Ada Lovelace , Student, A,,,",
        '"ada@example.edu","Ada Lovelace","student","A"',
        "ADA@Example.edu,Ada   Lovelace,STUDENT,A\r\n",
        "\ufeffada@example.edu,Ada Lovelace,student,A\r",
    ],
)
def test_line_is_read_however_it_is_separated(text):
    assert parse_roster(text).lines == (ADA,)


@pytest.mark.parametrize(
    "header",
    ["email,name,role,section", "Section,ROLE,Name,E-mail", "name,section,email,role", "\ufeffEmail,name,ROLE,section"],
)
def test_header_gives_the_order(header):
    cells = dict(zip(("email", "name", "role", "section"), ("ada@example.edu", "Ada Lovelace", "student", "A"), strict=True))
    names = header.removeprefix("\ufeff").lower().replace("-", "").split(",")

    roster = parse_roster(f"{header}\n\n{','.join(cells[name] for name in names)}")

    assert (roster.header, roster.lines, roster.problems) == (
        1,
        (Line(3, "ada@example.edu", "Ada Lovelace", "student", "A"),),
        (),
    )


def test_columns_may_be_left_out():
    assert parse_roster("name,email\nAda,ada@example.edu").lines == (Line(2, "ada@example.edu", "Ada"),)
    assert parse_roster("ada@example.edu").lines == (Line(1, "ada@example.edu"),)


def test_quoted_cell_may_hold_the_delimiter_and_quotes():
    text = 'ada@example.edu,"Lovelace, Ada ""the Countess""",student'

    assert parse_roster(text).lines == (Line(1, "ada@example.edu", 'Lovelace, Ada "the Countess"', "student"),)


@pytest.mark.parametrize("name", ["😀 Ada 👩🏽‍🔬", "آدا لوفليس", "עדה", "Łukasz Żółć", "O’Brien"])
def test_name_may_be_in_any_script(name):
    assert parse_roster(f"ada@example.edu,{name}").lines[0].name == name


def test_name_is_stored_in_one_normal_form():
    assert parse_roster("ada@example.edu,Cafe\u0301").lines[0].name == "Café"


def test_lines_are_counted_as_an_editor_counts_them():
    roster = parse_roster("a@example.edu\r\n\r\n,,,\rb@example.edu\n\nc@example.edu")

    assert [line.number for line in roster.lines] == [1, 4, 6]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ada.example.edu,Ada", "“ada.example.edu” has no @; expected an address such as ada@example.edu."),
        ("a b@example.edu,Ada", "“a b@example.edu” is not an email address; expected one such as ada@example.edu."),
        ("ada@,Ada", "“ada@” is not an email address; expected one such as ada@example.edu."),
        (",Ada", "The email is missing; expected an address such as ada@example.edu."),
        ("ada@example.edu,Ada,TA", "Unknown role “ta”; expected student, assistant, instructor or observer."),
        ("ada@example.edu,Ada,student,A,5", "5 columns; expected at most 4: email, name, role, section."),
        ('ada@example.edu,"Ada', 'A quote (") is opened and not closed, or text follows a closing quote.'),
        ('ada@example.edu,"Ada" L', 'A quote (") is opened and not closed, or text follows a closing quote.'),
        ("ada@example.edu,A\x00da", "The line contains a NUL character (U+0000), which cannot be stored."),
        ("ada@example.edu,A\x1bda", "The name contains a control character (U+001B)."),
        (f"ada@example.edu,{'x' * 151}", "The name has 151 characters; at most 150 fit."),
        (f"ada@example.edu,Ada,student,{'x' * 41}", "The section has 41 characters; at most 40 fit."),
        (f"{'x' * 250}@example.edu", "The email has 262 characters; at most 254 fit."),
        (f"ada@example.edu,{'x' * 1000}", "The line has 1,016 characters; at most 1,000 are expected."),
    ],
)
def test_bad_line_says_what_was_found_and_expected(text, expected):
    assert problems(f"first@example.edu,First\n\n{text}") == [f"Line 3: {expected}"]


def test_duplicate_names_the_earlier_line():
    assert problems("ada@example.edu,Ada\nb@example.edu\nADA@example.edu,Ada") == [
        "Line 3: ada@example.edu is already on line 1; each person is on the roster once."
    ]


def test_line_with_two_faults_names_both():
    assert problems("ada.example.edu,Ada,boss") == [
        "Line 1: “ada.example.edu” has no @; expected an address such as ada@example.edu.",
        "Line 1: Unknown role “boss”; expected student, assistant, instructor or observer.",
    ]


def test_header_with_an_unknown_column_is_a_problem_and_the_rest_is_read():
    roster = parse_roster("email,grade,name\nada@example.edu,5,Ada")

    assert [str(problem) for problem in roster.problems] == [
        "Line 1: Unknown column “grade”; columns are: email, name, role, section."
    ]
    assert roster.lines == (Line(2, "ada@example.edu", "Ada"),)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "The roster is empty. Write one person a line: email, name, role, section."),
        ("\ufeff\r\n , , \n\t", "The roster is empty. Write one person a line: email, name, role, section."),
        ("\nname,role\nAda,student", "Line 2 is a header without an email column; columns are: email, name, role, section."),
        ("a@b.edu\n" * 2001, "The roster has 2,001 lines; at most 2,000 are taken at once."),
        ("x" * 10_000_000, "The text has 10,000,000 characters; a roster has at most 500,000."),
    ],
)
def test_text_that_cannot_be_read_at_all(text, message):
    with pytest.raises(UnreadableRoster) as refusal:
        parse_roster(text)

    assert str(refusal.value) == message


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b"a@b.edu,A\nb@b.edu,Ren\xe9\n", "Line 2 has a byte (0xE9) that is not UTF-8. Save the file as “CSV UTF-8”"),
        ("a@b.edu,A".encode("utf-16"), "Line 1 has a byte (0xFF) that is not UTF-8."),
        (b"x" * 10_000_000, "The file has 10,000,000 bytes; a roster has at most 500,000 characters."),
    ],
)
def test_file_that_is_not_text_is_refused(raw, message):
    with pytest.raises(UnreadableRoster) as refusal:
        decode_roster(raw)

    assert str(refusal.value).startswith(message)


def test_file_with_a_byte_order_mark_is_read():
    assert decode_roster(b"\xef\xbb\xbfada@example.edu") == "ada@example.edu"


# Text that looks enough like a roster to reach every branch, and text that does not.
cells = st.sampled_from(["ada@example.edu", "Ada", "student", "boss", "", '"', '"x"', "email", "name", "\x00", "é", "😀"])
rows = st.lists(cells, max_size=6).flatmap(lambda row: st.sampled_from(",;\t").map(lambda sign: sign.join(row)))
texts = st.one_of(st.text(max_size=300), st.lists(rows, max_size=12).map("\n".join))


@given(texts)
@example("\ufeff\ufeff")
@example('"\n"')
@example("email,email\na@b.edu,c@d.edu")
def test_every_line_is_accounted_for(text):
    expected = {
        number
        for number, row in enumerate(text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n"), start=1)
        if not is_blank(row)
    }
    try:
        roster = parse_roster(text)
    except UnreadableRoster:
        return

    good, bad = [line.number for line in roster.lines], {problem.number for problem in roster.problems}
    assert set(good) | bad | ({roster.header} - {None}) == expected
    assert set(good) & bad == set()
    assert len(good) == len(set(good)) == len({line.email for line in roster.lines})


@given(st.binary(max_size=300))
def test_decoding_answers_with_text_or_a_refusal(raw):
    try:
        assert decode_roster(raw) == raw.decode("utf-8-sig")
    except UnreadableRoster:
        with pytest.raises(UnicodeDecodeError):
            raw.decode("utf-8-sig")


def test_largest_roster_fits():
    text = "\n".join(f"person{n}@example.edu,Person {n},student,A" for n in range(2000))

    assert len(text) < MAX_CHARACTERS
    assert len(parse_roster(text).lines) == 2000
