"""A file of HotCRP's -> papers, reviews and people as it tells of them. Pure: reads no database.

JSON of papers (with or without their reviews) or of reviews, as a list, as one object, or under "papers" or "reviews";
CSV of reviews or of users, told apart by their columns. docs/import.md says which keys are read.
"""

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

from core.csv_text import FORMULA

MAX_BYTES = 10_000_000
MAX_ROWS = 20_000
# What describes a review and is no answer; whatever else stands in it is an answer to a field.
ABOUT_REVIEW = frozenset({
    "object", "pid", "paper", "title", "ordinal", "rid", "review", "rtype", "round", "status", "reviewer",
    "reviewer_email", "reviewername", "reviewemail", "email", "reviewer_first", "reviewer_last", "submitted_at",
    "submitted", "modified_at", "modified_at_text", "submitted_at_text", "draft", "ready", "version", "vtag", "format",
    "blind", "editable", "needs_submit", "my_review", "my_request", "global", "ratings", "user_rating", "review_token",
    "message_list", "last_update_at", "assigned_at", "fields",
})  # fmt: skip
KEPT_OF_PAPERS = frozenset({
    "object", "pid", "title", "authors", "abstract", "status", "submitted", "reviews", "submitted_at", "modified_at",
})  # fmt: skip
DRAFTS = frozenset({
    "draft", "in-progress", "inprogress", "notready", "not-ready", "started", "empty",
})  # fmt: skip


class UnreadableFile(Exception):  # noqa: N818 - named for the state of the file
    """Something is wrong with the file as a whole."""


@dataclass(frozen=True, slots=True)
class InPaper:
    where: str
    pid: int | None
    title: str
    authors: str = ""
    abstract: str = ""
    is_withdrawn: bool = False
    left_out: tuple[str, ...] = ()  # keys that the portal has no place for


@dataclass(frozen=True, slots=True)
class InReview:
    where: str
    pid: int | None
    title: str
    email: str
    name: str
    answers: dict
    is_draft: bool = False
    submitted_at: datetime | None = None
    round: str = ""


@dataclass(frozen=True, slots=True)
class InPerson:
    where: str
    email: str
    name: str
    role: str
    section: str = ""


@dataclass(slots=True)
class Bundle:
    """What a file holds; `problems` are (where, what is wrong) of what could not be read."""

    papers: list[InPaper] = field(default_factory=list)
    reviews: list[InReview] = field(default_factory=list)
    people: list[InPerson] = field(default_factory=list)
    problems: list[tuple[str, str]] = field(default_factory=list)


def read_file(text: str) -> Bundle:
    if len(text.encode()) > MAX_BYTES:
        raise UnreadableFile(f"The file is too large; at most {MAX_BYTES // 1_000_000} MB are taken.")
    if "\x00" in text:
        raise UnreadableFile("The file holds a NUL character (U+0000), so it is no text.")
    text = text.removeprefix("\ufeff")
    if not text.strip():
        raise UnreadableFile("The file is empty.")
    return _of_json(text) if text.lstrip()[0] in "[{" else _of_csv(text)


# -- JSON


def _of_json(text: str) -> Bundle:
    try:
        given = json.loads(text)
    except json.JSONDecodeError as error:
        raise UnreadableFile(f"Line {error.lineno}, column {error.colno}: this is no JSON. {error.msg}.") from None
    except RecursionError:
        raise UnreadableFile("The JSON is nested too deep.") from None
    if isinstance(given, dict):
        wrapped = [each for key in ("papers", "reviews") if isinstance(given.get(key), list) for each in given[key]]
        given = [given] if "pid" in given or "title" in given or not wrapped else wrapped
    if len(given) > MAX_ROWS:
        raise UnreadableFile(f"The file has {len(given):,} objects; at most {MAX_ROWS:,} are taken at once.")
    bundle = Bundle()
    for place, each in enumerate(given, start=1):
        _take_object(bundle, f"object {place}", each)
    return bundle


def _take_object(bundle: Bundle, where: str, given) -> None:
    if not isinstance(given, dict):
        bundle.problems.append((where, "This is no object, so neither a paper nor a review."))
    elif given.get("object") == "review" or "reviewer_email" in given:
        bundle.reviews.append(_review(where, given, None))
    elif given.get("object", "paper") == "paper" and ("title" in given or "pid" in given):
        _take_paper(bundle, where, given)
    else:
        bundle.problems.append((where, "This is neither a paper nor a review: it has no “title”, “pid” or “reviewer_email”."))


def _take_paper(bundle: Bundle, where: str, given: dict) -> None:
    left_out = tuple(
        sorted(key for key, value in given.items() if key not in KEPT_OF_PAPERS and value not in (None, "", [], {}))
    )
    withdrawn = given.get("status") == "withdrawn" or bool(given.get("withdrawn"))
    paper = InPaper(
        where, _number(given.get("pid")), _line(given.get("title")), _authors(given.get("authors")),
        _text(given.get("abstract")), withdrawn, left_out,
    )  # fmt: skip
    bundle.papers.append(paper)
    reviews = given.get("reviews")
    for place, each in enumerate(reviews if isinstance(reviews, list) else [], start=1):
        if isinstance(each, dict):
            bundle.reviews.append(_review(f"{where}, review {place}", each, paper))
        else:
            bundle.problems.append((f"{where}, review {place}", "This is no object, so no review."))


def _review(where: str, given: dict, paper: InPaper | None) -> InReview:
    inner = given.get("fields")
    answers = (inner if isinstance(inner, dict) else {}) | {k: v for k, v in given.items() if k not in ABOUT_REVIEW}
    name = given.get("reviewer") or f"{given.get('reviewer_first') or ''} {given.get('reviewer_last') or ''}"
    status = str(given.get("status") or "").casefold()
    return InReview(
        where,
        paper.pid if paper else _number(given.get("pid")),
        paper.title if paper else _line(given.get("title")),
        _email(given.get("reviewer_email") or given.get("email")),
        _line(name),
        answers,
        is_draft=status in DRAFTS or given.get("draft") is True or given.get("ready") is False,
        submitted_at=_moment(given.get("submitted_at") or given.get("modified_at")),
        round=_line(given.get("round")),
    )


def _authors(given) -> str:
    if isinstance(given, str):
        return ", ".join(" ".join(line.split()) for line in given.splitlines() if line.strip())
    return ", ".join(filter(None, map(_author, given if isinstance(given, list) else [])))


def _author(given) -> str:
    if not isinstance(given, dict):
        return _line(given)
    first, last = given.get("first") or given.get("given_name"), given.get("last") or given.get("family_name")
    return _line(given.get("name")) or _line(f"{first or ''} {last or ''}") or _line(given.get("email"))


# -- CSV


def _of_csv(text: str) -> Bundle:
    try:
        rows = list(_rows(text))
    except csv.Error as error:
        raise UnreadableFile(f"This is no CSV: {error}.") from None
    if not rows:
        raise UnreadableFile("The file has no header line.")
    head = [" ".join(cell.split()) for cell in rows[0][1]]
    columns = [cell.casefold() for cell in head]
    if len(set(columns)) < len(columns):
        raise UnreadableFile("The header line names a column twice.")
    is_reviews = "paper" in columns or "pid" in columns
    if "email" not in columns and "reviewemail" not in columns:
        raise UnreadableFile("The header line needs a column “email” (users) or “paper” and “reviewemail” (reviews).")
    if len(rows) > MAX_ROWS:
        raise UnreadableFile(f"The file has {len(rows):,} rows; at most {MAX_ROWS:,} are taken at once.")
    bundle = Bundle()
    for line, cells in rows[1:]:
        if len(cells) > len(head):
            bundle.problems.append((f"line {line}", f"This row has {len(cells)} cells, the header {len(head)}."))
            continue
        row = dict(zip(head, map(_cell, cells), strict=False))
        (_take_row if is_reviews else _take_person)(bundle, f"line {line}", row)
    return bundle


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """(line on which it begins, cells) of each row that is not blank."""
    csv.field_size_limit(MAX_BYTES)
    reader, begins = csv.reader(io.StringIO(text, newline=""), strict=True), 1
    for cells in reader:
        if any(map(str.strip, cells)):
            yield begins, cells
        begins = reader.line_num + 1


def _cell(cell: str) -> str:
    """Without the apostrophe that keeps a spreadsheet from running it."""
    return cell[1:] if cell[:1] == "'" and cell[1:2] and cell[1:2] in FORMULA else cell


def _take_row(bundle: Bundle, where: str, row: dict[str, str]) -> None:
    about = {name.casefold(): cell for name, cell in row.items()}
    answers = {name: cell for name, cell in row.items() if name.casefold() not in ABOUT_REVIEW and cell != ""}
    bundle.reviews.append(
        InReview(
            where,
            _number(about.get("paper") or about.get("pid")),
            _line(about.get("title")),
            _email(about.get("reviewemail") or about.get("email")),
            _line(about.get("reviewername")),
            answers,
            is_draft=about.get("status", "").casefold() in DRAFTS,
            submitted_at=_moment(about.get("submitted") or about.get("submitted_at")),
            round=_line(about.get("round")),
        )
    )


def _take_person(bundle: Bundle, where: str, row: dict[str, str]) -> None:
    about = {name.casefold(): cell for name, cell in row.items()}
    first, last = about.get("first") or about.get("given_name"), about.get("last") or about.get("family_name")
    roles = set(about.get("roles", "").casefold().split())
    role = "instructor" if roles & {"chair", "sysadmin"} else "student" if "pc" in roles or "roles" not in about else "observer"
    name = _line(about.get("name")) or _line(f"{first or ''} {last or ''}")
    bundle.people.append(InPerson(where, _email(about.get("email")), name, role, _line(about.get("tags"))))


# -- one value


def _line(given) -> str:
    return " ".join(str(given).split()) if isinstance(given, str | int) and not isinstance(given, bool) else ""


def _text(given) -> str:
    return given.replace("\r\n", "\n").strip() if isinstance(given, str) else ""


def _email(given) -> str:
    return _line(given).lower()


def _number(given) -> int | None:
    text = _line(given).removeprefix("#")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def _moment(given) -> datetime | None:
    """Seconds since 1970, as HotCRP's JSON has it, or ISO 8601."""
    try:
        if isinstance(given, int | float) or (isinstance(given, str) and given.isdigit()):
            return datetime.fromtimestamp(int(given), UTC)
        found = datetime.fromisoformat(given) if isinstance(given, str) else None
    except (ValueError, OverflowError, OSError):
        return None
    return found.replace(tzinfo=found.tzinfo or UTC) if found else None
