"""A value of the course file in the words of the settings page."""

from collections.abc import Mapping
from datetime import date, datetime, time

from core.text import count_words
from coursefile.controls.setting import Choice

LONG = 120  # characters; a longer text is told by its words


def in_words(value, schema: dict, choices: Mapping[str, Choice]) -> str:
    match value:
        case None | "" | []:
            return "not set"
        case bool():
            return "yes" if value else "no"
        case str() if value in choices:
            return choices[value].name
        case str() if len(value) > LONG or "\n" in value:
            return f"a text of {count_words(value)} words"
        case datetime():
            return f"{value:%a} {value.day} {value:%b %Y, %H:%M}"
        case date():
            return f"{value:%a} {value.day} {value:%b %Y}"
        case time():
            return f"{value:%H:%M:%S}".removesuffix(":00")
        case list() if "properties" in schema["items"]:
            return "; ".join(_row(row, choices) for row in value)
        case list():
            return ", ".join(choices[each].name if each in choices else str(each) for each in value)
    return str(value)


def _row(row: dict, choices: Mapping[str, Choice]) -> str:
    """Motivation, 10: without the key, which nobody sees on the page."""
    shown = (choices[value].name if value in choices else str(value) for key, value in row.items() if key != "key")
    return ", ".join(shown)
