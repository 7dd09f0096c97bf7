"""A CSV with HotCRP's column names -> lines and problems. Pure: reads no database."""

import csv
import io
from dataclasses import dataclass

MAX_CHARACTERS = 1_000_000
MAX_LINES = 10_000
COLUMNS = {
    "paper": "paper", "pid": "paper", "paperid": "paper", "paper_id": "paper",
    "action": "action", "assignment": "action",
    "email": "email", "user": "user", "round": "round", "reviewtype": "reviewtype", "reason": "reason",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the file; `number` is what an editor shows, from 1. What the file leaves out is blank."""

    number: int
    paper: str
    action: str
    user: str
    round: str = ""
    reviewtype: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Problem:
    number: int
    message: str

    def __str__(self) -> str:
        return f"Line {self.number}: {self.message}"


def read_csv(text: str) -> tuple[list[Line], list[Problem]]:
    """The lines below the header; those that begin with # and empty ones are left out."""
    if len(text) > MAX_CHARACTERS:
        return [], [Problem(1, f"The file has {len(text):,} characters; at most {MAX_CHARACTERS:,} fit.")]
    if "\x00" in text:
        return [], [Problem(1, "The file contains a NUL character (U+0000); it is no text.")]
    rows = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), skipinitialspace=True)
    header, lines, problems, last = None, [], [], 0
    try:
        for row in rows:
            number, last = last + 1, rows.line_num
            cells = [cell.strip() for cell in row]
            if not any(cells) or cells[0].startswith("#"):
                continue
            if header is None:
                header, problems = _header(number, cells)
                if problems:
                    return [], problems
            else:
                line = _line(number, header, cells)
                (problems if isinstance(line, Problem) else lines).append(line)
    except csv.Error as error:
        problems.append(Problem(last + 1, f"This is no CSV: {error}."))
    if header is None and not problems:
        problems.append(Problem(1, "The file is empty; expected a header with paper, action and email."))
    if len(lines) > MAX_LINES:
        problems.append(Problem(lines[MAX_LINES].number, f"The file has more than {MAX_LINES:,} lines."))
    return lines, problems


def _header(number: int, cells: list[str]) -> tuple[list[str], list[Problem]]:
    """For each column what it is called here, blank for a column that says nothing to us (such as a title)."""
    names = [COLUMNS.get(cell.lower().replace(" ", ""), "") for cell in cells]
    problems = [Problem(number, f"The column {name} is there twice.") for name in set(names) - {""} if names.count(name) > 1]
    for name in ("paper", "action"):
        if name not in names:
            problems.append(Problem(number, f"The column {name} is missing; found {', '.join(filter(None, cells))}."))
    if "email" not in names and "user" not in names:
        problems.append(Problem(number, "A column email or user is missing."))
    return names, problems


def _line(number: int, header: list[str], cells: list[str]) -> Line | Problem:
    if any(cells[len(header) :]):
        return Problem(number, f"Found {len(cells)} cells under {len(header)} columns; put quotes around a comma.")
    given = {name: cell for name, cell in zip(header, cells, strict=False) if name}
    email = given.pop("email", "")
    user = email or given.pop("user", "")
    given.pop("user", None)
    for name in ("paper", "action"):
        if not given.get(name):
            return Problem(number, f"The cell {name} is empty.")
    if not user:
        return Problem(number, "Neither email nor user says who.")
    return Line(number=number, user=user, **given)
