"""Why something was done, in the words of whoever did it: for a history that staff alone read."""

from core.errors import DomainError
from core.text import text_problem, tidy

MAX_REASON = 300  # characters


def checked_reason(reason: str) -> str:
    reason = tidy(reason).strip()
    if problem := text_problem(reason, limit=MAX_REASON):
        raise DomainError(problem, field="reason")
    return reason
