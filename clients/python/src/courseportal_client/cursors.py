"""Where the change feed's cursor is kept between runs."""

import os
from pathlib import Path
from typing import Protocol


class Cursor(Protocol):
    """Anything that keeps one text: a file, a row beside the grades themselves (best: in one transaction with them)."""

    def load(self) -> str | None: ...

    def save(self, cursor: str) -> None: ...


class CursorFile:
    """In a file, replaced as a whole, so that a crash leaves the old or the new one."""

    def __init__(self, path: str | os.PathLike[str]):
        self.path = Path(path)

    def load(self) -> str | None:
        return self.path.read_text(encoding="utf-8").strip() or None if self.path.exists() else None

    def save(self, cursor: str) -> None:
        beside = self.path.with_name(self.path.name + ".new")
        beside.write_text(cursor, encoding="utf-8")
        beside.replace(self.path)

    def forget(self) -> None:
        """Pull everything the next time."""
        self.path.unlink(missing_ok=True)
