"""A roster as people have it, uploaded or pasted -> lines and problems. Pure: reads no database.

One person a line: email, name, role, section, separated by commas, semicolons or tabs. A header line may
put the columns in another order or leave some out. A blank cell says nothing about that column.
"""

import csv
import unicodedata
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from courses.models import Role

COLUMNS = ("email", "name", "role", "section")
LIMITS = {"email": 254, "name": 150, "role": 20, "section": 40}
MAX_CHARACTERS = 500_000
MAX_LINES = 2_000
MAX_LINE = 1_000  # characters
DELIMITERS = ",;\t"


class UnreadableRoster(Exception):  # noqa: N818 - named for the state of the text
    """Something is wrong with the text as a whole, so that no line of it can be read."""


@dataclass(frozen=True)
class Line:
    """One person; `""` in name, role or section means that the roster does not say."""

    number: int
    email: str
    name: str = ""
    role: str = ""
    section: str = ""


@dataclass(frozen=True)
class Problem:
    number: int
    message: str
    text: str = ""  # the line, shortened

    def __str__(self):
        return f"Line {self.number}: {self.message}"


@dataclass(frozen=True)
class Roster:
    lines: tuple[Line, ...]
    problems: tuple[Problem, ...]
    header: int | None = None  # number of the header line, if there is one


def decode_roster(raw: bytes) -> str:
    """The text of an uploaded file; UnreadableRoster when it is too large or not UTF-8."""
    if len(raw) > 4 * MAX_CHARACTERS:
        raise UnreadableRoster(f"The file has {len(raw):,} bytes; a roster has at most {MAX_CHARACTERS:,} characters.")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        number = raw.count(b"\n", 0, error.start) + 1
        raise UnreadableRoster(
            f"Line {number} has a byte (0x{raw[error.start]:02X}) that is not UTF-8. "
            "Save the file as “CSV UTF-8” and upload it again."
        ) from None


def parse_roster(text: str) -> Roster:
    """Every line that is not blank comes back as a line, a problem (or several), or the header."""
    rows = _rows(text)
    delimiter = _delimiter(rows)
    columns, header, problems = _header(rows[0], delimiter)
    lines, seen = [], {}
    for number, row in rows[1:] if header else rows:
        line, messages = _read(number, row, delimiter, columns)
        if not messages and line.email in seen:
            messages = [f"{line.email} is already on line {seen[line.email]}; each person is on the roster once."]
        problems += [Problem(number, message, _excerpt(row)) for message in messages]
        if not messages:
            seen[line.email] = number
            lines.append(line)
    return Roster(tuple(lines), tuple(problems), header)


def is_blank(row: str) -> bool:
    """Spreadsheets export empty rows as delimiters only."""
    return not row.strip().strip(DELIMITERS + " ")


def _excerpt(row: str) -> str:
    """The start of a line, fit to be shown."""
    return "".join(sign if sign.isprintable() else "\ufffd" for sign in row[:80].replace("\t", " "))


def _rows(text: str) -> list[tuple[int, str]]:
    """Numbered lines that are not blank, counted as an editor counts them."""
    if len(text) > MAX_CHARACTERS:
        raise UnreadableRoster(f"The text has {len(text):,} characters; a roster has at most {MAX_CHARACTERS:,}.")
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    rows = [(number, row) for number, row in enumerate(text.split("\n"), start=1) if not is_blank(row)]
    if not rows:
        raise UnreadableRoster("The roster is empty. Write one person a line: email, name, role, section.")
    if len(rows) > MAX_LINES:
        raise UnreadableRoster(f"The roster has {len(rows):,} lines; at most {MAX_LINES:,} are taken at once.")
    return rows


def _delimiter(rows: list[tuple[int, str]]) -> str:
    """The delimiter that the first lines use most."""
    sample = "".join(row[:MAX_LINE] for _, row in rows[:50])
    return max(DELIMITERS, key=sample.count)


def _header(row: tuple[int, str], delimiter: str) -> tuple[tuple[str, ...], int | None, list[Problem]]:
    """Columns in the order of the file, the header's line number if there is one, and what is wrong with it."""
    number, text = row
    try:
        names = tuple(" ".join(cell.split()).lower().replace("e-mail", "email") for cell in _cells(text, delimiter))
    except ValueError:
        return COLUMNS, None, []
    if "@" in text or not set(names) & set(COLUMNS):
        return COLUMNS, None, []
    if "email" not in names:
        raise UnreadableRoster(f"Line {number} is a header without an email column; columns are: {', '.join(COLUMNS)}.")
    messages = [f"Unknown column “{name}”; columns are: {', '.join(COLUMNS)}." for name in names if name not in COLUMNS]
    messages += [f"Column “{name}” appears twice." for name in COLUMNS if names.count(name) > 1]
    return names, number, [Problem(number, message, _excerpt(text)) for message in messages]


def _cells(row: str, delimiter: str) -> list[str]:
    """The cells of one line; ValueError (in words) when its quotes do not match."""
    try:
        return [cell.strip() for cell in next(csv.reader([row], delimiter=delimiter, strict=True, skipinitialspace=True))]
    except csv.Error:
        raise ValueError('A quote (") is opened and not closed, or text follows a closing quote.') from None


def _read(number: int, row: str, delimiter: str, columns: tuple[str, ...]) -> tuple[Line | None, list[str]]:
    """The line and what is wrong with it; the line means nothing when something is."""
    if len(row) > MAX_LINE:
        return None, [f"The line has {len(row):,} characters; at most {MAX_LINE:,} are expected."]
    if "\x00" in row:
        return None, ["The line contains a NUL character (U+0000), which cannot be stored."]
    try:
        cells = _cells(row, delimiter)
    except ValueError as error:
        return None, [str(error)]
    while len(cells) > len(columns) and not cells[-1]:
        cells.pop()
    if len(cells) > len(columns):
        return None, [f"{len(cells)} columns; expected at most {len(columns)}: {', '.join(columns)}."]
    values = {name: unicodedata.normalize("NFC", cell) for name, cell in zip(columns, cells, strict=False) if name in COLUMNS}
    return _check(number, values)


def _check(number: int, values: dict[str, str]) -> tuple[Line, list[str]]:
    line = Line(
        number=number,
        email=values.get("email", "").lower(),
        name=" ".join(values.get("name", "").split()),
        role=values.get("role", "").lower(),
        section=" ".join(values.get("section", "").split()),
    )
    messages = [
        f"The {name} has {len(value)} characters; at most {LIMITS[name]} fit."
        for name, value in values.items()
        if len(value) > LIMITS[name]
    ]
    messages += [
        f"The {name} contains a control character (U+{ord(sign):04X})."
        for name, value in values.items()
        for sign in value[:1000]
        if unicodedata.category(sign) in ("Cc", "Cs")
    ]
    if messages:
        return line, messages
    return line, [message for message in (_email_problem(line.email), _role_problem(line.role)) if message]


def _email_problem(email: str) -> str | None:
    if not email:
        return "The email is missing; expected an address such as ada@example.edu."
    if "@" not in email:
        return f"“{email}” has no @; expected an address such as ada@example.edu."
    try:
        validate_email(email)
    except ValidationError:
        return f"“{email}” is not an email address; expected one such as ada@example.edu."
    return None


def _role_problem(role: str) -> str | None:
    if role and role not in Role.values:
        return f"Unknown role “{role}”; expected {', '.join(Role.values[:-1])} or {Role.values[-1]}."
    return None
