"""The digest as it leaves the portal: one page for class, or Markdown."""

import re
from dataclasses import dataclass

from django.utils.safestring import SafeString

from courses.models import Paper
from digest.queries import DigestReading, Passage, Source
from reviews.queries import ScoreSummary

ONE_PAGE = 750  # words that fit one page in two columns


@dataclass(frozen=True, slots=True)
class Line:
    """One passage on the sheet."""

    label: str
    name: str
    text: str
    html: SafeString
    note: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """`is_everything` says that nothing was picked, so that all passages are there."""

    paper: Paper
    review_count: int
    scores: list[ScoreSummary]
    lines: list[Line]
    is_everything: bool

    @property
    def is_long(self) -> bool:
        return sum(len(line.text.split()) + len(line.note.split()) for line in self.lines) > ONE_PAGE


def sheet_of(paper: Paper, reading: DigestReading, *, with_names: bool = False) -> Sheet:
    """The picks in their order. A sheet is shown to the class, so names that students do not see are left out
    unless `with_names` asks for them, which only somebody who sees them can. Without names the reviews stand in the
    order of the paper's page: one by name would tell names.
    """
    named = with_names and reading.has_hidden_names

    def name(source: Source) -> str:
        return source.name if named else source.alias

    def in_order(passages: list[Passage]) -> list[Passage]:
        is_telling = reading.has_hidden_names and not named
        return sorted(passages, key=lambda passage: passage.source.handle) if is_telling else passages

    lines = [
        Line(shown.label, name(shown.source), shown.pick.quote, shown.html, shown.pick.note) for shown in reading.picks
    ] or [
        Line(field.label, name(passage.source), passage.text, passage.html, "")
        for field in reading.fields
        for passage in in_order(field.passages)
    ]
    return Sheet(paper, reading.review_count, reading.scores, lines, is_everything=not reading.picks)


def as_markdown(sheet: Sheet) -> str:
    """Quotes as they were typed, in block quotes; notes below them. Reads paper.meeting."""
    paper, date = sheet.paper, sheet.paper.meeting.date
    day = f"{date:%A} {date.day} {date:%B %Y}"
    parts = [f"# {_escaped(paper.title)}", " · ".join(filter(None, (_escaped(paper.authors), day, _count(sheet))))]
    if sheet.scores:
        parts.append("\n".join(_score(score) for score in sheet.scores))
    for line in sheet.lines:
        parts += [f"**{_escaped(line.label)}** ({_escaped(line.name)})", _quoted(line.text)]
        if line.note:
            parts.append(line.note)
    return "\n\n".join(parts) + "\n"


def _count(sheet: Sheet) -> str:
    return f"{sheet.review_count} review{'' if sheet.review_count == 1 else 's'}"


def _score(score: ScoreSummary) -> str:
    counts = ", ".join(f"{count} × {_escaped(label)}" for label, count in score.counts)
    return f"- {_escaped(score.label)}: mean {score.mean_shown} ({counts})"


def _quoted(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in text.splitlines())


def _escaped(text: str) -> str:
    """Text that Markdown shows as it is, on one line."""
    return re.sub(r"([\\`*_\[\]<>#~|$])", r"\\\1", " ".join(text.split()))
