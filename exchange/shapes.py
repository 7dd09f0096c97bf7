"""What was collected as one file: HotCRP's JSON and CSV, its text forms, and Markdown."""

import io
import json
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from core.csv_text import csv_text
from courses.models import Course, Enrollment, Paper
from exchange.records import Collected, Record
from reviews.models import Field, FieldKind
from reviews.offline.write import Sheet, field_names, print_forms


@dataclass(frozen=True, slots=True)
class Shape:
    """`write` makes the file's body of a course and what was collected of it; `url` is where text forms are uploaded again."""

    title: str
    about: str
    ending: str
    content_type: str
    write: Callable[[Course, Collected, str], str | bytes]


def named_answers(collected: Collected, record: Record) -> dict[str, object]:
    """{what the form calls the field: the answer as other systems have it}: a choice by its label, a score by what is shown."""
    names = field_names(collected.fields)
    return {names.name_for(field.key, field.label): plain(field, value) for field, value in record.given(collected.fields)}


def plain(field: Field, value):
    if field.kind in (FieldKind.CHOICE, FieldKind.CHOICES):
        labels = {option["value"]: option["label"] for option in field.options}
        return [labels.get(each, each) for each in value] if isinstance(value, list) else labels.get(value, value)
    if field.kind == FieldKind.SCORE:
        return next((option["symbol"] for option in field.options if option["value"] == value and option.get("symbol")), value)
    return value


# -- JSON


def review_object(collected: Collected, record: Record) -> dict:
    """A review as HotCRP's JSON has it, without what only its own database knows."""
    return {
        "object": "review",
        "pid": collected.numbers[record.paper.pk],
        # A number is a place in the reading order, which another course has in another way.
        "title": record.paper.title,
        "ordinal": record.letter,
        "rtype": "pc",
        "round": record.round_key,
        "status": "complete",
        "reviewer": record.reviewer.user.name,
        "reviewer_email": record.reviewer.user.email,
        "submitted_at": int(record.submitted_at.timestamp()),
        **named_answers(collected, record),
    }


def reviews_json(course: Course, collected: Collected, url: str) -> str:
    return _json([review_object(collected, record) for record in collected.records])


def papers_json(course: Course, collected: Collected, url: str) -> str:
    return _json([_paper_object(collected, number, paper) for number, paper in collected.papers])


def _paper_object(collected: Collected, number: int, paper: Paper) -> dict:
    return {
        "object": "paper",
        "pid": number,
        "title": paper.title,
        "authors": [{"name": name} for name in map(str.strip, paper.authors.split(",")) if name],
        "abstract": paper.abstract,
        "status": "submitted",
        "submitted": True,
        "reviews": [review_object(collected, record) for record in collected.of(paper)],
    }


def _json(value) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"


# -- CSV


def reviews_csv(course: Course, collected: Collected, url: str) -> str:
    names = field_names(collected.fields)
    columns = [names.name_for(field.key, field.label) for field in collected.fields]
    rows = [["paper", "title", "review", "reviewername", "reviewemail", "round", "submitted", *columns]]
    for record in collected.records:
        number, answers = collected.numbers[record.paper.pk], named_answers(collected, record)
        user = record.reviewer.user
        head = [number, record.paper.title, f"{number}{record.letter}", user.name, user.email]
        rows.append([*head, record.round_key, record.submitted_at, *(_cell(answers.get(name)) for name in columns)])
    return csv_text(rows)


def _cell(value) -> str | int:
    if isinstance(value, list):
        return "; ".join(map(str, value))
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else value


def users_csv(people: Iterable[Enrollment]) -> str:
    """Everybody of the course with HotCRP's columns; reviewers are its "pc", instructors its chairs."""
    rows = [["name", "email", "affiliation", "roles", "tags"]]
    for person in people:
        roles = "pc chair" if person.is_instructor else "pc" if person.is_student or person.is_staff else ""
        rows.append([person.user.name, person.user.email, "", roles, person.section])
    return csv_text(rows)


# -- text


def text(course: Course, collected: Collected, url: str) -> str:
    return print_forms([_sheet(collected, record) for record in collected.records], course_slug=course.slug, url=url)


def zip_of_texts(course: Course, collected: Collected, url: str) -> bytes:
    """One file a paper that has reviews; the same reviews give the same bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, paper in collected.papers:
            if sheets := [_sheet(collected, record) for record in collected.of(paper)]:
                name = zipfile.ZipInfo(f"{course.slug}-{number:03}-{paper.key}.txt")
                name.compress_type = zipfile.ZIP_DEFLATED
                archive.writestr(name, print_forms(sheets, course_slug=course.slug, url=url))
    return out.getvalue()


def _sheet(collected: Collected, record: Record) -> Sheet:
    fields = [field for field in collected.fields if field.retired_at is None]
    return Sheet(record.paper, record.reviewer, fields, record.answers, record.revision)


# -- Markdown


def markdown(course: Course, collected: Collected, url: str) -> str:
    """Texts as they were typed; they are Markdown already."""
    parts = [f"# {course.title}"]
    for number, paper in collected.papers:
        if records := collected.of(paper):
            parts.append(f"## {number}. {_line(paper.title)}")
            for record in records:
                parts += [f"### {number}{record.letter}, {_line(record.reviewer.user.name)}", *_answers(collected, record)]
    return "\n\n".join(parts) + "\n"


def _answers(collected: Collected, record: Record) -> Iterable[str]:
    for field, value in record.given(collected.fields):
        if field.kind == FieldKind.TEXT:
            yield f"**{_line(field.label)}**\n\n{value}"
        else:
            yield f"**{_line(field.label)}:** {_words(field, value)}"


def _words(field: Field, value) -> str:
    if field.kind != FieldKind.SCORE:
        return _cell(plain(field, value))
    labels = {option["value"]: option["label"] for option in field.options}
    return f"{plain(field, value)} {labels.get(value, '')}".strip()


def _line(words: str) -> str:
    return " ".join(words.split())


SHAPES: dict[str, Shape] = {
    "reviews-json": Shape("Reviews", "HotCRP's JSON", "json", "application/json", reviews_json),
    "papers-json": Shape("Papers with their reviews", "HotCRP's JSON", "json", "application/json", papers_json),
    "reviews-csv": Shape("Reviews", "CSV with HotCRP's columns, one row each", "csv", "text/csv; charset=utf-8", reviews_csv),
    "text": Shape("Reviews", "text forms, one file", "txt", "text/plain; charset=utf-8", text),
    "zip": Shape("Reviews", "text forms, a file for each paper", "zip", "application/zip", zip_of_texts),
    "markdown": Shape("Reviews", "Markdown, to read or print", "md", "text/markdown; charset=utf-8", markdown),
}
USERS = "users-csv"
