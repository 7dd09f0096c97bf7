"""Review forms as text, in HotCRP's format; docs/offline-reviews.md describes it."""

import io
import textwrap
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from courses.models import Enrollment, Paper
from reviews.answers import condition_words
from reviews.models import Field, FieldKind, FieldVisibility, Review
from reviews.offline.lines import COMMENT, HEADING, RULE, SETTING, escaped
from reviews.offline.names import Names
from reviews.symbols import symbol_of

WIDTH = 78
NO_CHOICE = "(Your choice here)"
READY, NOT_READY = "Ready", "Not ready"
OPEN, ANONYMOUS = "Open", "Anonymous"


@dataclass(frozen=True, slots=True)
class Sheet:
    """One form to print: the paper, its fields as they are asked now, and what the reviewer has saved."""

    paper: Paper
    reviewer: Enrollment
    fields: list[Field]
    answers: dict
    revision: int = 0
    is_ready: bool = True
    due_at: datetime | None = None
    shows_name: bool | None = None  # None where the course does not leave it to reviewers

    @classmethod
    def of(
        cls,
        paper: Paper,
        reviewer: Enrollment,
        fields: list[Field],
        review: Review | None,
        *,
        asks_name: bool,
        due_at: datetime | None = None,
    ) -> "Sheet":
        """A form that was never saved says Ready, as HotCRP's do; a saved one says what the review is."""
        shows_name = (review is not None and review.shows_name) if asks_name else None
        if review is None or not review.revision:
            return cls(paper, reviewer, fields, {}, due_at=due_at, shows_name=shows_name)
        is_ready = not review.has_unsubmitted_changes
        return cls(paper, reviewer, fields, review.answers, review.revision, is_ready, due_at, shows_name)


def print_forms(sheets: Iterable[Sheet], *, course_slug: str, url: str) -> str:
    """All of them as one file; `url` is where it is uploaded again."""
    sheets = list(sheets)
    parts = [*_head(course_slug, url, plural=len(sheets) != 1)]
    for number, sheet in enumerate(sheets, 1):
        parts += ["", *_form(sheet, number)]
    if not sheets:
        parts += ["", f"{COMMENT} There is no review to write now."]
    return "\n".join(parts) + "\n"


def zip_forms(sheets: Iterable[Sheet], *, course_slug: str, url: str) -> bytes:
    """One file a form; the same forms give the same bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for sheet in sheets:
            name = zipfile.ZipInfo(f"{course_slug}-review-{sheet.paper.key}.txt")
            name.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(name, print_forms([sheet], course_slug=course_slug, url=url))
    return out.getvalue()


def _head(course_slug: str, url: str, *, plural: bool) -> list[str]:
    return [
        f"{SETTING} {course_slug} Review Form{'s' if plural else ''}",
        f'{COMMENT} Leave the lines that begin with "{SETTING}" or "{HEADING}" as they are and write below them.',
        f"{COMMENT} When you are done, upload this file at:",
        f"{COMMENT} {url}",
    ]


def _form(sheet: Sheet, number: int) -> list[str]:
    user = sheet.reviewer.user
    names = field_names(sheet.fields)
    lines = [f"{SETTING} {RULE}", f"{SETTING} Begin Review #{number}"]
    if sheet.revision:
        lines.append(f"{SETTING} Version {sheet.revision}")
    lines += [f"{SETTING} Reviewer: {_one_line(user.name)} <{user.email}>", "", f"{SETTING} Paper #{sheet.paper.key}"]
    lines += _wrapped(f"{COMMENT} Title: ", sheet.paper.title, f"{COMMENT}        ")
    lines += [*_due(sheet), "", *_readiness(sheet), *_anonymity(sheet)]
    for field in sheet.fields:
        when = condition_words(field, sheet.fields)
        lines += ["", *_section(field, names, sheet.answers.get(field.key), when)]
    return [*lines, "", f"{SETTING} Scratchpad (for private notes; not saved)", "", f"{SETTING} End Review"]


def _due(sheet: Sheet) -> list[str]:
    if sheet.due_at is None:
        return []
    course = sheet.reviewer.course
    due = course.local(sheet.due_at)
    return [f"{COMMENT} Due: {due:%A} {due.day} {due:%B %Y, %H:%M} ({course.time_zone})"]


def _readiness(sheet: Sheet) -> list[str]:
    return [
        f"{SETTING} Review Readiness",
        f'{COMMENT} "{READY}" submits the review, "{NOT_READY}" keeps it as a draft:',
        "",
        READY if sheet.is_ready else NOT_READY,
    ]


def _anonymity(sheet: Sheet) -> list[str]:
    if sheet.shows_name is None:
        return []
    return [
        "",
        f"{SETTING} Review Anonymity",
        f'{COMMENT} "{OPEN}" shows your name to fellow students, "{ANONYMOUS}" hides it from them:',
        "",
        OPEN if sheet.shows_name else ANONYMOUS,
    ]


def field_names(fields: Iterable[Field]) -> Names:
    return Names((field.key, field.label) for field in fields)


def choice_names(field: Field) -> Names:
    return Names((str(option["value"]), option["label"]) for option in field.options)


def _section(field: Field, names: Names, value, when: str) -> list[str]:
    lines = _wrapped(f"{HEADING} ", names.name_for(field.key, field.label), f"{HEADING}    ")
    if field.visible_to != FieldVisibility.READERS:
        lines.append(f"{COMMENT} ({FieldVisibility(field.visible_to).label.lower()} only)")
    if when:
        lines += _wrapped(f"{COMMENT} ", f"({when})", f"{COMMENT}  ")
    for line in field.description.splitlines():
        lines += _wrapped(f"{COMMENT}    ", line, f"{COMMENT}    ")
    match field.kind:
        case FieldKind.TEXT:
            return [*lines, *_text_hint(field), "", *(escaped(value or "") or [""])]
        case FieldKind.CHECKBOX:
            return [*lines, f"{COMMENT} Enter Yes or No:", "", "Yes" if value else "No"]
        case FieldKind.CHOICES:
            return [*lines, *_ticks(field, value or [])]
    return [*lines, *_choices(field, value)]


def _text_hint(field: Field) -> list[str]:
    match field.min_words, field.max_words:
        case None | 0, None:
            return []
        case low, None:
            return [f"{COMMENT} At least {low} words."]
        case None | 0, high:
            return [f"{COMMENT} At most {high} words."]
        case low, high:
            return [f"{COMMENT} {low} to {high} words."]


def _choices(field: Field, value) -> list[str]:
    lines = [f"{COMMENT} Choices:"]
    for option in field.options:
        lines += _wrapped(f"{COMMENT}    ", _choice(field, option), f"{COMMENT}       ")
    if not field.is_required:
        lines.append(f"{COMMENT}    No answer")
    chosen = next((option for option in field.options if option["value"] == value), None)
    if chosen is None and value not in (None, ""):
        lines += _wrapped(f"{COMMENT} Saved before, no longer offered: ", _one_line(str(value)), f"{COMMENT}    ")
    is_numbered = field.kind == FieldKind.SCORE and not any(option.get("symbol") for option in field.options)
    how = "the number of your choice" if is_numbered else "your choice"
    entered = NO_CHOICE if chosen is None else _choice(field, chosen)
    return [*lines, f"{COMMENT} Enter {how}:", "", *escaped(entered)]


def _ticks(field: Field, chosen: list[str]) -> list[str]:
    lines = [f"{COMMENT} Put an x into the brackets of all that apply:"]
    offered = {option["value"] for option in field.options}
    for gone in (value for value in chosen if value not in offered):
        lines += _wrapped(f"{COMMENT} Saved before, no longer offered: ", _one_line(gone), f"{COMMENT}    ")
    ticked = (("x" if option["value"] in chosen else " ", _choice(field, option)) for option in field.options)
    return [*lines, "", *(f"[{mark}] {name}" for mark, name in ticked)]


def _choice(field: Field, option: dict) -> str:
    """A choice as it is entered."""
    if field.kind == FieldKind.SCORE:
        return f"{symbol_of(option)}. {_one_line(option['label'])}".rstrip()
    return _one_line(choice_names(field).name_for(option["value"], option["label"]))


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _wrapped(head: str, text: str, then: str) -> list[str]:
    return textwrap.wrap(
        text,
        WIDTH,
        initial_indent=head,
        subsequent_indent=then,
        break_long_words=False,
        break_on_hyphens=False,
        drop_whitespace=True,
    ) or [head.rstrip()]
