"""The answers of submitted versions, ready to be shown.

A version never changes, so what was made of it is kept in this process: the benchmark's paper page spent two fifths
of its time on fetching and laying out the same thirty texts.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.utils.safestring import SafeString, mark_safe

from core.kept import Kept
from reviews.answers import rendered, shown_answer
from reviews.models import Field, FieldKind, FieldVisibility, ReviewVersion


@dataclass(frozen=True, slots=True)
class ShownAnswer:
    """One answer ready to be shown: `html` for text, `text` for everything else."""

    label: str
    html: SafeString | None = None
    text: str = ""
    readers: str = ""  # "reviewer and staff only" or "staff only"; empty: all who read the review


@dataclass(frozen=True, slots=True, eq=False)
class Body:
    """One version's answers as some reader may see them; `given` are those answers as they were stored.

    Compared by identity: the same version read by the same fields is the same object while it is kept.
    """

    answers: tuple[ShownAnswer, ...]
    given: Mapping[str, Any]

    @property
    def size(self) -> int:
        return 500 + sum(len(answer.html or answer.text) for answer in self.answers)


class Asked(NamedTuple):
    """A version and what of it is to be shown. The moment is there because a restored backup counts its keys again."""

    version_id: int
    submitted_at: datetime
    fields: tuple


READERS = {
    FieldVisibility.READERS: "",
    FieldVisibility.STAFF: "reviewer and staff only",
    FieldVisibility.STAFF_ONLY: "staff only",
}
_kept = Kept(16_000_000, getsizeof=lambda body: body.size)  # characters


def fields_of(fields: Iterable[Field]) -> tuple:
    """All that is shown of the fields, as the part of a key that stands for them."""
    return tuple(
        (field.key, field.label, field.kind, field.visible_to, field.retired_at, repr(field.options), field.colours)
        for field in fields
    )


def bodies_of(asked: Collection[Asked], fields: Mapping[tuple, list[Field]]) -> dict[int, Body]:
    """{version id: its body}, in one query at most; `fields` are {`Asked.fields`: the fields it stands for}."""
    found = _kept.get_many(asked, lambda missing: _load(missing, fields))
    return {each.version_id: body for each, body in found.items()}


def _load(missing: list[Asked], fields: Mapping[tuple, list[Field]]) -> dict[Asked, Body]:
    rows = ReviewVersion.objects.filter(pk__in=[each.version_id for each in missing]).order_by()
    stored = {pk: (answers, html) for pk, answers, html in rows.values_list("pk", "answers", "html")}
    return {each: body_of(fields[each.fields], *stored[each.version_id]) for each in missing if each.version_id in stored}


def body_of(fields: Iterable[Field], answers: dict, html: dict[str, str]) -> Body:
    """The answers given, in the form's order; `html` was sanitised when the version was submitted."""
    fields = list(fields)
    given = {field.key: answers[field.key] for field in fields if field.key in answers}
    return Body(tuple(_shown(fields, answers, html)), given)


def _shown(fields: Iterable[Field], answers: dict, html: dict[str, str]) -> Iterable[ShownAnswer]:
    for field in fields:
        label = f"{field.label} (no longer asked)" if field.retired_at else field.label
        readers = READERS[field.visible_to]
        if field.key in html:
            yield ShownAnswer(label, html=mark_safe(html[field.key]), readers=readers)  # noqa: S308
        elif field.kind != FieldKind.TEXT and field.key in answers:
            text = shown_answer(field, answers[field.key])
            if text:
                yield ShownAnswer(label, text=text, readers=readers)


def staff_answers_shown(fields: Iterable[Field], answers: dict) -> tuple[ShownAnswer, ...]:
    """What staff answered about a review, for staff; `fields` are those of the form."""
    of_staff = [field for field in fields if field.is_for_staff_only]
    return tuple(_shown(of_staff, answers, rendered(of_staff, answers)))
