"""How a saved search is called. Pure."""

import re

from core.errors import DomainError

LONGEST = 80
NAME = re.compile(rf"[A-Za-z][A-Za-z0-9_.-]{{0,{LONGEST - 1}}}")
RULE = f"A name begins with a letter and goes on with letters, digits, _ - and dots, {LONGEST} at most."


def checked_name(name: str) -> str:
    """Raises DomainError, with the code `bad_name`."""
    name = name.strip().removeprefix("ss:")
    if not NAME.fullmatch(name):
        raise DomainError(RULE, field="name", code="bad_name")
    return name
