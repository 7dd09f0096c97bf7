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

    `participation` is how many points one meeting gives, 0 where none are given. `marked` are the sources, reviews and
    presentations, of which marks are given, `by_hand` the keys of the components that marks by hand are given for, `recorded`
    says whether anybody's participation is. Comments give no points, so nothing is missed where no component counts them.
    """

    milestones: frozenset[str] | None = None
    papers: int | None = None
    meetings: int | None = None
    takes: Callable[[str], bool] | None = None  # whether the course has work of this source at all
    slots: int | None = None
    sections: frozenset[str] | None = None
    participation: Decimal | None = None
    recorded: bool | None = None
    marked: frozenset[str] | None = None
    by_hand: frozenset[str] | None = None
