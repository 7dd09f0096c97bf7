"""The fields of a course's review form.

Every page that shows reviews needs them and they change once in a term, so a process keeps them by the form's stamp.
"""

from core.kept import Kept
from courses.models import Enrollment, Paper
from reviews.models import Field, ReviewRules, Round
from reviews.queries.terms import round_of, terms_of

_kept = Kept(300)  # forms


def form_fields(rules: ReviewRules) -> list[Field]:
    """All that the form asks or once asked, in order: old reviews hold answers to retired fields. Reads rules.form."""
    form = rules.form
    key = (form.pk, form.stamp)
    return list(_kept.get_many([key], lambda _: {key: tuple(Field.objects.filter(form=form.pk))})[key])


def active_fields(rules: ReviewRules) -> list[Field]:
    """What the form asks its reviewers now, in whatever round, in order."""
    return [field for field in form_fields(rules) if field.retired_at is None and not field.is_for_staff_only]


def asked_fields(rules: ReviewRules, round: Round | None) -> list[Field]:
    """What the form asks now in this round, or outside all rounds, in order."""
    return [field for field in active_fields(rules) if field.is_asked_in(round.key if round else "")]


def fields_for(reviewer: Enrollment, paper: Paper, rules: ReviewRules) -> list[Field]:
    """What the form asks this reviewer about this paper, in order; a query only where the course has rounds."""
    if not rules.rounds:
        return asked_fields(rules, None)
    return asked_fields(rules, round_of(rules, paper, terms_of(reviewer, paper)))


def staff_fields(rules: ReviewRules) -> list[Field]:
    """What the form asks staff about a review now, in order."""
    return [field for field in form_fields(rules) if field.retired_at is None and field.is_for_staff_only]
