"""What was uploaded -> texts: text files, and zip archives of them, within limits that a bomb cannot pass."""

import io
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

MAX_BYTES = 5_000_000  # of text in one upload, unpacked
MAX_FILES = 300
MAX_RATIO = 200  # unpacked to packed; reviews pack to about a third
ARCHIVE = (b"PK\x03\x04", b"PK\x05\x06")
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError)


@dataclass(frozen=True, slots=True)
class Source:
    """One file: its text, or why it could not be read."""

    name: str
    text: str = ""
    problem: str = ""


def read_uploads(uploads: Iterable[tuple[str, bytes]]) -> list[Source]:
    """`uploads` are names and contents; every file gets an answer, one that is too much included."""
    sources: list[Source] = []
    left = MAX_BYTES
    for name, raw in uploads:
        for source, size in _sources(name, raw, left):
            left -= size
            sources.append(source)
            if len(sources) >= MAX_FILES:
                return [*sources, Source(name, problem=f"An upload has at most {MAX_FILES} files; the rest was not read.")]
    return sources


def _sources(name: str, raw: bytes, left: int) -> Iterator[tuple[Source, int]]:
    if len(raw) > MAX_BYTES:
        yield Source(name, problem=f"This file is too large; at most {MAX_BYTES / 1e6:.0f} MB are taken."), 0
    elif raw.startswith(ARCHIVE):
        yield from _members(name, raw, left)
    else:
        source = _source(name, raw, left)
        yield source, 0 if source.problem else len(raw)


def _source(name: str, raw: bytes, left: int) -> Source:
    if raw.startswith(ARCHIVE):
        return Source(name, problem="This is an archive inside an archive, which is not unpacked.")
    if len(raw) > left:
        return Source(name, problem=f"An upload holds at most {MAX_BYTES / 1e6:.0f} MB of text; this file is beyond that.")
    try:
        return Source(name, _decoded(raw))
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        return Source(name, problem=f"Line {line} is not UTF-8 text. Save the file as plain text in UTF-8.")


def _decoded(raw: bytes) -> str:
    # What Windows calls Unicode begins with one of these; everything else is UTF-8, with a mark before it or without.
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return raw.decode("utf-16")
    return raw.decode("utf-8-sig")


def _members(name: str, raw: bytes, left: int) -> Iterator[tuple[Source, int]]:
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            members = [info for info in archive.infolist() if not _is_beside(info)]
            problem = _problem(members, left)
            if problem:
                yield Source(name, problem=problem), 0
                return
            for info in members:
                with archive.open(info) as member:
                    content = member.read(left + 1)  # what the archive says of the size may be a lie
                yield _source(f"{name}: {info.filename}", content, left), len(content)
                left -= len(content)
                if left < 0:
                    return
    except _BROKEN:
        yield Source(name, problem="This archive is damaged or locked and could not be read to its end."), 0


def _is_beside(info: zipfile.ZipInfo) -> bool:
    """Folders, and what macOS puts beside the files."""
    return info.is_dir() or any(part.startswith((".", "__MACOSX")) for part in info.filename.split("/"))


def _problem(members: list[zipfile.ZipInfo], left: int) -> str:
    if not members:
        return "This archive holds no files."
    if len(members) > MAX_FILES:
        return f"This archive holds {len(members):,} files; at most {MAX_FILES} are taken."
    size = sum(info.file_size for info in members)
    if size > left:
        return f"This archive unpacks to {size / 1e6:,.1f} MB; at most {MAX_BYTES / 1e6:.0f} MB are taken."
    if any(info.file_size > 10_000 and info.file_size > MAX_RATIO * info.compress_size for info in members):
        return f"This archive packs its text more than {MAX_RATIO} times smaller, which reviews never do; it was not read."
    return ""
