"""What a search may look at: the course's papers, and of the reviews what this viewer may see. Read once, when asked for."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import NamedTuple

from django.db.models import Count, F
from django.db.models.fields.json import KeyTransform

from courses.models import Enrollment, MeetingKind, Paper
from courses.policies import students_marked_by
from reviews import policies
from reviews.models import (
    Asks,
    Assignment,
    Field,
    Preference,
    Review,
    ReviewQuerySet,
    ReviewRules,
    Round,
    SavedSearch,
    Score,
    Tag,
    Who,
)
from reviews.offline.names import Names
from reviews.queries import duties_of
from reviews.queries.terms import AllTerms, terms_in
from reviews.search.comparing import Given
from reviews.search.saved.opening import Shelf
from reviews.search.texts import folded

Ids = frozenset[int] | set[int]
NOBODY: frozenset[int] = frozenset()
TEXTS = ("title", "authors", "abstract")  # what plain words look into


class Entry(NamedTuple):
    """One paper as the search sees it; `texts` are folded, in the order of TEXTS."""

    pk: int
    texts: tuple[str, ...]
    has_pdf: bool
    has_url: bool
    date: date
    is_holiday: bool
    topic: str  # of its meeting


@dataclass(frozen=True, slots=True)
class Reviewers:
    """Of one paper, as far as the viewer may know: who is asked for a review, who began one and who submitted."""

    asked: Ids = NOBODY  # required or optional
    required: Ids = NOBODY
    begun: Ids = NOBODY  # submitted ones too
    submitted: Ids = NOBODY


class World:
    def __init__(self, viewer: Enrollment):
        """Reads viewer.course."""
        self.viewer = viewer
        self.rules = ReviewRules.of(viewer.course)
        self._given: dict[str, dict[int, Given]] = {}
        self._answers: dict[str, list[tuple[int, object]]] = {}
        self.saved_found: dict[int, Ids] = {}  # {saved search: the papers it finds}
        self.text_terms = 0  # keywords so far that read the text of all reviews

    @cached_property
    def shelf(self) -> Shelf:
        """The saved searches that this viewer sees."""
        return Shelf(SavedSearch.objects.visible_to(self.viewer).order_by(), self.viewer.pk)

    # -- papers

    @cached_property
    def papers(self) -> tuple[Entry, ...]:
        """In the reading order, by which they are numbered from 1."""
        if not self.viewer.is_active:
            return ()
        found = Paper.objects.filter(course=self.viewer.course_id)
        rows = found.values_list("pk", "pdf", "url", "meeting__date", "meeting__kind", "meeting__topic", *TEXTS)
        return tuple(
            Entry(pk, tuple(map(folded, texts)), bool(pdf), bool(url), day, kind == MeetingKind.HOLIDAY, folded(topic))
            for pk, pdf, url, day, kind, topic, *texts in rows
        )

    @cached_property
    def all(self) -> frozenset[int]:
        return frozenset(entry.pk for entry in self.papers)

    def papers_where(self, test) -> set[int]:
        return {entry.pk for entry in self.papers if test(entry)}

    @cached_property
    def tags(self) -> list[tuple[int, str, str, Decimal]]:
        """[(paper, audience, name in small letters, value)] of every tag that this viewer sees."""
        rows = Tag.objects.visible_to(self.viewer).order_by().values_list("paper", "audience", "name", "value")
        return [(paper, audience, name.lower(), value) for paper, audience, name, value in rows]

    @cached_property
    def preferences(self) -> dict[int, Given]:
        """{paper: the preferences said}: for a student their own, for the instructor those of the active students."""
        rows = Preference.objects.filter(course=self.viewer.course_id, reviewer__is_active=True).order_by()
        if not policies.sees_preferences(self.viewer):
            rows = rows.filter(reviewer=self.viewer)
        said = list(rows.values_list("paper", "value").annotate(Count("pk")))
        counts: Counter[int] = Counter()
        for paper, _, count in said:
            counts[paper] += count
        return self._gathered(said, counts)

    # -- reviews

    @property
    def submitted(self) -> ReviewQuerySet:
        """The reviews whose contents this viewer may read."""
        return self._visible.submitted().order_by()

    @cached_property
    def _visible(self) -> ReviewQuerySet:
        return Review.objects.visible_to(self.viewer)

    def _readable(self, fields: list[Field]) -> ReviewQuerySet:
        """Those in which the viewer may read all of these fields: where one is for staff, a student's own only."""
        return self.submitted if self._is_for_readers(fields) else self.submitted.filter(reviewer=self.viewer)

    def _is_for_readers(self, fields: list[Field]) -> bool:
        return len(policies.readable_fields(fields, self.viewer, is_own=False)) == len(fields)

    @cached_property
    def review_counts(self) -> Mapping[int, int]:
        """{paper: submitted reviews that the viewer may read}."""
        return _counts(self.submitted)

    @cached_property
    def reviewers(self) -> dict[int, Reviewers]:
        """{paper: its reviewers} for every paper; of the others' a student knows those only whose reviews are open."""
        seen = self._visible
        if self.viewer.is_staff and self.viewer.is_active:
            # Staff are told who has begun, on the paper's page too; what is in a draft they do not read.
            seen = Review.objects.filter(course=self.viewer.course_id)
        begun, submitted = defaultdict(set), defaultdict(set)
        for paper, reviewer, current in seen.order_by().values_list("paper", "reviewer", "current"):
            begun[paper].add(reviewer)
            if current:
                submitted[paper].add(reviewer)
        asked = self._asked()
        return {
            entry.pk: Reviewers(*asked.get(entry.pk, (NOBODY, NOBODY)), begun[entry.pk], submitted[entry.pk])
            for entry in self.papers
        }

    @cached_property
    def rounds(self) -> dict[Round, set[int]]:
        """{round: its papers}; of assignments in another round than the paper's a student knows their own only."""
        if self.rules is None or not self.rules.rounds or not self.all:
            return {}
        rounds = self.rules.rounds
        found = {round: {paper for paper, of in rounds.of_papers.items() if of == pk} for pk, round in rounds.by_id.items()}
        if self.viewer.is_staff or self.viewer.is_student:
            whose = {} if self.viewer.is_staff else {"reviewer": self.viewer}
            rows = Assignment.objects.filter(course=self.viewer.course_id, round__isnull=False, **whose).order_by()
            for paper, round in rows.values_list("paper", "round"):
                found[rounds.by_id[round]].add(paper)
        return found

    @cached_property
    def named_reviewers(self) -> dict[int, Reviewers]:
        """The same, but of those only whom the viewer may find by name: themselves, and whose name they are told."""
        if policies.sees_names(self.viewer):
            return self.reviewers
        known = {entry.pk: {self.viewer.pk} for entry in self.papers}
        if policies.sees_signed_names(self.viewer):
            for paper, reviewer in self.submitted.signed().values_list("paper", "reviewer"):
                known[paper].add(reviewer)
        return {
            paper: Reviewers(
                of.asked & known[paper], of.required & known[paper], of.begun & known[paper], of.submitted & known[paper]
            )
            for paper, of in self.reviewers.items()
        }

    def _asked(self) -> dict[int, tuple[Ids, Ids]]:
        """{paper: (asked, required)}: for staff of every active student, for a student of themselves."""
        if self.rules is None or not (self.viewer.is_staff or self.viewer.is_student):
            return {}
        reviewed = [entry.pk for entry in self.papers if not entry.is_holiday]
        if self.viewer.is_student:
            everybody, terms = frozenset({self.viewer.pk}), terms_in(self.viewer.course, reviewer=self.viewer)
        else:
            active = Enrollment.objects.active().students().filter(course=self.viewer.course_id)
            everybody, terms = frozenset(active.values_list("pk", flat=True)), terms_in(self.viewer.course)
        return _asked_of(reviewed, everybody, terms)

    def people(self, name: str) -> set[int]:
        """Who of the course is called so, in whole or in part; for staff by email too. Ask only where names are seen."""
        wanted = folded(name)
        return {pk for pk, called in self._called if wanted in called}

    @cached_property
    def _called(self) -> list[tuple[int, str]]:
        rows = Enrollment.objects.filter(course=self.viewer.course_id).values_list("pk", "user__name", "user__email")
        return [(pk, folded(f"{name} {email}" if self.viewer.is_staff else name)) for pk, name, email in rows]

    @cached_property
    def states(self) -> dict[int, str]:
        """{paper: the state of the viewer's own review}."""
        return {duty.paper.pk: str(duty.state) for duty in duties_of(self.viewer)}

    # -- what reviews hold

    @cached_property
    def fields(self) -> dict[str, list[Field]]:
        """{key: the fields called so in the course's forms} of those that this viewer may know of, retired ones last."""
        found = Field.objects.filter(form__course=self.viewer.course_id).order_by(F("retired_at").asc(nulls_first=True), "pk")
        known: dict[str, list[Field]] = {}
        for field in policies.readable_fields(found, self.viewer, is_own=self.viewer.is_student):
            known.setdefault(field.key, []).append(field)
        return known

    def field_keys(self, name: str) -> list[str]:
        """The keys that somebody may mean by a name; what is in use goes before what is retired."""
        in_use = {key: fields for key, fields in self.fields.items() if fields[0].retired_at is None}
        for among in (in_use, self.fields):
            if found := Names((key, fields[0].label) for key, fields in among.items()).find(name):
                return found
        return []

    def scores(self, key: str) -> dict[int, Given]:
        """{paper: the scores its readable reviews give in this field} for every paper."""
        if key not in self._given:
            fields = self.fields[key]
            readable = self._readable(fields)
            scores = Score.objects.filter(field__in=[field.pk for field in fields], review__in=readable).order_by()
            rows = scores.values_list("review__paper", "value").annotate(Count("pk"))
            counts = self.review_counts if self._is_for_readers(fields) else _counts(readable)
            self._given[key] = self._gathered(rows, counts)
        return self._given[key]

    def _gathered(self, rows: Iterable[tuple], counts: Mapping[int, int]) -> dict[int, Given]:
        values: dict[int, Counter] = defaultdict(Counter)
        for paper, value, count in rows:
            values[paper][value] += count
        return {entry.pk: Given(values.get(entry.pk, {}), counts.get(entry.pk, 0)) for entry in self.papers}

    @cached_property
    def marks(self) -> dict[int, Given]:
        """{paper: the marks of its reviews}: for staff of the students they mark, for a student their own released one.

        Marks are the grading room's; Django gives every review its mark, so that nothing has to be imported from above.
        """
        if self.viewer.is_staff:
            reviews = self.submitted.filter(reviewer__in=students_marked_by(self.viewer))
            rows = reviews.filter(mark__points__isnull=False).values_list("paper", "mark__points")
        else:
            reviews = self.submitted.filter(reviewer=self.viewer)
            released = reviews.filter(mark__released_at__isnull=False, mark__released_points__isnull=False)
            rows = released.values_list("paper", "mark__released_points")
        return self._gathered(rows.annotate(Count("pk")), _counts(reviews))

    @cached_property
    def ratings(self) -> dict[int, list[Counter[str]]]:
        """{paper: of each review whose ratings are shown to this viewer, how often each verdict and reason was given}.

        Ratings are the discussion room's; Django gives every review its own, as it does marks.
        """
        rules = getattr(self.viewer.course, "discussion_rules", None)
        if rules is not None and not rules.is_on:
            return {}
        rated = self.submitted.filter(ratings__isnull=False).values_list("paper", "pk", "ratings__verdict", "ratings__reasons")
        sums: dict[tuple[int, int], Counter[str]] = defaultdict(Counter)
        for paper, review, verdict, reasons in rated:
            sums[paper, review].update(["any", verdict, *reasons])
        found: dict[int, list[Counter[str]]] = defaultdict(list)
        for (paper, _), counted in sums.items():
            if policies.sees_ratings(self.viewer, raters=counted["any"]):
                found[paper].append(counted)
        return found

    def answers(self, key: str) -> list[tuple[int, object]]:
        """[(paper, the answer of one readable review to this field)], texts folded; empty answers are left out."""
        if key not in self._answers:
            fields = self.fields[key]
            column = "staff_answers" if fields[0].is_for_staff_only else "current__answers"
            rows = self._readable(fields).values_list("paper", KeyTransform(key, column))
            given = ((paper, folded(answer) if isinstance(answer, str) else answer) for paper, answer in rows)
            self._answers[key] = [(paper, answer) for paper, answer in given if answer not in (None, "", [])]
        return self._answers[key]


def _counts(reviews: ReviewQuerySet) -> dict[int, int]:
    return dict(reviews.values_list("paper").annotate(Count("pk")))


def _asked_of(papers: list[int], students: frozenset[int], terms: AllTerms) -> dict[int, tuple[Ids, Ids]]:
    """{paper: (whom it is asked of, of whom it is required)}.

    Only where staff or a presentation make a difference is a student asked about: a thousand times two thousand
    questions would take seconds.
    """
    differs: dict[int, set[int]] = defaultdict(set)
    for student, paper in terms.rows:
        differs[paper].add(student)
    for paper, presenters in terms.presenters.items():
        differs[paper] |= presenters
    by_rule = students if terms.rules.who == Who.EVERYBODY else NOBODY
    found = {}
    for paper in papers:
        asks = {student: terms.of(student, paper).asks for student in differs.get(paper, NOBODY) & students}
        alike = by_rule.difference(asks)
        required = alike.union(student for student, asked in asks.items() if asked == Asks.REQUIRED)
        found[paper] = (required.union(student for student, asked in asks.items() if asked == Asks.OPTIONAL), required)
    return found
