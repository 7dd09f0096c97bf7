"""Uploaded files: what they may be is decided by content, never by name."""

import io
import logging
import re
import subprocess
import zipfile
from dataclasses import dataclass

from django.conf import settings
from django.http import FileResponse
from django.utils.module_loading import import_string

from core.errors import DomainError

logger = logging.getLogger(__name__)
SCAN_SECONDS = 60
PDF, PPTX, ZIP, TEXT = "PDF", "PPTX", "ZIP", "text"
CONTENT_TYPES = {
    PDF: "application/pdf",
    PPTX: "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    ZIP: "application/zip",
    TEXT: "text/plain; charset=utf-8",
}
ENDINGS = {PDF: ".pdf", PPTX: ".pptx", ZIP: ".zip", TEXT: ".txt"}


@dataclass(frozen=True)
class CheckedFile:
    kind: str
    safe_name: str


def check_upload(upload, *, allowed: tuple[str, ...], field: str = "file") -> CheckedFile:
    """Refuse (DomainError) a file that is too large, empty, or not what its content must be."""
    if upload.size > settings.UPLOAD_MAX_BYTES:
        raise DomainError(
            f"{upload.name} has {upload.size / 1e6:.1f} MB; at most {settings.UPLOAD_MAX_BYTES / 1e6:.0f} MB are taken.",
            field=field,
        )
    if upload.size == 0:
        raise DomainError(f"{upload.name} is empty.", field=field)
    kind = _kind_of(upload)
    if kind not in allowed:
        raise DomainError(
            f"{upload.name} is {'not a file type we take' if kind is None else 'a ' + kind + ' file'}; "
            f"allowed here: {', '.join(allowed)}.",
            field=field,
        )
    _scan(upload, field)
    return CheckedFile(kind=kind, safe_name=_safe_name(upload.name, kind))


def _scan(upload, field: str) -> None:
    """Ask the virus scanner of UPLOAD_SCANNER, if there is one. What it cannot say clean is refused, its own failure too."""
    if not settings.UPLOAD_SCANNER:
        return
    upload.seek(0)
    try:
        is_clean = _is_clean(settings.UPLOAD_SCANNER, upload)
    except Exception:
        logger.exception("The virus scanner failed")
        is_clean = False
    finally:
        upload.seek(0)
    if not is_clean:
        words = f"{upload.name} was not passed by the virus scanner and is not kept."
        raise DomainError(words, field=field, code="not_scanned_clean")


def _is_clean(scanner: list[str], upload) -> bool:
    """A command reads the file on its standard input and ends with 0; a function `package.module:name` returns True."""
    if len(scanner) == 1 and ":" in scanner[0]:
        return import_string(scanner[0].replace(":", "."))(upload) is True
    done = subprocess.run(scanner, input=upload.read(), capture_output=True, timeout=SCAN_SECONDS, check=False)  # noqa: S603
    return done.returncode == 0


def _kind_of(upload) -> str | None:
    upload.seek(0)
    head = upload.read(4096)
    upload.seek(0)
    if head.startswith(b"%PDF-"):
        return PDF
    if head.startswith(b"PK\x03\x04"):
        return _kind_of_zip(upload)
    return TEXT if _is_text(upload) else None


def _kind_of_zip(upload) -> str | None:
    try:
        names = zipfile.ZipFile(io.BytesIO(upload.read())).namelist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError):  # damaged, of a version to come, names that are no text
        return None
    finally:
        upload.seek(0)
    return PPTX if "ppt/presentation.xml" in names else ZIP


def _is_text(upload) -> bool:
    try:
        text = upload.read().decode("utf-8")
    except UnicodeDecodeError:
        return False
    finally:
        upload.seek(0)
    return "\x00" not in text and not text.lstrip().lower().startswith(("<!doctype", "<html", "<svg", "<?xml"))


def _safe_name(name: str, kind: str) -> str:
    stem = re.sub(r"[^\w.\- ]+", "_", name.rsplit("/", 1)[-1].rsplit("\\", 1)[-1].rsplit(".", 1)[0]).strip(" .") or "file"
    is_markdown = kind == TEXT and name.lower().endswith((".md", ".markdown"))
    return stem[:80] + (".md" if is_markdown else ENDINGS[kind])


def serve_upload(file, *, kind: str, name: str) -> FileResponse:
    """Stream a stored file; only a PDF opens in the browser, everything else is downloaded."""
    response = FileResponse(file.open("rb"), as_attachment=kind != PDF, filename=name, content_type=CONTENT_TYPES[kind])
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'"
    return response
