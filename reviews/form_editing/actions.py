"""Every write to a review form. A form is written as a whole: the editor's steps are each a new whole of it.

Nothing here takes an answer away: a field that leaves is retired, and a value that leaves says where its answers go.
"""

from collections.abc import Mapping

from django.db import transaction
from django.utils import timezone

from core.errors import DomainError, StaleVersion
from reviews.form_editing.tables import FormFaults, complete, form_faults, table_of
from reviews.form_editing.usage import Usage, usage_of
from reviews.models import Field, FieldKind, FieldVisibility, Review, ReviewForm, Round, Score

STALE = "Somebody changed this form since you opened it. Nothing was overwritten."
NOWHERE = None  # where answers go that become blank
Moves = Mapping[str, Mapping[object, object]]  # {field key: {value that leaves: the value its answers take, or NOWHERE}}


@transaction.atomic
def write_form(*, form: ReviewForm, stamp: str, fields: list[dict], moves: Moves | None = None) -> ReviewForm:
    """Make the form ask exactly these fields, in this order; tables as in the course file, keys left out are the default's.

    Fields that are not among them are retired; a retired one that is comes back. Drafts and the scores of current versions
    follow `moves` in the same transaction; submitted versions keep what was submitted. Raises StaleVersion when the form
    is no longer the one with this stamp, FormFaults, or DomainError for what would lose answers.
    """
    form = ReviewForm.objects.select_for_update().get(pk=form.pk)
    if stamp != form.stamp:
        raise StaleVersion(STALE, current=form)
    fields, moves = [complete(field) for field in fields], moves or {}
    rounds = set(Round.objects.filter(course=form.course_id).values_list("key", flat=True))
    if faults := form_faults(fields, rounds):
        raise FormFaults(faults, fields)
    known = {field.key: field for field in form.fields.all()}
    _settle_answers(form, known, fields, moves)
    _write_fields(form, known, fields)
    form.refresh_from_db()
    return form


def _settle_answers(form: ReviewForm, known: dict[str, Field], fields: list[dict], moves: Moves) -> None:
    """Refuse what would lose answers, and move those that are told where to go."""
    changed = [table for table in fields if table["key"] in known and _touches_answers(known[table["key"]], table)]
    # Locked before they are looked at: a review that is being saved now is looked at when it is.
    if changed:
        list(Review.objects.filter(course=form.course_id).order_by("pk").select_for_update().values_list("pk", flat=True))
    usages = usage_of(form, [table["key"] for table in changed])
    for table in changed:
        field, usage = known[table["key"]], usages[table["key"]]
        _refuse_another_kind(field, table, usage)
        wanted = _moves_of(field, table, usage, moves.get(field.key, {}))
        if wanted:
            _move_answers(field, usage, wanted)


def _leaving(field: Field, table: dict) -> list:
    staying = {option["value"] for option in table["options"]}
    return [option["value"] for option in field.options if option["value"] not in staying]


def _passes_hands(field: Field, table: dict) -> bool:
    return field.is_for_staff_only != (table["visible_to"] == FieldVisibility.STAFF_ONLY)


def _touches_answers(field: Field, table: dict) -> bool:
    return field.kind != table["kind"] or _passes_hands(field, table) or bool(_leaving(field, table))


def _refuse_another_kind(field: Field, table: dict, usage: Usage) -> None:
    if not usage.is_answered:
        return
    if field.kind != table["kind"]:
        raise DomainError(
            f"{field.label} has answers, so it stays what it is. Retire it and add a field with another key.",
            field="kind",
            code="has_answers",
        )
    if _passes_hands(field, table):
        raise DomainError(
            f"{field.label} has answers, so it cannot pass between reviewers and staff.", field="visible_to", code="has_answers"
        )


def _moves_of(field: Field, table: dict, usage: Usage, asked: Mapping) -> dict:
    """{value that leaves and is given now: where its answers go}. DomainError where that is not said, or leads nowhere."""
    staying = [option["value"] for option in table["options"]]
    wanted = {}
    for value in (value for value in _leaving(field, table) if usage.count(value)):
        if value not in asked:
            raise DomainError(
                f"{field.label}: {value} is the answer in {usage.count(value)} reviews. Say where these answers go.",
                field="options",
                code="value_in_use",
            )
        # By type too: True is 1 to Python.
        if asked[value] is not NOWHERE and (type(asked[value]), asked[value]) not in [(type(one), one) for one in staying]:
            raise DomainError(
                f"{field.label}: the answers {value} cannot become {asked[value]}, which is not offered.",
                field="options",
                code="bad_move",
            )
        wanted[value] = asked[value]
    return wanted


def _move_answers(field: Field, usage: Usage, wanted: dict) -> None:
    """A draft that changes gets another revision, so that whoever has it open is told instead of bringing the value back."""
    touched = set().union(*(usage.now[value] for value in wanted))
    for review in Review.objects.filter(pk__in=touched).order_by("pk"):
        if field.is_for_staff_only:
            review.staff_answers = _moved(review.staff_answers, field, wanted)
            review.staff_revision += 1
        else:
            review.answers = _moved(review.answers, field, wanted)
            review.revision += 1
        review.save(update_fields=["answers", "revision", "staff_answers", "staff_revision"])
    if field.kind == FieldKind.SCORE:
        _move_scores(field, wanted)


def _move_scores(field: Field, wanted: dict) -> None:
    scores = list(Score.objects.filter(field=field, value__in=wanted))
    Score.objects.filter(pk__in=[score.pk for score in scores if wanted[score.value] is NOWHERE]).delete()
    kept = [score for score in scores if wanted[score.value] is not NOWHERE]
    for score in kept:
        score.value = wanted[score.value]
    Score.objects.bulk_update(kept, ["value"])
    # What counts the scores of submitted versions, which keep the old value, counts them by the new one.
    field.moved = field.moved | {str(value): became for value, became in wanted.items()}


def _moved(answers: dict, field: Field, wanted: dict) -> dict:
    given = answers.get(field.key)
    if isinstance(given, list):
        became = (wanted.get(value, value) for value in given)
        return answers | {field.key: list(dict.fromkeys(value for value in became if value is not NOWHERE))}
    if isinstance(given, bool) or given not in wanted:
        return answers
    became = wanted[given]
    return answers | {field.key: ("" if isinstance(given, str) else None) if became is NOWHERE else became}


def _write_fields(form: ReviewForm, known: dict[str, Field], fields: list[dict]) -> None:
    for place, table in enumerate(fields):
        field = known.get(table["key"]) or Field(form=form)
        wanted = table | {"position": place, "retired_at": None}
        if field.pk is None or any(getattr(field, name) != value for name, value in wanted.items()):
            for name, value in wanted.items():
                setattr(field, name, value)
            field.save()
    asked = [table["key"] for table in fields]
    form.fields.filter(retired_at=None).exclude(key__in=asked).update(retired_at=timezone.now())


# The editor's steps


def tables_of(form: ReviewForm) -> list[dict]:
    """What the form asks now."""
    return [table_of(field) for field in form.fields.filter(retired_at=None)]


def move_field(*, form: ReviewForm, stamp: str, key: str, by: int) -> ReviewForm:
    """One place up (-1) or down (1); at the end it stays."""
    fields = tables_of(form)
    place = _place_of(fields, key)
    there = min(max(place + by, 0), len(fields) - 1)
    fields.insert(there, fields.pop(place))
    return write_form(form=form, stamp=stamp, fields=fields)


@transaction.atomic
def order_fields(*, form: ReviewForm, stamp: str, keys: list[str]) -> ReviewForm:
    """Ask the fields in this order; the keys name each of them once."""
    form = ReviewForm.objects.select_for_update().get(pk=form.pk)
    if stamp != form.stamp:  # before the keys are held against another form than they were read from
        raise StaleVersion(STALE, current=form)
    fields = {field["key"]: field for field in tables_of(form)}
    if sorted(keys) != sorted(fields):
        raise DomainError("The order names every field of the form once.", field="order", code="bad_order")
    return write_form(form=form, stamp=stamp, fields=[fields[key] for key in keys])


def retire_field(*, form: ReviewForm, stamp: str, key: str) -> ReviewForm:
    fields = tables_of(form)
    gone = fields.pop(_place_of(fields, key))
    waiting = [field["label"] for field in fields if field["shown_when"] == key]
    if waiting:
        raise DomainError(
            f"{', '.join(waiting)} waits for {gone['label']}. Change that first.", field="shown_when", code="is_waited_for"
        )
    if not fields:
        raise DomainError("A form asks at least one field.", code="bad_form")
    return write_form(form=form, stamp=stamp, fields=fields)


def bring_back_field(*, form: ReviewForm, stamp: str, key: str) -> ReviewForm:
    """As it was, at the end of the form."""
    field = form.fields.exclude(retired_at=None).filter(key=key).first()
    if field is None:
        raise DomainError("This field is not retired.", code="not_retired")
    return write_form(form=form, stamp=stamp, fields=[*tables_of(form), table_of(field)])


def _place_of(fields: list[dict], key: str) -> int:
    places = (place for place, field in enumerate(fields) if field["key"] == key)
    place = next(places, None)
    if place is None:
        raise DomainError("The form does not ask this field now.", code="not_asked")
    return place
