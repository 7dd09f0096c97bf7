"""What a paper's reviewers gave it, as far as the person asking may read their reviews."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count

from courses.models import Course, Enrollment
from reviews.models import Field, FieldKind, Review, ReviewRules, Score
from reviews.policies import readable_fields


@dataclass(frozen=True)
class ScoreSummary:
    """One score field over one paper's reviews; `counts` is [(option label, count), ...] in ascending order."""

    field_key: str
    label: str
    mean: float
    counts: list[tuple[str, int]]

    @property
    def mean_shown(self) -> str:
        return f"{self.mean:.1f}"


def score_fields(course: Course, viewer: Enrollment) -> list[Field]:
    """The score fields of the course's form that the viewer may read in others' reviews, in the form's order."""
    rules = ReviewRules.of(course)
    if rules is None:
        return []
    fields = Field.objects.filter(form=rules.form_id, kind=FieldKind.SCORE, retired_at=None)
    return readable_fields(fields, viewer, is_own=False)


def open_counts(viewer: Enrollment) -> dict[int, int]:
    """{paper id: submitted reviews} of the papers whose reviews are open to the viewer and that have any."""
    return dict(Review.objects.open_to(viewer).order_by().values_list("paper").annotate(Count("pk")))


def score_summaries(
    course: Course, viewer: Enrollment | None, *, counts: dict[int, int] | None = None
) -> dict[int, list[ScoreSummary]]:
    """{paper id: summaries in the form's order}; a paper whose reviews the viewer may not read is left out.

    `counts` are the viewer's `open_counts`, where they are at hand.
    """
    if viewer is None or viewer.course_id != course.pk:
        return {}
    fields = score_fields(course, viewer)
    if not fields:
        return {}
    # A paper's reviews open all at once, so the papers stand for them; joining the rule in again costs three times as much.
    papers = list(open_counts(viewer) if counts is None else counts)
    rows = (
        Score.objects.filter(review__paper__in=papers, field__in=fields)
        .order_by()
        .values_list("review__paper", "field", "value")
        .annotate(Count("pk"))
    )
    values: dict[int, dict[int, Counter]] = defaultdict(lambda: defaultdict(Counter))
    for paper, field, value, count in rows:
        values[paper][field][value] = count
    return {
        paper: [summary_of(field, by_field[field.pk]) for field in fields if field.pk in by_field]
        for paper, by_field in values.items()
    }


def summary_of(field: Field, values: Counter) -> ScoreSummary:
    """`values` is {score: how often it was given}, with at least one score."""
    mean = sum(value * count for value, count in values.items()) / values.total()
    counts = [(f"{option['value']} {option['label']}", values[option["value"]]) for option in field.options]
    return ScoreSummary(field_key=field.key, label=field.label, mean=round(mean, 2), counts=counts)


def summaries_of_answers(fields: Iterable[Field], answers: Iterable[dict]) -> list[ScoreSummary]:
    """The same from answers that are at hand."""
    answers = list(answers)
    counted = ((field, Counter(given[field.key] for given in answers if given.get(field.key) is not None)) for field in fields)
    return [summary_of(field, values) for field, values in counted if values]
