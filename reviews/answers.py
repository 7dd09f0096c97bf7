"""What answers to a review form may look like, and when they are complete; no database here.

Answers are {field key: str | int | bool | list[str] | None}; several choices are a list in the form's
order. A draft may hold anything of the right shape; a submission must also keep what each field asks.
"""

from collections.abc import Iterable

from core.errors import DomainError
from core.markdown import render_markdown
from core.text import count_words, text_problem, tidy
from reviews.models import Field, FieldKind
from reviews.symbols import symbol_of

BLANK = {FieldKind.TEXT: "", FieldKind.SCORE: None, FieldKind.CHOICE: "", FieldKind.CHOICES: (), FieldKind.CHECKBOX: False}
SCORE_LIMIT = 32_767
CHOICE_LIMIT = 200  # characters
CHOICES_LIMIT = 100  # several choices at once


def is_blank(value) -> bool:
    """Whether this counts as no answer. A score of 0 is one, and equals False to Python."""
    return value is None or value is False or value in ("", [])


class IncompleteReview(DomainError):  # noqa: N818 - named for the state
    """The answers cannot be submitted yet; `problems` is {field key: [message, ...]}, in the form's order."""

    def __init__(self, problems: dict[str, list[str]], labels: dict[str, str]):
        self.problems = problems
        named = "; ".join(f"{labels[key]}: {' '.join(messages)}" for key, messages in problems.items())
        super().__init__(
            f"Not submitted yet. {named} Your draft is kept.", field=next(iter(problems)), code="incomplete_review"
        )


def clean_answers(fields: Iterable[Field], answers: dict) -> dict:
    """Every field's answer in one normal form, blank where none is given. Raises DomainError naming the field."""
    if not isinstance(answers, dict):
        raise DomainError("Answers are an object of field keys and answers.", field="answers", code="bad_shape")
    fields = list(fields)
    known = {field.key for field in fields}
    for key in answers:
        if key not in known:
            shown = str(key)[:60].encode("ascii", "backslashreplace").decode()
            raise DomainError(
                f"This form has no field '{shown}'; its fields are {', '.join(sorted(known))}.", field=shown, code="bad_shape"
            )
    return {field.key: _clean(field, answers.get(field.key)) for field in fields}


def _clean(field: Field, value):
    if value is None:
        blank = BLANK[field.kind]
        return [] if blank == () else blank
    problem = _shape_problem(field, value)
    if problem:
        raise DomainError(f"{field.label}: {problem}", field=field.key, code="bad_shape")
    if field.kind == FieldKind.CHOICES:
        return _in_order(field, value)
    return tidy(value) if field.kind == FieldKind.TEXT else value


def _in_order(field: Field, chosen: list[str]) -> list[str]:
    """Each once: what is offered in the form's order, then the rest as it came, so that equal answers are equal lists."""
    offered = [option["value"] for option in field.options if option["value"] in chosen]
    return list(dict.fromkeys([*offered, *chosen]))


def _shape_problem(field: Field, value) -> str | None:
    match field.kind:
        case FieldKind.TEXT:
            return text_problem(value) if isinstance(value, str) else f"expected text, found {_named(value)}."
        case FieldKind.CHOICE:
            if not isinstance(value, str):
                return f"expected one of the choices as text, found {_named(value)}."
            return text_problem(value, limit=CHOICE_LIMIT)
        case FieldKind.CHOICES:
            return _choices_problem(value)
        case FieldKind.CHECKBOX:
            return None if isinstance(value, bool) else f"expected true or false, found {_named(value)}."
    if isinstance(value, bool) or not isinstance(value, int):
        return f"expected a whole number, found {_named(value)}."
    return None if abs(value) <= SCORE_LIMIT else "this number is too large for a score."


def _choices_problem(value) -> str | None:
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        return f"expected a list of the choices as texts, found {_named(value)}."
    if len(value) > CHOICES_LIMIT:
        return f"these are {len(value)} choices; at most {CHOICES_LIMIT} are taken."
    return next((problem for one in value if (problem := text_problem(one, limit=CHOICE_LIMIT))), None)


def _named(value) -> str:
    names = {
        str: "text",
        bool: "true or false",
        int: "a number",
        float: "a number with a fraction",
        list: "a list",
        dict: "an object",
    }
    return names.get(type(value), type(value).__name__)


def shown_fields(fields: Iterable[Field], answers: dict) -> list[Field]:
    """The fields that are asked when these are the answers: without condition, or with one that holds.

    A field that waits for one which is itself not asked is not asked either; `conditions_problem` refuses circles.
    """
    fields = list(fields)
    by_key = {field.key: field for field in fields}

    def is_shown(field: Field, seen: frozenset[str]) -> bool:
        if not field.shown_when:
            return True
        other = by_key.get(field.shown_when)
        if other is None or other.key in seen:
            return False
        return _is_one_of(answers.get(other.key), field.shown_when_is) and is_shown(other, seen | {other.key})

    return [field for field in fields if is_shown(field, frozenset({field.key}))]


def _is_one_of(value, wanted: list) -> bool:
    given = value if isinstance(value, list) else [False] if value is None else [value]
    # True is 1 to Python; a score of 1 is no tick.
    return any(type(one) is type(other) and one == other for one in given for other in wanted)


def as_submitted(fields: Iterable[Field], answers: dict) -> dict:
    """The answers as a version keeps them: blank where the field is not asked. The draft keeps what was typed there."""
    fields = list(fields)
    asked = {field.key for field in shown_fields(fields, answers)}
    return answers | {field.key: _clean(field, None) for field in fields if field.key not in asked}


def problems_of(fields: Iterable[Field], answers: dict) -> dict[str, list[str]]:
    """What keeps these answers from being submitted: {field key: [message, ...]}, empty when nothing does."""
    found = {field.key: _problems(field, answers.get(field.key)) for field in shown_fields(fields, answers)}
    return {key: messages for key, messages in found.items() if messages}


def _problems(field: Field, value) -> list[str]:
    if field.kind == FieldKind.TEXT:
        return _text_problems(field, value or "")
    if is_blank(value):
        return ["This needs an answer."] if field.is_required else []
    if field.kind == FieldKind.CHECKBOX:
        return []
    options = [option["value"] for option in field.options]
    given = value if isinstance(value, list) else [value]
    offered = ", ".join(map(str, options))
    return [f"{one} is not one of {offered}." for one in given if one not in options]


def _text_problems(field: Field, text: str) -> list[str]:
    words = count_words(text)
    if not text.strip():
        return ["This needs an answer."] if field.is_required else []
    if field.min_words and words < field.min_words:
        return [f"Needs at least {field.min_words} words; it has {words}."]
    if field.max_words and words > field.max_words:
        return [f"Takes at most {field.max_words} words; it has {words}."]
    return []


def words_of(fields: Iterable[Field], answers: dict) -> int:
    return sum(count_words(answers.get(field.key) or "") for field in fields if field.kind == FieldKind.TEXT)


def rendered(fields: Iterable[Field], answers: dict) -> dict[str, str]:
    """The text answers as HTML, blank ones left out."""
    texts = {field.key: answers.get(field.key) for field in fields if field.kind == FieldKind.TEXT}
    return {key: str(render_markdown(text)) for key, text in texts.items() if text}


def shown_answer(field: Field, value) -> str:
    """A score, choice, choices or tick in words: "4 Good", "Theory, Systems", "Yes", "No"; empty where there is no answer."""
    if field.kind == FieldKind.CHECKBOX:
        return "Yes" if value else "No"
    if isinstance(value, list):
        return ", ".join(_label(field, one) for one in value)
    if value in (None, ""):
        return ""
    if field.kind == FieldKind.SCORE:
        symbols = {option["value"]: symbol_of(option) for option in field.options}
        return f"{symbols.get(value, value)} {_label(field, value, '(no longer offered)')}".rstrip()
    return _label(field, value)


def _label(field: Field, value, otherwise: str = "") -> str:
    """What an option is called; a value that the form has dropped since shows itself, and that it is retired."""
    for option in field.options:
        if option["value"] == value:
            return option["label"]
    return otherwise or f"{value} (no longer offered)"


def condition_words(field: Field, fields: Iterable[Field]) -> str:
    """When the field is asked, for a person; empty where it always is."""
    other = next((one for one in fields if one.key == field.shown_when), None) if field.shown_when else None
    if other is None:
        return ""
    if other.kind == FieldKind.CHECKBOX:
        return f"Asked only when “{other.label}” is {'ticked' if True in field.shown_when_is else 'not ticked'}."
    return f"Asked only when “{other.label}” is {' or '.join(shown_answer(other, value) for value in field.shown_when_is)}."
