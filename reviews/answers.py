"""What answers to a review form may look like, and when they are complete; no database here.

Answers are {field key: str | int | bool | None}. A draft may hold anything of the right shape; a
submission must also keep what each field asks.
"""

from collections.abc import Iterable

from core.errors import DomainError
from core.markdown import render_markdown
from core.text import count_words, text_problem, tidy
from reviews.models import Field, FieldKind

BLANK = {FieldKind.TEXT: "", FieldKind.SCORE: None, FieldKind.CHOICE: "", FieldKind.CHECKBOX: False}
SCORE_LIMIT = 32_767
CHOICE_LIMIT = 200  # characters


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
        return BLANK[field.kind]
    problem = _shape_problem(field, value)
    if problem:
        raise DomainError(f"{field.label}: {problem}", field=field.key, code="bad_shape")
    return tidy(value) if field.kind == FieldKind.TEXT else value


def _shape_problem(field: Field, value) -> str | None:
    match field.kind:
        case FieldKind.TEXT:
            return text_problem(value) if isinstance(value, str) else f"expected text, found {_named(value)}."
        case FieldKind.CHOICE:
            if not isinstance(value, str):
                return f"expected one of the choices as text, found {_named(value)}."
            return text_problem(value, limit=CHOICE_LIMIT)
        case FieldKind.CHECKBOX:
            return None if isinstance(value, bool) else f"expected true or false, found {_named(value)}."
    if isinstance(value, bool) or not isinstance(value, int):
        return f"expected a whole number, found {_named(value)}."
    return None if abs(value) <= SCORE_LIMIT else "this number is too large for a score."


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


def problems_of(fields: Iterable[Field], answers: dict) -> dict[str, list[str]]:
    """What keeps these answers from being submitted: {field key: [message, ...]}, empty when nothing does."""
    found = {field.key: _problems(field, answers.get(field.key)) for field in fields}
    return {key: messages for key, messages in found.items() if messages}


def _problems(field: Field, value) -> list[str]:
    if field.kind == FieldKind.TEXT:
        return _text_problems(field, value or "")
    if value in (None, "", False):
        return ["This needs an answer."] if field.is_required else []
    if field.kind in (FieldKind.SCORE, FieldKind.CHOICE):
        options = [option["value"] for option in field.options]
        if value not in options:
            return [f"{value} is not one of {', '.join(map(str, options))}."]
    return []


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
    """A score, choice or tick in words: "4 Good", "Yes", "No"; empty where there is no answer."""
    if field.kind == FieldKind.CHECKBOX:
        return "Yes" if value else "No"
    if value in (None, ""):
        return ""
    label = next((option["label"] for option in field.options if option["value"] == value), "")
    return f"{value} {label}".rstrip() if field.kind == FieldKind.SCORE else label or str(value)
