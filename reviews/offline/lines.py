"""How a line of the text format is marked, for the writer and the reader alike. Pure.

A marked line begins in column 0. A line of an answer that would be taken for one gets a backslash before it; one that
has the backslash already gets another, so that taking one away always gives back what was written.
"""

import re

SETTING, HEADING, COMMENT = "==+==", "==*==", "==-=="
RULE = "=" * 69

_LOOKS_MARKED = re.compile(r"[\\\ufeff]*==[-+*]==")
_NEARLY_MARKED = re.compile(r"[\s\ufeff>]*==[-+*]==")


def looks_marked(line: str) -> bool:
    return _LOOKS_MARKED.match(line) is not None


def nearly_marked(line: str) -> bool:
    """Marked, but for an indent, a quotation mark or a missing blank."""
    return _NEARLY_MARKED.match(line) is not None


def _is_blank(line: str) -> bool:
    # Backslashes alone count: on the first line, where blank lines are skipped, one stands for a blank line.
    return not line.lstrip("\\").strip()


def escaped(text: str) -> list[str]:
    """The lines of an answer, as they stand in a form."""
    if not text:
        return []
    first, *rest = text.split("\n")
    head = f"\\{first}" if _is_blank(first) or looks_marked(first) else first
    return [head, *(f"\\{line}" if looks_marked(line) else line for line in rest)]


def unescaped(line: str, *, is_first: bool) -> str:
    """The line of an answer that stands in a form as `line`; `is_first` of the lines that are not skipped."""
    if line.startswith("\\") and (looks_marked(line) or (is_first and _is_blank(line))):
        return line[1:]
    return line
