"""On which line each key of a TOML text stands.

The standard library's parser keeps no positions, so this follows the same text beside it: keys, headers and
the extent of values, but not what the values mean.
"""

import re
import tomllib
from bisect import bisect
from dataclasses import dataclass

from core.toml.problems import Path

MAX_DEPTH = 24  # parts of a key, and brackets within brackets; a course file needs 7

_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_SPACE = re.compile(r"[ \t]*")
_LINE_END = re.compile(r"[ \t]*(?:#[^\n]*)?(?:\r?\n|\Z)")
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_STRINGS = [
    re.compile(r'"""(?:\\.|[^\\])*?"{3,5}', re.DOTALL),
    re.compile(r"'''.*?'{3,5}", re.DOTALL),
    re.compile(r'"(?:\\.|[^"\\\n])*"'),
    re.compile(r"'[^'\n]*'"),
]
_BARE_VALUE = re.compile(r"[^,\]}#\r\n]+")
_PLAIN = re.compile(r"true|false|0|[+-]?[1-9]\d{0,17}")


class Lost(Exception):  # noqa: N818 - never leaves this room
    """The text is not TOML from here on; the parser will say why."""


class TooDeep(Exception):  # noqa: N818
    def __init__(self, line: int):
        self.line = line


@dataclass(frozen=True)
class Bare:
    """A value without quotes or brackets: a number, a date, or a mistake."""

    path: Path
    start: int
    end: int
    text: str

    @property
    def is_value(self) -> bool:
        if _PLAIN.fullmatch(self.text):
            return True
        try:
            tomllib.loads(f"v = {self.text}")
        except ValueError:
            return False
        return True


class Scanner:
    """After `run`: `lines` {path: line}, `bares`, and `repeats` [(path, line)] of keys that stood before."""

    def __init__(self, text: str):
        self.text = text
        self.at = 0
        self.lines: dict[Path, int] = {}
        self.bares: list[Bare] = []
        self.repeats: list[tuple[Path, int]] = []
        self._newlines = [match.start() for match in re.finditer("\n", text)]
        self._counts: dict[Path, int] = {}  # how many tables [[path]] has had

    def run(self) -> "Scanner":
        """Raises Lost where the text is no TOML, with all that stands before it noted, and TooDeep."""
        base: Path = ()
        while self._skip(_BLANK) and self.at < len(self.text):
            if self.text.startswith("[", self.at):
                base = self._header()
            else:
                self._statement(base)
            if not self._skip(_LINE_END):
                raise Lost
        return self

    def line(self, at: int | None = None) -> int:
        return bisect(self._newlines, (self.at if at is None else at) - 1) + 1

    def _skip(self, pattern: re.Pattern) -> bool:
        match = pattern.match(self.text, self.at)
        if match:
            self.at = match.end()
        return match is not None

    def _take(self, token: str) -> None:
        if not self.text.startswith(token, self.at):
            raise Lost
        self.at += len(token)

    # Keys

    def _header(self) -> Path:
        line = self.line()
        brackets = 2 if self.text.startswith("[[", self.at) else 1
        self.at += brackets
        *parents, last = self._key()
        self._take("]" * brackets)
        base: Path = ()
        for part in parents:
            base = self._latest((*base, part))
            self.lines.setdefault(base, line)
        path = (*base, last)
        if brackets == 2:
            self._counts[path] = self._counts.get(path, 0) + 1
            self.lines.setdefault(path, line)
            path = self._latest(path)
        self._note(path, line)
        return path

    def _latest(self, path: Path) -> Path:
        return (*path, self._counts[path] - 1) if path in self._counts else path

    def _key(self) -> Path:
        parts: list[str] = []
        while True:
            self._skip(_SPACE)
            parts.append(self._key_part())
            if len(parts) > MAX_DEPTH:
                raise TooDeep(self.line())
            self._skip(_SPACE)
            if not self.text.startswith(".", self.at):
                return tuple(parts)
            self.at += 1

    def _key_part(self) -> str:
        start = self.at
        if self._skip(_BARE_KEY):
            return self.text[start : self.at]
        if self._skip(_STRINGS[2]) or self._skip(_STRINGS[3]):
            try:
                return tomllib.loads(f"v = {self.text[start : self.at]}")["v"]
            except ValueError:
                raise Lost from None
        raise Lost

    def _note(self, path: Path, line: int) -> None:
        if path in self.lines:
            self.repeats.append((path, line))
        else:
            self.lines[path] = line

    # Values

    def _statement(self, base: Path, depth: int = 0) -> None:
        line = self.line()
        path = base
        for part in self._key():
            self.lines.setdefault(path, line)
            path = (*path, part)
        self._note(path, line)
        self._take("=")
        self._skip(_SPACE)
        self._value(path, depth)

    def _value(self, path: Path, depth: int) -> None:
        if depth > MAX_DEPTH:
            raise TooDeep(self.line())
        if self.text.startswith("[", self.at):
            self._array(path, depth + 1)
        elif self.text.startswith("{", self.at):
            self._inline_table(path, depth + 1)
        elif not any(self._skip(pattern) for pattern in _STRINGS):
            self._bare(path)

    def _bare(self, path: Path) -> None:
        match = _BARE_VALUE.match(self.text, self.at)
        if match is None or match[0][0] in "\"'":
            raise Lost
        text = match[0].rstrip(" \t")
        self.bares.append(Bare(path, self.at, self.at + len(text), text))
        self.at += len(text)

    def _array(self, path: Path, depth: int) -> None:
        self._take("[")
        place = 0
        while self._skip(_BLANK) and not self.text.startswith("]", self.at):
            self._note((*path, place), self.line())
            self._value((*path, place), depth)
            place += 1
            self._skip(_BLANK)
            if not self.text.startswith("]", self.at):
                self._take(",")
        self._take("]")

    def _inline_table(self, path: Path, depth: int) -> None:
        self._take("{")
        self._skip(_SPACE)
        if not self.text.startswith("}", self.at):
            self._statement(path, depth)
            while self._skip(_SPACE) and self.text.startswith(",", self.at):
                self.at += 1
                self._skip(_SPACE)
                self._statement(path, depth)
        self._take("}")
