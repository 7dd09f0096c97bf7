import io
import struct
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from core.errors import DomainError
from core.uploads import PDF, TEXT, ZIP, check_upload


def archive(*, version=20, flags=0, name=b"a.txt") -> bytes:
    """A ZIP archive whose directory says this of its one file."""
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w") as made:
        made.writestr("a.txt", "text")
    content = bytearray(raw.getvalue())
    entry = content.index(b"PK\x01\x02")
    content[entry + 6 : entry + 10] = struct.pack("<HH", version, flags)
    content[entry + 46 : entry + 46 + len(name)] = name
    return bytes(content)


def test_archive_is_known_by_its_content():
    checked = check_upload(SimpleUploadedFile("../../code.pdf", archive()), allowed=(ZIP,))

    assert (checked.kind, checked.safe_name) == (ZIP, "code.zip")


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"PK\x03\x04 and no more", id="cut off"),
        pytest.param(archive(version=99), id="of a version to come"),
        pytest.param(archive(flags=0x800, name=b"\xff\xfe\xff\xfe\xff"), id="a name that is no text"),
    ],
)
def test_damaged_archive_is_refused(content):
    with pytest.raises(DomainError, match="not a file type we take") as refusal:
        check_upload(SimpleUploadedFile("code.zip", content), allowed=(PDF, ZIP))

    assert refusal.value.field == "file"


def is_fine(upload) -> bool:
    return b"virus" not in upload.read()


def breaks(upload) -> bool:
    raise OSError


@pytest.mark.parametrize(
    ("scanner", "content", "is_taken"),
    [
        ([], b"a virus", True),
        (["grep", "-qv", "virus"], b"a text", True),
        (["grep", "-qv", "virus"], b"a virus", False),
        (["tests.core.test_uploads:is_fine"], b"a text", True),
        (["tests.core.test_uploads:is_fine"], b"a virus", False),
        (["tests.core.test_uploads:breaks"], b"a text", False),
        (["/no/such/scanner"], b"a text", False),
    ],
)
def test_what_the_scanner_does_not_pass_is_refused(settings, scanner, content, is_taken):
    settings.UPLOAD_SCANNER = scanner
    upload = SimpleUploadedFile("talk.md", content)

    if is_taken:
        assert check_upload(upload, allowed=(TEXT,)).safe_name == "talk.md"
        assert upload.read() == content, "it is stored from its beginning"
    else:
        with pytest.raises(DomainError) as refused:
            check_upload(upload, allowed=(TEXT,))
        assert refused.value.code == "not_scanned_clean"
