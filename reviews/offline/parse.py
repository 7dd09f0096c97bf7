"""A text of review forms -> the forms in it, with line numbers. Pure: any text gives a result, in time linear in it.

Nothing is dropped: what is no directive is text of the section it stands in, and what stands in no section is handed back
as stray text.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from reviews.offline.lines import COMMENT, HEADING, SETTING, nearly_marked, unescaped
from reviews.offline.names import Names

MAX_DIRECTIVE = 500  # characters; a longer line is text
MAX_NOTES = 50  # a form
MAX_CONTINUED = 8  # lines of one heading
CUT_SHORT = "End Review line. Check that nothing is missing."
KEPT = "so this line was kept as text."

_COURSE = re.compile(r"(.+?) (?:Paper )?Review(?: Form)?s?", re.IGNORECASE)
_PAPER = re.compile(r"(?:Paper|Submission) #?(\S+)", re.IGNORECASE)
_VERSION = re.compile(r"Version (\d{1,9})", re.ASCII | re.IGNORECASE)
_REVIEWER = re.compile(r"Reviewer:? ?(.*)", re.IGNORECASE)
_LETTERED = re.compile(r"[A-Z]\. (.+)")


@dataclass(frozen=True, slots=True)
class Note:
    """Something to tell the writer. `text` is what found no place, whole, so that it can be given back."""

    line: int
    message: str
    text: str = ""


class Notes:
    """Notes up to MAX_NOTES; of those beyond, their number and the texts they carry."""

    def __init__(self):
        self._kept: list[Note] = []
        self._texts: list[str] = []
        self._unsaid = 0

    def add(self, line: int, message: str, text: str = "") -> None:
        if len(self._kept) < MAX_NOTES:
            self._kept.append(Note(line, message, text))
            return
        self._unsaid += 1
        if text:
            self._texts.append(text)

    def all(self) -> list[Note]:
        if not self._unsaid:
            return self._kept
        last = Note(self._kept[-1].line, f"And {self._unsaid:,} more like these.", "\n".join(self._texts))
        return [*self._kept, last]


@dataclass(slots=True)
class Section:
    """What stands under one heading; `line` is the heading's."""

    line: int
    lines: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "\n".join(self.lines).rstrip()


@dataclass(slots=True)
class ParsedForm:
    """One review form. `sections` are by field key; `paper`, `reviewer` and `course` are as the form names them."""

    line: int
    course: str = ""
    paper: str = ""
    reviewer: str = ""
    version: int = 0
    readiness: str = ""
    anonymity: Section | None = None  # under it, whether the reviewer's name is shown
    sections: dict[str, Section] = field(default_factory=dict)
    notes: Notes = field(default_factory=Notes)
    errors: Notes = field(default_factory=Notes)


@dataclass(slots=True)
class ParsedText:
    """The forms in their order, and what stands outside all of them."""

    forms: list[ParsedForm]
    notes: Notes


def parse_forms(text: str, names_of: Callable[[str], Names]) -> ParsedText:
    """`names_of(paper)` are the names of the fields that a form for this paper asks; "" where it names no paper."""
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return _Reader(lines, names_of).read()


class _Reader:
    """Goes through the lines once. `sink` is where text goes now, None where there is no section for it."""

    def __init__(self, lines: list[str], names_of: Callable[[str], Names]):
        self.lines, self.names_of = lines, names_of
        self.at = 0
        self.course = ""
        self.forms: list[ParsedForm] = []
        self.notes = Notes()
        self.form: ParsedForm | None = None
        self.sink: Section | None = None
        self.stray: Section | None = None
        self.is_head = True  # nothing but blank and comment lines since the last directive
        self.paper_section: Section | None = None
        self.readiness: Section | None = None

    def read(self) -> ParsedText:
        while self.at < len(self.lines):
            line = self.lines[self.at]
            self.at += 1
            if not self._is_directive(line):
                self._take_text(line)
        if self.form is not None:
            self.form.notes.add(self.number, f"The file stops before this form’s {CUT_SHORT}")
        self._end_form()
        return ParsedText(self.forms, self.notes)

    @property
    def number(self) -> int:
        return min(self.at, len(self.lines))

    # Directives

    def _is_directive(self, line: str) -> bool:
        line = line.removeprefix("\ufeff")
        if len(line) > MAX_DIRECTIVE or line[5:6] not in (" ", "\t"):
            return False
        words = " ".join(line[6:].split())
        if line.startswith(HEADING):
            return self._is_field(words)
        return line.startswith(SETTING) and self._is_setting(words)

    def _is_setting(self, words: str) -> bool:
        lowered = words.casefold()
        if lowered.startswith("begin review"):
            return self._begin()
        if lowered == "end review":
            return self._end_form()
        if lowered.startswith("scratchpad"):
            return self._open(Section(self.number))
        if words.startswith("=====") and not words.strip("="):
            return self._close()
        return self._is_named_setting(words, lowered)

    def _is_named_setting(self, words: str, lowered: str) -> bool:
        if lowered in ("paper number", "submission number", "paper #", "submission #"):
            return self._ask_paper()
        if lowered.startswith("review readiness"):
            return self._ask_readiness()
        if lowered in ("submit review", "review ready"):
            self._current().readiness = "Ready"
            return True
        if lowered.startswith("review anonymity"):
            return self._ask_anonymity()
        if lowered == "open review":
            self._current().anonymity = Section(self.number, ["Open"])
            return True
        return self._is_valued_setting(words)

    def _is_valued_setting(self, words: str) -> bool:
        if found := _PAPER.fullmatch(words):
            return self._name_paper(found[1])
        if found := _VERSION.fullmatch(words):
            form = self._current()
            form.version = max(form.version, int(found[1]))
            return True
        if found := _REVIEWER.fullmatch(words):
            return self._name_reviewer(found[1])
        if found := _LETTERED.fullmatch(words):
            return self._is_field(found[1])
        if found := _COURSE.fullmatch(words):
            self._end_form()
            self.course = found[1]
            return True
        return False

    def _begin(self) -> bool:
        if self.form is not None and (self.form.sections or self.form.paper):
            self.form.notes.add(self.number, f"The next form begins before this one’s {CUT_SHORT}")
            self._end_form()
        self._current()
        return self._close()

    def _current(self) -> ParsedForm:
        if self.form is None:
            self._settle_stray()
            self.form = ParsedForm(self.number, course=self.course)
            self.forms.append(self.form)
        return self.form

    def _open(self, section: Section) -> bool:
        self._current()
        self.sink, self.is_head = section, True
        self._settle_stray()
        return True

    def _close(self) -> bool:
        self.sink, self.is_head = None, True
        self._settle_stray()
        return True

    def _end_form(self) -> bool:
        self._close()
        if self.form is not None:
            self._settle_sections(self.form)
        self.form = None
        return True

    def _settle_sections(self, form: ParsedForm) -> None:
        if self.readiness is not None:
            form.readiness = self.readiness.text.strip() or form.readiness
        if self.paper_section is not None and not self.paper_section.text.startswith("("):
            self._set_paper(form, self.paper_section.text.strip().removeprefix("#"), self.paper_section.line)
        self.readiness = self.paper_section = None

    def _settle_stray(self) -> None:
        if self.stray is None:
            return
        stray, self.stray = self.stray, None
        if self.form is None:
            self.notes.add(stray.line, "This text stands outside any form and was not read.", stray.text)
        else:
            self.form.notes.add(stray.line, "This text stands under no field and was not saved.", stray.text)

    def _name_paper(self, paper: str) -> bool:
        if self.form is not None and self.form.sections:
            self._end_form()
        self._set_paper(self._current(), paper, self.number)
        return self._close()

    @staticmethod
    def _set_paper(form: ParsedForm, paper: str, line: int) -> None:
        if form.paper and paper and form.paper.casefold() != paper.casefold():
            form.errors.add(line, f"The form names two papers, {_short(form.paper)} and {_short(paper)}.")
        form.paper = form.paper or paper

    def _name_reviewer(self, reviewer: str) -> bool:
        form = self._current()
        if form.reviewer and form.reviewer != reviewer:
            form.errors.add(self.number, "The form names two reviewers.")
        form.reviewer = reviewer
        return True

    def _ask_paper(self) -> bool:
        if self.form is not None and self.form.sections:
            self._end_form()
        self.paper_section = Section(self.number)
        return self._open(self.paper_section)

    def _ask_readiness(self) -> bool:
        self.readiness = Section(self.number)
        return self._open(self.readiness)

    def _ask_anonymity(self) -> bool:
        form = self._current()
        form.anonymity = form.anonymity or Section(self.number)  # one that is there already goes on
        return self._open(form.anonymity)

    def _is_field(self, words: str) -> bool:
        """A heading over one line or more; as many lines of it as make the name of a field."""
        names = self.names_of(self._paper_so_far())
        heading, best, used = words, names.find(words), 0
        for count, more in enumerate(self._continued(), 1):
            heading = f"{heading} {more}"
            found = names.find(heading)
            if len(found) == 1:
                best, used = found, count
        if len(best) != 1:
            return self._is_unclear(words, best)
        line = self.number
        self.at += used
        self._open_field(best[0], line)
        return True

    def _paper_so_far(self) -> str:
        if self.form is None:
            return ""
        asked = self.paper_section
        return self.form.paper or (asked.text.strip().removeprefix("#") if asked else "")

    def _continued(self) -> list[str]:
        found = []
        for line in self.lines[self.at : self.at + MAX_CONTINUED]:
            if not line.startswith(f"{HEADING}  ") or len(line) > MAX_DIRECTIVE:
                break
            found.append(" ".join(line[6:].split()))
        return found

    def _is_unclear(self, words: str, found: list[str]) -> bool:
        if found and self.form is not None:
            self.form.notes.add(
                self.number, f"“{_short(words)}” may mean {' or '.join(found[:5])}, so this line was kept as text."
            )
        return False

    def _open_field(self, key: str, line: int) -> None:
        form = self._current()
        section = form.sections.get(key)
        if section is None:
            section = form.sections[key] = Section(line)
        else:
            form.notes.add(line, f"The field {key} has a section already; the two were joined.")
            section.lines += [""] if section.lines else []
        self._open(section)

    # Text

    def _take_text(self, line: str) -> None:
        if self.is_head and (not line.strip() or line.startswith(COMMENT)):
            return
        if self.sink is None:
            if self.stray is None:
                self.stray = Section(self.number)
            self.stray.lines.append(line)
            self.is_head = False
            return
        if nearly_marked(line):
            self._current().notes.add(self.number, f"“{_short(line.strip())}” is no directive here, {KEPT}")
        self.sink.lines.append(unescaped(line, is_first=self.is_head))
        self.is_head = False


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:59]}…"
