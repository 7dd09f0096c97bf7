"""What an import would do, line by line, and what of it is to be written."""

import hashlib
import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from core.csv_text import csv_text
from core.errors import DomainError
from core.text import text_problem
from courses.models import Course, Enrollment, Paper
from courses.queries import plan_roster
from exchange.incoming.answers import Matcher, answer_of, differ
from exchange.incoming.reading import Bundle, InPaper, InPerson, InReview
from exchange.incoming.rounds import RoundFinder
from reviews.answers import clean_answers
from reviews.models import Field, FieldVisibility, Review, ReviewRules
from reviews.offline.names import folded
from reviews.queries.terms import Terms

NEW, CHANGED, UNCHANGED, CONFLICT, REFUSED, NOTE = "new", "changed", "unchanged", "conflict", "refused", "note"
MAX_AUTHORS, MAX_TITLE, MAX_LABEL, MAX_ABSTRACT = 500, 300, 120, 100_000


@dataclass(frozen=True, slots=True)
class Line:
    where: str
    what: str  # paper, review, person or field
    name: str
    state: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A review to be written: of a paper (its place among the papers) by whom (an email)."""

    review: InReview
    paper: "PaperSpot"
    answers: dict  # {key of the field: answer}
    terms: Terms | None = None  # to be written so that it is in the round it comes in


@dataclass(slots=True)
class PaperSpot:
    """A paper of the course, or one that the file brings."""

    title: str
    row: Paper | None
    given: InPaper | None = None
    changes: dict = field(default_factory=dict)


@dataclass(slots=True)
class Plan:
    lines: list[Line] = field(default_factory=list)
    spots: list[PaperSpot] = field(default_factory=list)
    reviews: list[Wanted] = field(default_factory=list)
    roster: str = ""  # whom to enroll
    fields: list[Field] = field(default_factory=list)  # to be made, retired from the start

    def say(self, where: str, what: str, name: str, state: str, detail: str = "") -> None:
        self.lines.append(Line(where, what, name[:200], state, detail[:500]))

    @property
    def changes_nothing(self) -> bool:
        papers = any(spot.changes or spot.row is None for spot in self.spots)
        return not (papers or self.reviews or self.roster or self.fields)

    def stored(self) -> dict:
        counts = Counter(f"{line.what} {line.state}" for line in self.lines)
        lines = [[line.where, line.what, line.name, line.state, line.detail] for line in self.lines]
        return {"counts": dict(sorted(counts.items())), "lines": lines, "changes_nothing": self.changes_nothing}

    @property
    def digest(self) -> str:
        return hashlib.sha256(json.dumps(self.stored()).encode()).hexdigest()


Progress = Callable[[float, str], None]


def plan_import(
    rules: ReviewRules, bundle: Bundle, *, invites: bool, keeps_fields: bool, progress: Progress = lambda share, words: None
) -> Plan:
    """Reads and writes nothing; the number of queries does not depend on the file. Reads rules.course."""
    plan = Plan()
    for where, message in bundle.problems:
        plan.say(where, "file", "", REFUSED, message)
    papers = _Papers(rules.course, plan)
    for given in bundle.papers:
        papers.take(given)
    people = _People(rules.course, plan, invites)
    people.take(bundle.people)
    reviews = _Reviews(rules, plan, papers, people, keeps_fields)
    for place, review in enumerate(bundle.reviews):
        if place % 100 == 0:
            progress(place / len(bundle.reviews), f"Review {place + 1} of {len(bundle.reviews)}")
        reviews.take(review)
    reviews.tell_fields()
    people.close()
    return plan


class _Papers:
    """Found by title; by number only where the file gives no title."""

    def __init__(self, course: Course, plan: Plan):
        self.plan = plan
        rows = list(Paper.objects.filter(course=course).select_related("meeting"))
        for row in rows:
            row.course = course
        self.spots = [PaperSpot(row.title, row) for row in rows]
        self.by_title: dict[str, list[PaperSpot]] = {}
        self.by_pid: dict[int, PaperSpot] = {}  # as the file numbers them
        for spot in self.spots:
            self.by_title.setdefault(folded(spot.title), []).append(spot)

    def find(self, pid: int | None, title: str) -> PaperSpot | str:
        """The paper, or why there is none."""
        if title:
            found = self.by_title.get(folded(title), [])
            if len(found) > 1 and pid and pid <= len(self.spots) and self.spots[pid - 1] in found:
                return self.spots[pid - 1]
            return found[0] if len(found) == 1 else f"{'Several papers are' if found else 'No paper is'} called “{title[:80]}”."
        if pid in self.by_pid:
            return self.by_pid[pid]
        if pid and pid <= len(self.spots):
            return self.spots[pid - 1]
        return "There is no paper of this number." if pid else "Neither a title nor a number says which paper this is."

    def take(self, given: InPaper) -> None:
        name = given.title or f"#{given.pid}"
        if problem := _paper_problem(given):
            return self.plan.say(given.where, "paper", name, REFUSED, problem)
        if any(spot.given for spot in self.by_title.get(folded(given.title), [])):
            return self.plan.say(given.where, "paper", name, REFUSED, "This paper stands in the file twice.")
        spot = self.find(given.pid, given.title)
        note = f"Not taken: {', '.join(given.left_out)}." if given.left_out else ""
        if isinstance(spot, str):
            if not given.title or self.by_title.get(folded(given.title)):
                return self.plan.say(given.where, "paper", name, REFUSED, spot)
            spot = PaperSpot(given.title, None, given)
            self.by_title[folded(given.title)] = [spot]
            self.plan.say(given.where, "paper", name, NEW, note)
        else:
            wanted = {"authors": given.authors, "abstract": given.abstract}
            spot.changes = {key: value for key, value in wanted.items() if value and value != getattr(spot.row, key)}
            said = f"{' and '.join(spot.changes)} as in the file. {note}" if spot.changes else note
            self.plan.say(given.where, "paper", spot.title, CHANGED if spot.changes else UNCHANGED, said)
        spot.given = given
        self.plan.spots.append(spot)
        if given.pid:
            self.by_pid[given.pid] = spot
        return None


def _paper_problem(given: InPaper) -> str | None:
    if given.is_withdrawn:
        return "It is withdrawn there."
    if len(given.title) > MAX_TITLE:
        return f"The title has {len(given.title)} characters; at most {MAX_TITLE} fit."
    if len(given.authors) > MAX_AUTHORS:
        return f"The authors have {len(given.authors)} characters; at most {MAX_AUTHORS} fit."
    return text_problem(given.title) or text_problem(given.abstract, limit=MAX_ABSTRACT)


class _People:
    def __init__(self, course: Course, plan: Plan, invites: bool):
        self.course, self.plan, self.invites = course, plan, invites
        rows = Enrollment.objects.filter(course=course).select_related("user")
        self.known = {row.user.email.lower(): row for row in rows}
        self.coming: dict[str, InPerson] = {}

    def take(self, people: list[InPerson]) -> None:
        for person in people:
            if person.email in self.known:
                self.plan.say(person.where, "person", person.email, UNCHANGED)
            elif person.email in self.coming:
                self.plan.say(person.where, "person", person.email, REFUSED, "This address stands in the file twice.")
            else:
                self.coming[person.email] = person

    def problem(self, review: InReview) -> str | None:
        """Why this person has no review here; who is not in the course is enrolled where that is wanted."""
        if not review.email:
            return "The reviewer's email is missing."
        if row := self.known.get(review.email):
            return (
                None
                if row.is_student
                else f"{review.email} is here as {row.get_role_display().lower()}; students write reviews."
            )
        if review.email not in self.coming:
            if not self.invites:
                return f"{review.email} is not in the course. Tick that reviewers are to be enrolled, or add them first."
            self.coming[review.email] = InPerson(review.where, review.email, review.name, "student")
        if self.coming[review.email].role != "student":
            return f"{review.email} comes as {self.coming[review.email].role}; students write reviews."
        return None

    def close(self) -> None:
        """What the roster's own rules say of whom the file brings."""
        if not self.coming:
            return
        people = list(self.coming.values())
        text = csv_text([["email", "name", "role", "section"], *([p.email, p.name, p.role, p.section] for p in people)])
        roster = plan_roster(self.course, text)
        bad = {problem.number: problem.message for problem in roster.problems}
        for number, person in enumerate(people, start=2):
            said = bad.get(number, f"Enrolled as {person.role} and invited.")
            self.plan.say(person.where, "person", person.email, REFUSED if number in bad else NEW, said)
        refused = {person.email for number, person in enumerate(people, start=2) if number in bad}
        for wanted in [each for each in self.plan.reviews if each.review.email in refused]:
            self.plan.reviews.remove(wanted)
            self.plan.say(wanted.review.where, "review", wanted.paper.title, REFUSED, "Its reviewer cannot be enrolled.")
        self.plan.roster = text if len(refused) < len(people) else ""


class _Reviews:
    def __init__(self, rules: ReviewRules, plan: Plan, papers: _Papers, people: _People, keeps_fields: bool):
        self.plan, self.papers, self.people, self.keeps_fields = plan, papers, people, keeps_fields
        self.form = rules.form
        self.fields = list(Field.objects.filter(form=rules.form))
        self.match = Matcher(self.fields)
        self.unmatched: Counter[str] = Counter()
        self.made: dict[str, Field] = {}
        self.rounds = RoundFinder(rules)
        self.seen: set[tuple[int, str]] = set()
        rows = Review.objects.filter(course=rules.course, revision__gt=0).select_related("current", "reviewer__user")
        self.known = {(row.paper_id, row.reviewer.user.email.lower()): row for row in rows}

    def take(self, review: InReview) -> None:
        spot = self.papers.find(review.pid, review.title)
        name = f"{review.title or f'#{review.pid}'}, {review.name or review.email}"
        if problem := spot if isinstance(spot, str) else self._twice(spot, review) or self.people.problem(review):
            return self.plan.say(review.where, "review", name, REFUSED, problem)
        try:
            answers = self._answers(review)
        except (ValueError, DomainError) as error:
            return self.plan.say(review.where, "review", name, REFUSED, str(error))
        there = self.known.get((spot.row.pk, review.email)) if spot.row else None
        if there:
            return self._compare(review, name, there, answers)
        terms, said = self.rounds.find(review, spot.row, self.people.known.get(review.email))
        self.plan.reviews.append(Wanted(review, spot, answers, terms))
        self.plan.say(review.where, "review", name, NEW, " ".join(filter(None, [_note(review), said])))
        return None

    def _twice(self, spot: PaperSpot, review: InReview) -> str | None:
        pair = (id(spot), review.email)
        if pair in self.seen:
            return "This review stands in the file twice."
        self.seen.add(pair)
        return None

    def _answers(self, review: InReview) -> dict:
        """{key: answer}; ValueError or DomainError names what does not fit."""
        found: dict[str, object] = {}
        for name, given in review.answers.items():
            field = self.match.find(name) or self._kept_field(name, given)
            if field is None:
                continue
            if field.key in found:
                raise ValueError(f"Two columns mean {field.label}; one of them is “{name[:60]}”.")
            found[field.key] = answer_of(field, given)
        fields = [each for each in [*self.fields, *self.made.values()] if each.key in found]
        return clean_answers(fields, found)

    def _kept_field(self, name: str, given) -> Field | None:
        """A retired text field for what the form does not ask, or None where it is to be left out."""
        if given in (None, "", [], {}):
            return None
        self.unmatched[name] += 1
        if not self.keeps_fields:
            return None
        if name not in self.made:
            taken = {each.key for each in [*self.fields, *self.made.values()]}
            number = next(n for n in range(1, len(taken) + 2) if f"imported-{n}" not in taken)
            label = " ".join(name.split())[:MAX_LABEL] or "Imported"
            self.made[name] = Field(
                form=self.form, key=f"imported-{number}", label=label, is_required=False, visible_to=FieldVisibility.STAFF,
                position=len(taken),
            )  # fmt: skip
            self.plan.fields.append(self.made[name])
        return self.made[name]

    def _compare(self, review: InReview, name: str, there: Review, answers: dict) -> None:
        stored = there.current.answers if there.current else there.answers
        given = [each for each in [*self.fields, *self.made.values()] if each.key in answers]
        if differ(given, stored, answers):
            said = "It exists here with other answers. What is here stays."
            return self.plan.say(review.where, "review", name, CONFLICT, said)
        if bool(there.current) is review.is_draft:
            said = f"It is {'submitted' if there.current else 'a draft'} here. What is here stays."
            return self.plan.say(review.where, "review", name, CONFLICT, said)
        self.plan.say(review.where, "review", name, UNCHANGED)
        return None

    def tell_fields(self) -> None:
        for name, count in self.unmatched.items():
            kept = "kept as a retired text field, for the reviewer and staff" if self.keeps_fields else "left out"
            self.plan.say("form", "field", name, NOTE, f"The form has no such field, or several: {count} answers are {kept}.")


def _note(review: InReview) -> str:
    if review.is_draft:
        return "A draft."
    return "" if review.submitted_at else "It does not say when it was submitted: counted as submitted now."
