"""Parsed forms -> saved and submitted reviews, by the actions of the pages and with their rules.

Each form stands for itself: one that is refused keeps none of the others back.
"""

from collections.abc import Iterable
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from enum import StrEnum

from django.db import transaction

from core.errors import DomainError, StaleVersion
from courses.models import Enrollment, Paper
from reviews import actions
from reviews.answers import IncompleteReview, clean_answers, is_blank
from reviews.models import Field, FieldKind, Review, ReviewRules
from reviews.offline.entries import KEEP, is_ready, read_entry, shows_name
from reviews.offline.files import Source
from reviews.offline.names import folded
from reviews.offline.parse import Note, ParsedForm, ParsedText, Section, parse_forms
from reviews.offline.write import Sheet, field_names
from reviews.policies import asks_for_names
from reviews.queries import Duty, conflict_between, duties_of, reviewable_papers
from reviews.queries.comparing import Conflict
from reviews.queries.fields import form_fields
from reviews.queries.terms import round_of, terms_in

MAX_FORMS = 300
NO_REVISION = -1


class Status(StrEnum):
    SUBMITTED = "submitted"
    DRAFT = "draft"
    UNCHANGED = "unchanged"
    CONFLICT = "conflict"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one form, or of a file without any (`line` 0).

    `conflict` has both texts; `mine` is the form as it was sent, printable again on the revision that is saved.
    """

    file: str
    line: int
    status: Status
    message: str
    paper: Paper | None = None
    notes: tuple[Note, ...] = ()
    review: Review | None = None
    conflict: Conflict | None = None
    mine: Sheet | None = None


@dataclass(slots=True)
class Desk:
    """The uploader, and everything that forms are held against, loaded once."""

    writer: Enrollment
    fields: list[Field]
    retired: list[Field]  # as far as reviewers were asked them
    papers: dict[str, Paper]
    duties: list[Duty]
    reviews: dict[int, Review]
    round_keys: dict[int, str]  # of the papers' rounds, for this writer
    asks_name: bool  # the course leaves it to reviewers whether their name is shown
    only: str = ""  # a paper's key, when no other is expected
    seen: set[int] = field(default_factory=set)  # papers that a form of this upload was for

    @classmethod
    def of(cls, writer: Enrollment, rules: ReviewRules, *, only: str = "") -> "Desk":
        fields = [asked for asked in form_fields(rules) if not asked.is_for_staff_only]
        papers = list(reviewable_papers(writer.course))
        reviews = Review.objects.filter(course=writer.course, reviewer=writer)
        return cls(
            writer,
            fields=[asked for asked in fields if asked.retired_at is None],
            retired=[asked for asked in fields if asked.retired_at],
            papers={paper.key: paper for paper in papers},
            duties=duties_of(writer, papers),
            reviews={review.paper_id: review for review in reviews},
            round_keys=_round_keys(writer, rules, papers),
            asks_name=asks_for_names(rules),
            only=only,
        )

    def asked(self, paper: Paper) -> list[Field]:
        """The fields that the writer is asked about this paper."""
        return [asked for asked in self.fields if asked.is_asked_in(self.round_keys.get(paper.pk, ""))]

    def not_asked(self, paper: Paper) -> list[Field]:
        asked = {each.key for each in self.asked(paper)}
        return [each for each in (*self.fields, *self.retired) if each.key not in asked]

    def sheet(self, paper: Paper) -> Sheet:
        due_at = next((duty.due_at for duty in self.duties if duty.paper.pk == paper.pk), None)
        review = self.reviews.get(paper.pk)
        return Sheet.of(paper, self.writer, self.asked(paper), review, asks_name=self.asks_name, due_at=due_at)


@dataclass(frozen=True, slots=True)
class Entered:
    """What a form makes of the review."""

    answers: dict
    is_wanted_in: bool
    shows_name: bool | None  # None leaves it as it is


def _round_keys(writer: Enrollment, rules: ReviewRules, papers: list[Paper]) -> dict[int, str]:
    if not rules.rounds:
        return {}
    terms = terms_in(writer.course, reviewer=writer)
    rounds = {paper.pk: round_of(rules, paper, terms.of(writer.pk, paper.pk)) for paper in papers}
    return {pk: round.key for pk, round in rounds.items() if round}


def apply_sources(*, desk: Desk, sources: Iterable[Source], is_dry_run: bool = False) -> list[Result]:
    """A result for each form, and for each file or stray text that is none. A dry run changes nothing."""
    names = field_names([*desk.fields, *desk.retired])
    parsed = [(source, None if source.problem else parse_forms(source.text, lambda paper: names)) for source in sources]
    count = sum(len(text.forms) for _, text in parsed if text)
    if count > MAX_FORMS:
        raise DomainError(f"The upload holds {count:,} forms; at most {MAX_FORMS} are taken at once. Nothing was changed.")
    with transaction.atomic() if is_dry_run else nullcontext():
        results = [result for source, text in parsed for result in _results(desk, source, text)]
        if is_dry_run:
            transaction.set_rollback(True)
    return results


def _results(desk: Desk, source: Source, text: ParsedText | None) -> list[Result]:
    if text is None:
        return [Result(source.name, 0, Status.REFUSED, source.problem)]
    outside = tuple(text.notes.all())
    if not text.forms:
        return [Result(source.name, 0, Status.REFUSED, "There is no review form in this file.", notes=outside)]
    results = [_result(desk, source.name, form) for form in text.forms]
    results[0] = replace(results[0], notes=outside + results[0].notes)
    return results


def _result(desk: Desk, file: str, form: ParsedForm) -> Result:
    refusal = _refusal(desk, form)
    if refusal:
        return Result(file, form.line, Status.REFUSED, refusal, notes=(*form.errors.all(), *form.notes.all()))
    paper = desk.papers[form.paper.casefold()]
    entered, notes = _entered(desk, form, paper)
    result = _save(desk, form, paper, entered)
    desk.seen.add(paper.pk)
    notes = sorted([*form.notes.all(), *notes, *result.notes], key=lambda note: note.line)
    return replace(result, file=file, line=form.line, paper=paper, notes=tuple(notes))


def _refusal(desk: Desk, form: ParsedForm) -> str:
    """Why this form cannot be for this course, reviewer and paper; "" when it can."""
    course, user = desk.writer.course, desk.writer.user
    if form.course and folded(form.course) != folded(course.slug):
        return f"This form is for the course {form.course[:60]}; this is {course.slug}."
    if form.reviewer and not _names_user(form.reviewer, user):
        return f"This form is {form.reviewer[:120]}’s; you are {user.name} <{user.email}>."
    if form.errors.all():
        return "The form contradicts itself, so nothing of it was saved."
    if not form.paper:
        return "The form names no paper. Add a line such as “==+== Paper #its-key”."
    if desk.only and form.paper.casefold() != desk.only:
        return f"This form is for the paper {form.paper[:60]}; here only {desk.only} is taken."
    if form.paper.casefold() not in desk.papers:
        return f"This course has no paper {form.paper[:60]} to review."
    return ""


def _names_user(reviewer: str, user) -> bool:
    """By the address where there is one, else by the name."""
    _, bracket, email = reviewer.rpartition("<")
    if bracket:
        return email.partition(">")[0].strip().casefold() == user.email.casefold()
    return folded(reviewer) in {folded(user.name), folded(user.email)}


def _entered(desk: Desk, form: ParsedForm, paper: Paper) -> tuple[Entered, list[Note]]:
    answers, notes = _answers(desk, form, paper)
    is_wanted_in = is_ready(form.readiness)
    if is_wanted_in is None:
        notes.append(Note(form.line, f"Review Readiness says “{form.readiness[:60]}”, which is neither Ready nor Not ready."))
    names_reviewer, note = _anonymity(desk, form.anonymity)
    return Entered(answers, bool(is_wanted_in), names_reviewer), [*notes, *filter(None, [note])]


def _anonymity(desk: Desk, section: Section | None) -> tuple[bool | None, Note | None]:
    """Whether the form has the reviewer's name shown; None where it says nothing that counts."""
    said = section.text.strip() if section else ""
    if not said:
        return None, None
    if not desk.asks_name:
        why = "This course does not leave it to reviewers whether their names are shown"
        return None, Note(section.line, f"{why}; what stands under Review Anonymity was not saved.", said)
    chosen = shows_name(said)
    if chosen is not None:
        return chosen, None
    shown = said if len(said) <= 60 else f"{said[:59]}…"
    message = f"Review Anonymity says “{shown}”, which is neither Open nor Anonymous. What was saved before stays."
    return None, Note(section.line, message, said if shown != said else "")


def _answers(desk: Desk, form: ParsedForm, paper: Paper) -> tuple[dict, list[Note]]:
    """What the review becomes: the form's entries, and for the rest what is saved now."""
    review = desk.reviews.get(paper.pk)
    saved = review.answers if review else {}
    fields = desk.asked(paper)
    answers = {asked.key: saved.get(asked.key) for asked in fields}
    notes = [_not_asked(asked, form.sections[asked.key]) for asked in desk.not_asked(paper) if asked.key in form.sections]
    for asked in fields:
        if asked.key not in form.sections:
            continue
        entry = read_entry(asked, form.sections[asked.key])
        if entry.value is not KEEP:
            answers[asked.key] = _with_dropped(asked, entry.value, saved.get(asked.key))
        if entry.note:
            notes.append(entry.note)
    return clean_answers(fields, answers), notes


def _with_dropped(asked: Field, entered, saved):
    """Of several choices a form prints those that are offered; what was saved and has been dropped since stays."""
    if asked.kind != FieldKind.CHOICES or not isinstance(saved, list):
        return entered
    offered = {option["value"] for option in asked.options}
    return [*entered, *(value for value in saved if value not in offered)]


def _not_asked(asked: Field, section: Section) -> Note:
    why = "no longer asked" if asked.retired_at else "not asked in this paper's round"
    return Note(section.line, f"{asked.label} is {why}; what stands under it was not saved.", section.text)


def _save(desk: Desk, form: ParsedForm, paper: Paper, entered: Entered) -> Result:
    before = desk.reviews.get(paper.pk)
    revision = before.revision if before else 0
    is_untouched = not entered.shows_name and all(is_blank(answer) for answer in entered.answers.values())
    if not revision and not form.version and is_untouched:
        return _outcome(Status.UNCHANGED, "Nothing was filled in.")
    # What the form leaves out was taken from the revision at hand, so a form on any other is stale.
    base = revision if form.version == revision else NO_REVISION
    try:
        review = actions.save_draft(
            paper=paper, reviewer=desk.writer, answers=entered.answers, revision=base, shows_name=entered.shows_name
        )
    except StaleVersion as stale:
        return _conflict(desk, paper, entered, stale.current)
    except DomainError as refusal:
        return _outcome(Status.REFUSED, refusal.message)
    desk.reviews[paper.pk] = review
    if entered.is_wanted_in:
        return _submit(desk, form, review)
    return _kept(review, has_changed=review.revision != revision)


def _kept(review: Review, *, has_changed: bool) -> Result:
    if has_changed:
        return _outcome(Status.DRAFT, "Saved as a draft; the form says Not ready.", review=review)
    is_draft = "it is a draft" if review.has_unsubmitted_changes else "it is submitted"
    return _outcome(Status.UNCHANGED, f"This is what was saved already; {is_draft}.", review=review)


def _submit(desk: Desk, form: ParsedForm, review: Review) -> Result:
    if not review.has_unsubmitted_changes:
        return _outcome(Status.UNCHANGED, "This is what you submitted; nothing changed.", review=review)
    try:
        submitted = actions.submit_review(review=review, revision=review.revision)
    except IncompleteReview as incomplete:
        notes = _problems(desk, form, incomplete.problems)
        return _outcome(Status.DRAFT, "Saved as a draft, not submitted: see below why.", review=review, notes=notes)
    except DomainError as refusal:
        return _outcome(Status.DRAFT, f"Not submitted. {refusal.message}", review=review)
    return _outcome(Status.SUBMITTED, "Submitted.", review=submitted)


def _problems(desk: Desk, form: ParsedForm, problems: dict[str, list[str]]) -> tuple[Note, ...]:
    lines = {key: section.line for key, section in form.sections.items()}
    labels = {asked.key: asked.label for asked in desk.fields}
    return tuple(Note(lines.get(key, form.line), f"{labels[key]}: {' '.join(said)}") for key, said in problems.items())


def _conflict(desk: Desk, paper: Paper, entered: Entered, saved: Review) -> Result:
    if paper.pk in desk.seen:
        message = "This upload holds an earlier form for the same paper, with another text. The earlier one was taken."
    else:
        message = "This review was saved since the form was downloaded. Nothing was overwritten; both texts are below."
    fields, shows_name = desk.asked(paper), _chosen(desk, entered, saved)
    mine = Sheet(paper, desk.writer, fields, entered.answers, saved.revision, entered.is_wanted_in, shows_name=shows_name)
    return Result(
        file="",
        line=0,
        status=Status.CONFLICT,
        message=message,
        review=saved,
        conflict=conflict_between(fields, entered.answers, saved, shows_name=shows_name),
        mine=mine,
    )


def _chosen(desk: Desk, entered: Entered, saved: Review) -> bool | None:
    if not desk.asks_name:
        return None
    return saved.shows_name if entered.shows_name is None else entered.shows_name


def _outcome(status: Status, message: str, **extra) -> Result:
    return Result(file="", line=0, status=status, message=message, **extra)
