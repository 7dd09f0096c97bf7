"""What another system calls a field and its answers -> the course's. No database."""

from reviews.answers import is_blank
from reviews.models import Field, FieldKind
from reviews.offline.names import Names
from reviews.offline.write import choice_names, field_names
from reviews.symbols import value_typed

YES, NO = ("yes", "true", "1", "on", "x", "✓"), ("no", "false", "0", "off")


class Matcher:
    """The course's fields by what a file calls them, abbreviation tolerated; those in use go before retired ones."""

    def __init__(self, fields: list[Field]):
        usable = [field for field in fields if not field.is_for_staff_only]
        self._by_key = {field.key: field for field in usable}
        active = [field for field in usable if field.retired_at is None]
        self._names: list[Names] = [field_names(active), field_names(usable)]

    def find(self, name: str) -> Field | None:
        """None where nothing is called so, or more than one."""
        for names in self._names:
            if found := names.find(name):
                return self._by_key[found[0]] if len(found) == 1 else None
        return None


def answer_of(field: Field, given):
    """The answer in the portal's form; ValueError (in words) where the field has no such answer."""
    if given is None or given == "" or given == []:
        return None
    match field.kind:
        case FieldKind.TEXT:
            return given if isinstance(given, str) else str(given)
        case FieldKind.SCORE:
            return _score(field, given)
        case FieldKind.CHECKBOX:
            return _tick(field, given)
        case FieldKind.CHOICE:
            return _choice(field, given)
    several = given if isinstance(given, list) else str(given).split("; ")
    return [_choice(field, one) for one in several]


def _score(field: Field, given) -> int:
    values = [option["value"] for option in field.options]
    text = str(given).strip()
    if (value := value_typed(field.options, text)) is not None:
        return value
    number = text.partition(" ")[0].rstrip(".:")
    if number.lstrip("-").isdecimal() and len(number) < 7 and int(number) in values:
        return int(number)
    found = [option["value"] for option in field.options if option["label"].casefold() == text.casefold()]
    if len(found) == 1:
        return found[0]
    raise ValueError(f"{field.label}: {text[:40]} is out of range; the scale has {', '.join(map(str, values))}.")


def _tick(field: Field, given) -> bool:
    text = str(given).strip().casefold()
    if text not in YES + NO:
        raise ValueError(f"{field.label}: {text[:40]} is neither yes nor no.")
    return text in YES


def _choice(field: Field, given) -> str:
    labels = [option["value"] for option in field.options if option["label"] == given or option["value"] == given]
    found = labels or choice_names(field).find(str(given))
    if len(found) != 1:
        raise ValueError(f"{field.label}: {str(given)[:40]} is not one of {', '.join(o['label'] for o in field.options)}.")
    return str(found[0])


def differ(fields: list[Field], one: dict, other: dict) -> bool:
    """Whether two sets of answers say different things about these fields."""
    return any(_said(field, one) != _said(field, other) for field in fields)


def _said(field: Field, answers: dict):
    value = answers.get(field.key)
    return None if is_blank(value) else value
