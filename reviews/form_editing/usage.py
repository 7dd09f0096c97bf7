"""What reviews hold of a form's fields: which values are given now, and whether a field was ever answered."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field

from reviews.answers import is_blank
from reviews.models import Review, ReviewForm, ReviewVersion


@dataclass(slots=True)
class Usage:
    """`now` is {value: ids of the reviews whose draft or current version gives it}; `is_answered` counts old versions too."""

    now: dict[object, set[int]] = field(default_factory=lambda: defaultdict(set))
    is_answered: bool = False

    def count(self, value) -> int:
        return len(self.now.get(value, ()))


def usage_of(form: ReviewForm, keys: Collection[str]) -> dict[str, Usage]:
    """In two queries; none without keys."""
    found = {key: Usage() for key in keys}
    if not found:
        return found
    rows = Review.objects.filter(course=form.course_id).order_by()
    for pk, draft, current, by_staff in rows.values_list("pk", "answers", "current__answers", "staff_answers"):
        for key, usage in found.items():
            for answers in (draft, current or {}, by_staff):
                _note(usage, pk, answers.get(key))
    unused = [key for key, usage in found.items() if not usage.is_answered]
    if unused:
        for answers in ReviewVersion.objects.filter(review__course=form.course_id).order_by().values_list("answers", flat=True):
            for key in unused:
                found[key].is_answered = found[key].is_answered or not is_blank(answers.get(key))
    return found


def _note(usage: Usage, review: int, value) -> None:
    if is_blank(value):
        return
    usage.is_answered = True
    for one in value if isinstance(value, list) else [value]:
        usage.now[one].add(review)
