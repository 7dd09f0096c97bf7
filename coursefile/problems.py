"""Why a course file that reads well is refused all the same."""

from collections.abc import Iterable

from core.errors import DomainError


class WouldLoseWork(DomainError):  # noqa: N818
    """The file would take something away that people's work hangs on; nothing was changed. `reasons` names the work."""

    def __init__(self, reasons: Iterable[str]):
        self.reasons = list(reasons)
        super().__init__("\n".join(self.reasons), field="text", code="would_lose_work")
