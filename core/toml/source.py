"""A course file's bytes or text -> its data, with the line of every key and everything that is wrong with the TOML."""

import json
import re
import tomllib
from dataclasses import dataclass

from core.text import text_problem
from core.toml.problems import BadCourseFile, Path, Problem, where
from core.toml.scan import Bare, Lost, Scanner, TooDeep

MAX_BYTES = 1_000_000

_PLACE = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)$")


@dataclass(frozen=True)
class Source:
    """`data` is None when the text is no TOML; `not_toml` has the values that were no TOML value, by path."""

    data: dict | None
    lines: dict[Path, int]
    not_toml: dict[Path, str]
    problems: tuple[Problem, ...] = ()

    def line_of(self, path: Path) -> int | None:
        """The line of the key, or of the nearest table around it."""
        while path not in self.lines and path:
            path = path[:-1]
        return self.lines.get(path)

    def problem(self, path: Path, message: str) -> Problem:
        return Problem(self.line_of(path), where(path), message)


def decode(content: bytes, *, file_name: str) -> str:
    """The file's text. Raises BadCourseFile naming size, or the line that is not UTF-8."""
    if len(content) > MAX_BYTES:
        raise _refuse(file_name, f"the file has {len(content):,} bytes; a course file has at most {MAX_BYTES:,}.")
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise _refuse(file_name, "the file is saved as UTF-16; save it as UTF-8.")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        found = f"found the byte 0x{content[error.start]:02X}, expected UTF-8 text; save the file as UTF-8."
        raise _refuse(file_name, found, line) from None


def read_source(text: str, *, file_name: str) -> Source:
    """Raises BadCourseFile only for text that no parser should be given; faults of the TOML are in the answer."""
    text = text.removeprefix("\ufeff")
    _check_text(text, file_name)
    scanner = Scanner(text)
    try:
        scanner.run()
    except TooDeep as error:
        raise _refuse(file_name, "tables or lists within one another go too deep for a course file.", error.line) from None
    except Lost:
        pass
    wrong = [bare for bare in scanner.bares if not bare.is_value]
    not_toml = {bare.path: bare.text for bare in wrong}
    try:
        return Source(tomllib.loads(_quoted(text, wrong)), scanner.lines, not_toml)
    except (ValueError, RecursionError) as error:
        return Source(None, scanner.lines, not_toml, tuple(_syntax_problems(text, scanner, error)))


def _check_text(text: str, file_name: str) -> None:
    size = len(text.encode("utf-8", "surrogatepass"))
    if size > MAX_BYTES:
        raise _refuse(file_name, f"the text has {size:,} bytes; a course file has at most {MAX_BYTES:,}.")
    if text_problem(text, limit=MAX_BYTES):
        bad = re.search("[\x00\ud800-\udfff]", text)
        found = "a NUL character" if bad[0] == "\x00" else "half of a character (a lone surrogate)"
        raise _refuse(file_name, f"found {found}, expected text; remove it.", text.count("\n", 0, bad.start()) + 1)


def _refuse(file_name: str, message: str, line: int | None = None) -> BadCourseFile:
    return BadCourseFile([Problem(line, "", message)], file_name=file_name)


def _quoted(text: str, wrong: list[Bare]) -> str:
    """The text with quotes around the values that are none, so that the rest can still be read and checked."""
    for bare in reversed(wrong):
        text = f"{text[: bare.start]}{json.dumps(bare.text, ensure_ascii=False)}{text[bare.end :]}"
    return text


def _syntax_problems(text: str, scanner: Scanner, error: Exception):
    if scanner.repeats:
        for path, line in scanner.repeats:
            first = scanner.lines[path]
            yield Problem(line, where(path), f"found a second time, expected once; it stands on line {first} already.")
        return
    message = str(error)
    match = _PLACE.search(message)
    line = int(match[1]) if match and match[1] else text.count("\n") + 1
    shown = next(iter(text.splitlines()[line - 1 : line]), "").strip()[:80]
    yield Problem(line, "", f"this is not TOML: {_PLACE.sub('', message)}; found {shown or 'the end of the file'}")
