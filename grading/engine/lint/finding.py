"""A finding: what is wrong with a policy document, and where."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

ERROR, WARNING = "error", "warning"
Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """`path` leads into the document: ("components", 2, "weight")."""

    severity: str
    path: Path
    message: str

    @property
    def where(self) -> str:
        """The path as an author reads it: components[3].weight, counted from one."""
        text = ""
        for part in self.path:
            text += f"[{part + 1}]" if isinstance(part, int) else f".{part}" if text else part
        return text or "grading"


@dataclass(frozen=True, slots=True)
class Known:
    """What the course has, so far as the caller knows; None leaves the question out.

    `marked` are the sources, reviews and presentations, of which marks are given; looked at only where no component reads one.
    """

    milestones: frozenset[str] | None = None
    papers: int | None = None
    meetings: int | None = None
    takes: Callable[[str], bool] | None = None  # whether the course has work of this source at all
    a_meeting: Callable[[], Decimal] | None = None  # the points of one, for the few policies that have to know
    slots: int | None = None
    sections: frozenset[str] | None = None
    marked: frozenset[str] | None = None
