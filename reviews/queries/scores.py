"""What a paper's reviewers gave it, as far as the person asking may read their reviews."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from django.db.models import Count, Max, QuerySet, Sum

from core.kept import Kept
from courses.models import Course, Enrollment
from reviews.models import Field, FieldColours, FieldKind, Review, ReviewRules, Score
from reviews.policies import readable_fields
from reviews.queries.bodies import fields_of
from reviews.queries.fields import active_fields
from reviews.symbols import score_words


@dataclass(frozen=True)
class ScoreSummary:
    """One score field over one paper's reviews; `counts` is [(option label, count), ...] in ascending order."""

    field_key: str
    label: str
    mean: float
    counts: list[tuple[str, int]]
    colours: str = FieldColours.PLAIN

    @property
    def mean_shown(self) -> str:
        return f"{self.mean:.1f}"


def score_fields(course: Course, viewer: Enrollment) -> list[Field]:
    """The score fields of the course's form that the viewer may read in others' reviews, in the form's order."""
    rules = ReviewRules.of(course)
    if rules is None:
        return []
    fields = [field for field in active_fields(rules) if field.kind == FieldKind.SCORE]
    return readable_fields(fields, viewer, is_own=False)


class Submitted(NamedTuple):
    """How many reviews of a paper are in, the key of the newest version and the sum of all keys.

    Every submission and every withdrawal changes it: also one that took its key before the newest and is committed after.
    """

    count: int
    newest: int
    total: int


def submitted_in(papers: Collection[int]) -> dict[int, Submitted]:
    """What is in of those of these papers that have any."""
    return _submitted_of(Review.objects.submitted().filter(paper__in=papers)) if papers else {}


def _submitted_of(reviews: QuerySet[Review]) -> dict[int, Submitted]:
    rows = reviews.order_by().values_list("paper").annotate(Count("pk"), Max("current_id"), Sum("current_id"))
    return {paper: Submitted(*state) for paper, *state in rows}


def score_summaries(course: Course, viewer: Enrollment | None) -> dict[int, list[ScoreSummary]]:
    """{paper id: summaries in the form's order}; a paper whose reviews the viewer may not read is left out."""
    if viewer is None or viewer.course_id != course.pk:
        return {}
    fields = score_fields(course, viewer)
    if not fields:
        return {}
    # A paper's reviews open all at once, so the papers stand for them.
    return score_summaries_of(_submitted_of(Review.objects.open_to(viewer)), fields)


_kept = Kept(20_000)


def score_summaries_of(submitted: Mapping[int, Submitted], fields: list[Field]) -> dict[int, list[ScoreSummary]]:
    """{paper id: summaries in the order of `fields`} of those of these papers that have scores.

    They are kept as long as no review of the paper comes in: the benchmark's paper list spent a quarter of its time
    on adding up the same scores.
    """
    if not (submitted and fields):
        return {}
    shown = fields_of(fields)
    asked = [(paper, *state, shown) for paper, state in submitted.items()]
    found = _kept.get_many(asked, lambda missing: _add_up(missing, fields))
    return {key[0]: summaries for key, summaries in found.items() if summaries}


def _add_up(missing: list[tuple], fields: list[Field]) -> dict[tuple, list[ScoreSummary]]:
    rows = (
        Score.objects.filter(review__paper__in=[paper for paper, *_ in missing], field__in=fields)
        .order_by()
        .values_list("review__paper", "field", "value")
        .annotate(Count("pk"))
    )
    values: dict[int, dict[int, Counter]] = defaultdict(lambda: defaultdict(Counter))
    for paper, field, value, count in rows:
        values[paper][field][value] = count
    return {
        key: [summary_of(field, values[key[0]][field.pk]) for field in fields if field.pk in values[key[0]]] for key in missing
    }


def summary_of(field: Field, values: Counter) -> ScoreSummary:
    """`values` is {score: how often it was given}, with at least one score."""
    mean = sum(value * count for value, count in values.items()) / values.total()
    offered = {option["value"] for option in field.options}
    gone = ((f"{value} (no longer offered)", values[value]) for value in sorted(set(values) - offered))
    counts = [*((score_words(option), values[option["value"]]) for option in field.options), *gone]
    return ScoreSummary(field_key=field.key, label=field.label, mean=round(mean, 2), counts=counts, colours=field.colours)


def summaries_of_answers(fields: Iterable[Field], answers: Iterable[dict]) -> list[ScoreSummary]:
    """The same from answers that are at hand."""
    answers = list(answers)
    scores = ((field, [field.counts_as(given.get(field.key)) for given in answers]) for field in fields)
    counted = ((field, Counter(value for value in given if value is not None)) for field, given in scores)
    return [summary_of(field, values) for field, values in counted if values]
