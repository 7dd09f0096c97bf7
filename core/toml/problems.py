"""What is wrong with a course file, in words that name place, find and expectation."""

from collections.abc import Iterable
from dataclasses import dataclass

from core.errors import DomainError

Path = tuple[str | int, ...]
MAX_SHOWN = 200


@dataclass(frozen=True)
class Problem:
    """`where` is the key as an author reads it, "meetings[3].date"; `line` is None for the course as a whole."""

    line: int | None
    where: str
    message: str

    def __str__(self):
        place = f"line {self.line}: " if self.line else ""
        return f"{place}{self.where}: {self.message}" if self.where else f"{place}{self.message}"


def where(path: Path) -> str:
    """("meetings", 2, "date") -> "meetings[3].date", counted from one."""
    text = ""
    for part in path:
        text += f"[{part + 1}]" if isinstance(part, int) else f".{part}" if text else str(part)
    return text


class BadCourseFile(DomainError):  # noqa: N818 - named for the state, as StaleVersion is
    """The file cannot be read or does not describe a course; nothing was changed. `problems` has all that was found."""

    def __init__(self, problems: Iterable[Problem], *, file_name: str):
        self.file_name = file_name
        # Problems without a line are about the whole; they come first.
        self.problems = sorted(dict.fromkeys(problems), key=lambda problem: problem.line or 0)[:MAX_SHOWN]
        super().__init__("\n".join(self.lines), field="text", code="bad_course_file")

    @property
    def lines(self) -> list[str]:
        found = [f"{self.file_name}{', ' if problem.line else ': '}{problem}" for problem in self.problems]
        return [*found, "There may be more problems."] if len(found) == MAX_SHOWN else found
